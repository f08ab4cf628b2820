/* Walking Lua's own structures. For the Lua that is built in, and for no other. */
#define LUA_CORE
#include "host/lua/inside.h"

#include <stdio.h>
#include <string.h>

#include "ldebug.h"
#include "lfunc.h"
#include "lgc.h"
#include "lobject.h"
#include "lopcodes.h"
#include "lstate.h"
#include "lstring.h"
#include "ltable.h"
#include "ltm.h"

/* Metamethods are looked up by the identity of their names. A name that is not in the table of
   strings is no script's. (Closing the state would look for it there: a sandbox is never closed.)
 */
void tidegate_seal(lua_State* L) {
  const TMS gone[] = {TM_GC, TM_MODE};
  for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
    TString* never = luaS_newlstr(L, "__never", 7);
    luaS_remove(L, never);
    luaC_fix(L, obj2gco(never));
    G(L)->tmname[gone[i]] = never;
  }
}

void tidegate_each_code(lua_State* L, void (*f)(void* ud, const void* block), void* ud) {
  for (GCObject* o = G(L)->allgc; o != NULL; o = o->next) {
    if (o->tt != LUA_VPROTO) continue;
    const Proto* p = gco2p(o);
    if (p->code != NULL) f(ud, p->code);
    if (p->lineinfo != NULL) f(ud, p->lineinfo);
    if (p->abslineinfo != NULL) f(ud, p->abslineinfo);
  }
}

static int is_address(const Node* n) {
  if (isempty(gval(n))) return 0;
  return keyiscollectable(n) ? novariant(keytt(n)) != LUA_TSTRING
                             : keytt(n) == LUA_VLCF || keytt(n) == LUA_VLIGHTUSERDATA;
}

int tidegate_has_address_keys(lua_State* L) {
  for (GCObject* o = G(L)->allgc; o != NULL; o = o->next) {
    if (o->tt != LUA_VTABLE) continue;
    const Table* t = gco2t(o);
    for (int i = 0; i < sizenode(t); i++) {
      if (is_address(gnode(t, i))) return 1;
    }
  }
  return 0;
}

int tidegate_is_unordered(lua_State* L, int index) {
  const Table* t = lua_topointer(L, index);
  return (t->flags & LUAI_UNORDERED) != 0;
}

int tidegate_is_stack(lua_State* L, const void* block) { return L->stack.p == block; }

void tidegate_clean(lua_State* L) {
  StkId end = L->stack_last.p + EXTRA_STACK;
  memset(L->top.p, 0, (size_t)(end - L->top.p) * sizeof(*end));
  for (GCObject* o = G(L)->allgc; o != NULL; o = o->next) {
    if (o->tt != LUA_VUPVAL || upisopen(gco2upv(o))) continue;
    TValue* value = &gco2upv(o)->u.value;
    const lu_byte tag = rawtt(value);
    memset((char*)value + offsetof(TValue, tt_), 0, sizeof(*value) - offsetof(TValue, tt_));
    settt_(value, tag);
  }
}

void tidegate_push_call(lua_State* L, lua_CFunction handler, int function, int argument) {
  const TValue* slots = hvalue(&G(L)->l_registry)->array - 1;
  StkId top = L->top.p; /* a C function has LUA_MINSTACK slots */
  setfvalue(s2v(top), handler);
  setobj2s(L, top + 1, &slots[function]);
  setobj2s(L, top + 2, &slots[argument]);
  L->top.p = top + 3;
}

int tidegate_has_fields(lua_State* L, int slot) {
  const TValue* value = &hvalue(&G(L)->l_registry)->array[slot - 1];
  if (!ttistable(value)) return 1;
  const Table* t = hvalue(value);
  return !isdummy(t) || t->alimit != 0;
}

int tidegate_is_true(lua_State* L) { return ttistrue(s2v(L->top.p - 2)); }

int tidegate_returned_at(lua_State* L, char* out, size_t size) {
  const CallInfo* ci = L->ci->next;
  if (ci == NULL || !isLua(ci)) return 0;
  const Instruction* pc = ci->u.l.savedpc;
  for (GCObject* o = G(L)->allgc; o != NULL; o = o->next) {
    if (o->tt != LUA_VPROTO) continue;
    const Proto* p = gco2p(o);
    if (pc <= p->code || pc > p->code + p->sizecode) continue;
    /* Only these say where they are when nothing fails. */
    const OpCode op = GET_OPCODE(pc[-1]);
    if ((op != OP_RETURN && op != OP_TAILCALL) || p->source == NULL) return 0;
    char source[LUA_IDSIZE];
    luaO_chunkid(source, getstr(p->source), tsslen(p->source));
    snprintf(out, size, "%s:%d", source, luaG_getfuncline(p, pcRel(pc, p)));
    return 1;
  }
  return 0;
}
