/* Walking what a state can come back to. For the Lua that is built in, and for no other. */
#define LUA_CORE
#include "host/lua/memory.h"

#include <stdlib.h>
#include <string.h>

#include "lfunc.h"
#include "lobject.h"
#include "lstate.h"
#include "lstring.h"
#include "ltable.h"

/* Objects get numbers in the order in which they are met, and wait in that order. */
typedef struct Walk {
  uint64_t digest;
  uint32_t handles;
  const char* home; /* addresses of code count from here */
  lua_State* main_thread;
  const GCObject** waiting; /* and done: the first `next` */
  size_t next, count, capacity;
  uint32_t* table; /* number + 1 by address; 0: free */
  size_t mask;
  int failed;
} Walk;

static void put_word(Walk* w, uint64_t n) {
  w->digest = (w->digest ^ n) * 0x9fb21c651e98df25u;
  w->digest ^= w->digest >> 32;
}

static size_t place_of(const Walk* w, const GCObject* o) {
  size_t at = (size_t)(((uint64_t)(uintptr_t)o * 0x9e3779b97f4a7c15u) >> 20) & w->mask;
  while (w->table[at] != 0 && w->waiting[w->table[at] - 1] != o) at = (at + 1) & w->mask;
  return at;
}

static int grow_walk(Walk* w, size_t capacity) {
  const GCObject** waiting = realloc(w->waiting, capacity * sizeof(*waiting));
  if (waiting != NULL) w->waiting = waiting;
  uint32_t* table = calloc(capacity * 2, sizeof(*table));
  if (waiting == NULL || table == NULL) {
    free(table);
    return 0;
  }
  free(w->table);
  w->table = table;
  w->mask = capacity * 2 - 1;
  w->capacity = capacity;
  for (size_t i = 0; i < w->count; i++) table[place_of(w, waiting[i])] = (uint32_t)i + 1;
  return 1;
}

static void see_object(Walk* w, const GCObject* o) {
  if (w->count == w->capacity && !grow_walk(w, w->capacity * 2)) w->failed = 1;
  if (w->failed) return;
  const size_t at = place_of(w, o);
  if (w->table[at] == 0) {
    w->waiting[w->count++] = o;
    w->table[at] = (uint32_t)w->count;
  }
  put_word(w, w->table[at]);
}

static void put_bytes(Walk* w, const char* from, size_t size) {
  uint64_t word;
  put_word(w, size);
  for (; size >= sizeof(word); size -= sizeof(word), from += sizeof(word)) {
    memcpy(&word, from, sizeof(word));
    put_word(w, word);
  }
  word = 0;
  memcpy(&word, from, size);
  put_word(w, word);
}

static void see_value(Walk* w, const TValue* v) {
  const int tag = ttypetag(v);
  switch (tag) {
    case LUA_VSHRSTR:
    case LUA_VLNGSTR:
      put_word(w, LUA_VSHRSTR);
      put_bytes(w, getstr(tsvalue(v)), tsslen(tsvalue(v)));
      return;
    case LUA_VNUMINT:
      put_word(w, LUA_VNUMINT);
      put_word(w, (uint64_t)ivalue(v));
      return;
    case LUA_VNUMFLT: {
      const lua_Number n = fltvalue(v);
      uint64_t bits;
      memcpy(&bits, &n, sizeof(bits));
      put_word(w, LUA_VNUMFLT);
      put_word(w, bits);
      return;
    }
    case LUA_VLCF:
      put_word(w, LUA_VLCF);
      put_word(w, (uint64_t)(uintptr_t)fvalue(v));
      return;
    case LUA_VLIGHTUSERDATA:
      put_word(w, LUA_VLIGHTUSERDATA);
      put_word(w, (uint64_t)(uintptr_t)pvalue(v));
      return;
    default:
      if (iscollectable(v)) {
        put_word(w, (uint64_t)tag);
        see_object(w, gcvalue(v));
      } else {
        put_word(w, ttisnil(v) ? 0 : (uint64_t)tag);
      }
  }
}

static void walk_table(Walk* w, const Table* t) {
  const unsigned int size = luaH_realasize(t);
  for (unsigned int i = 0; i < size; i++) {
    if (isempty(&t->array[i])) continue;
    put_word(w, i);
    see_value(w, &t->array[i]);
  }
  for (int i = 0; i < sizenode(t); i++) {
    const Node* n = gnode(t, i);
    if (isempty(gval(n))) continue;
    TValue key;
    key.value_ = n->u.key_val;
    key.tt_ = n->u.key_tt;
    see_value(w, &key);
    see_value(w, gval(n));
  }
  put_word(w, ~(uint64_t)0);
  if (t->metatable != NULL) see_object(w, obj2gco(t->metatable));
}

