/* The plain C API. */
#include "stock_lua.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

struct State {
  lua_State *main;
  lua_State *thread;
  int function;
  int argument;
};

static int wait_here(lua_State *L) { return lua_yield(L, 0); }

static lua_State *new_state(void) {
  lua_State *L = luaL_newstate();
  /* The pace of a sandbox's collector: what is compared is not how much garbage is kept. */
  lua_gc(L, LUA_GCINC, 110, 200, 10);
  luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
  luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
  luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
  luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
  luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);
  lua_settop(L, 0);
  lua_register(L, "wait", wait_here);
  return L;
}

static void *finish(lua_State *L, int status) {
  if (status != LUA_OK || lua_pcall(L, 0, 1, 0) != LUA_OK) {
    lua_close(L);
    return NULL;
  }
  struct State *state = malloc(sizeof *state);
  state->main = L;
  state->function = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_newuserdatauv(L, 0, 0);
  state->argument = luaL_ref(L, LUA_REGISTRYINDEX);
  state->thread = lua_newthread(L);
  return state;
}

static void *open_state(const char *script) {
  lua_State *L = new_state();
  return finish(L, luaL_loadstring(L, script));
}

static void *load_state(const char *bytecode, size_t size) {
  lua_State *L = new_state();
  return finish(L, luaL_loadbufferx(L, bytecode, size, "=?", "b"));
}

static void close_state(void *p) {
  struct State *state = p;
  lua_close(state->main);
  free(state);
}

static long run(void *p, long times) {
  struct State *state = p;
  lua_State *L = state->thread;
  long yes = 0;
  for (long i = 0; i < times; ++i) {
    int results = 0;
    lua_rawgeti(L, LUA_REGISTRYINDEX, state->function);
    lua_rawgeti(L, LUA_REGISTRYINDEX, state->argument);
    int status = lua_resume(L, state->main, 1, &results);
    while (status == LUA_YIELD) {
      lua_pop(L, results);
      status = lua_resume(L, state->main, 0, &results);
    }
    if (status != LUA_OK) abort();
    yes += results > 0 && lua_type(L, -results) == LUA_TBOOLEAN && lua_toboolean(L, -results);
    lua_settop(L, 0);
  }
  return yes;
}

static size_t bytes(void *p) {
  lua_State *L = ((struct State *)p)->main;
  lua_gc(L, LUA_GCCOLLECT);
  return (size_t)lua_gc(L, LUA_GCCOUNT) * 1024 + (size_t)lua_gc(L, LUA_GCCOUNTB);
}

struct Text {
  char *out;
  size_t size;
  size_t used;
};

static int append(lua_State *L, const void *from, size_t size, void *ud) {
  struct Text *text = ud;
  (void)L;
  if (size > text->size - text->used) return 1;
  memcpy(text->out + text->used, from, size);
  text->used += size;
  return 0;
}

/* A chunk that makes the function again: for what dump gets, the function itself is one. */
static size_t dump(void *p, char *out, size_t size) {
  struct State *state = p;
  struct Text text = {out, size, 0};
  lua_rawgeti(state->main, LUA_REGISTRYINDEX, state->function);
  lua_dump(state->main, append, &text, 0);
  lua_pop(state->main, 1);
  return text.used;
}

__attribute__((visibility("default"))) const struct StockLua *tidegate_stock_lua(void) {
  static const struct StockLua stock = {open_state, close_state, run, bytes, dump, load_state};
  return &stock;
}
