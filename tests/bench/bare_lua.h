// BareLua is the plain Lua C API doing what a sandbox does, without limits, engine or states: what
// everything here is compared to.
#pragma once

#include <stdexcept>
#include <string>

#include "host/lua/lua_headers.h"

namespace tidegate::bench {

class BareLua {
 public:
  // `script` returns a function that is kept.
  explicit BareLua(const std::string& script) : state_(luaL_newstate()) {
    luaL_requiref(state_, LUA_GNAME, luaopen_base, 1);
    lua_pop(state_, 1);
    lua_register(state_, "wait", [](lua_State* L) { return lua_yield(L, 0); });
    if (luaL_dostring(state_, script.c_str()) != LUA_OK) {
      throw std::runtime_error(lua_tostring(state_, -1));
    }
    function_ = luaL_ref(state_, LUA_REGISTRYINDEX);
    thread_ = lua_newthread(state_);
  }
  ~BareLua() { lua_close(state_); }
  BareLua(const BareLua&) = delete;
  BareLua& operator=(const BareLua&) = delete;

  // Runs the function on a coroutine that is used again; true when it wants to wait.
  bool Start() {
    lua_rawgeti(thread_, LUA_REGISTRYINDEX, function_);
    return Resume();
  }
  bool Resume() {
    int results = 0;
    const int status = lua_resume(thread_, state_, 0, &results);
    if (status > LUA_YIELD) throw std::runtime_error("lua_resume");
    lua_settop(thread_, 0);
    return status == LUA_YIELD;
  }

 private:
  lua_State* state_;
  lua_State* thread_;
  int function_;
};

}  // namespace tidegate::bench