static void walk_function(Walk* w, const LClosure* f) {
  const Proto* p = f->p;
  put_word(w, (uint64_t)((const char*)p - w->home));
  put_word(w, ((uint64_t)(unsigned)p->linedefined << 32) | (unsigned)p->sizecode);
  for (int i = 0; i < f->nupvalues; i++) see_object(w, obj2gco(f->upvals[i]));
}

static void walk_userdata(Walk* w, const Udata* u) {
  put_bytes(w, getudatamem(u), u->len);
  if (u->len == sizeof(w->handles)) {
    uint32_t handle;
    memcpy(&handle, getudatamem(u), sizeof(handle));
    if (handle > w->handles) w->handles = handle;
  }
  for (int i = 0; i < u->nuvalue; i++) see_value(w, &u->uv[i].uv);
  if (u->metatable != NULL) see_object(w, obj2gco(u->metatable));
}

static void walk_thread(Walk* w, const lua_State* L) {
  if (L == w->main_thread) return; /* runs nothing while somebody looks */
  put_word(w, L->status);
  for (StkId o = L->stack.p; o < L->top.p; o++) see_value(w, s2v(o));
  for (const UpVal* u = L->openupval; u != NULL; u = u->u.open.next) {
    see_object(w, obj2gco(u));
    put_word(w, (uint64_t)((StkId)u->v.p - L->stack.p));
  }
  put_word(w, (uint64_t)(L->tbclist.p - L->stack.p));
  put_word(w, (uint64_t)L->errfunc);
  for (const CallInfo* ci = &L->base_ci; ci != NULL; ci = ci == L->ci ? NULL : ci->next) {
    put_word(w, (uint64_t)(ci->func.p - L->stack.p));
    put_word(w, ((uint64_t)(uint16_t)ci->nresults << 16) | ci->callstatus);
    if (isLua(ci)) {
      const Proto* p = clLvalue(s2v(ci->func.p))->p;
      put_word(w, (uint64_t)(ci->u.l.savedpc - p->code));
      if (p->is_vararg) put_word(w, (uint64_t)ci->u.l.nextraargs);
    } else if (ci != &L->base_ci && L->status == LUA_YIELD) {
      put_word(w, (uint64_t)(uintptr_t)ci->u.c.k);
      if (ci->u.c.k != NULL) put_word(w, (uint64_t)ci->u.c.ctx);
    }
    if ((ci->callstatus & CIST_YPCALL) != 0) {
      put_word(w, (uint64_t)ci->u.c.old_errfunc);
      put_word(w, (uint64_t)ci->u2.funcidx);
    }
  }
}

static void walk_object(Walk* w, const GCObject* o) {
  switch (o->tt) {
    case LUA_VTABLE:
      return walk_table(w, gco2t(o));
    case LUA_VLCL:
      return walk_function(w, gco2lcl(o));
    case LUA_VCCL: {
      const CClosure* f = gco2ccl(o);
      put_word(w, (uint64_t)(uintptr_t)f->f);
      for (int i = 0; i < f->nupvalues; i++) see_value(w, &f->upvalue[i]);
      return;
    }
    case LUA_VUPVAL: /* an open one is a place in a stack, which the stack's thread names */
      return see_value(w, gco2upv(o)->v.p);
    case LUA_VUSERDATA:
      return walk_userdata(w, gco2u(o));
    case LUA_VTHREAD:
      return walk_thread(w, gco2th(o));
    default:
      return;
  }
}

tidegate_memory tidegate_remember(lua_State* L, int* ok) {
  Walk w;
  memset(&w, 0, sizeof(w));
  w.main_thread = G(L)->mainthread;
  w.home = (const char*)w.main_thread;
  w.failed = !grow_walk(&w, 1024);
  if (!w.failed) {
    see_value(&w, &G(L)->l_registry);
    if (G(L)->mt[LUA_TSTRING] != NULL) see_object(&w, obj2gco(G(L)->mt[LUA_TSTRING]));
  }
  while (!w.failed && w.next < w.count) {
    const GCObject* o = w.waiting[w.next++];
    put_word(&w, o->tt);
    walk_object(&w, o);
  }
  free(w.waiting);
  free(w.table);
  *ok = !w.failed;
  tidegate_memory memory;
  memory.digest = w.digest;
  memory.handles = w.handles;
  return memory;
}
