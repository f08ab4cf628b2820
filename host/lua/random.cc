// Numbers: constants, and random numbers that a seed decides.
#include <cmath>

#include "host/lua/base.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

int Pi(lua_State* L) noexcept {
  lua_pushnumber(L, 3.141592653589793);
  return 1;
}
int Huge(lua_State* L) noexcept {
  lua_pushnumber(L, HUGE_VAL);
  return 1;
}
int MaxInteger(lua_State* L) noexcept {
  lua_pushinteger(L, LUA_MAXINTEGER);
  return 1;
}
int MinInteger(lua_State* L) noexcept {
  lua_pushinteger(L, LUA_MININTEGER);
  return 1;
}

// Without arguments, Lua's own would seed from the clock and an address.
int RandomSeed(lua_State* L) noexcept {
  luaL_checkany(L, 1);
  lua_settop(L, 2);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, 2, 0);
  return 0;
}

// (library, name): `random` and `randomseed` share their state, so both are taken in at once.
int Random(lua_State* L) noexcept {
  Runtime::Of(L).seeded = true;
  lua_settop(L, 2);
  lua_pushcfunction(L, luaopen_math);
  lua_call(L, 0, 1);
  Push(L, "randomseed");
  GetField(L, 3, "randomseed");
  lua_pushvalue(L, -1);
  lua_pushinteger(L, static_cast<lua_Integer>(Sandbox::Of(L).limits().seed));
  lua_call(L, 1, 0);
  lua_pushcclosure(L, &RandomSeed, 1);
  lua_rawset(L, 1);
  Push(L, "random");
  GetField(L, 3, "random");
  lua_rawset(L, 1);
  lua_pushvalue(L, 2);
  lua_rawget(L, 1);
  return 1;
}

constexpr Function kMath[] = {
    {"pi", &Pi, true},
    {"huge", &Huge, true},
    {"maxinteger", &MaxInteger, true},
    {"mininteger", &MinInteger, true},
    {"random", &Random, true},
    {"randomseed", &Random, true},
};

}  // namespace

std::span<const Function> MathFunctions() { return kMath; }

int CharPattern(lua_State* L) {
  constexpr std::string_view kPattern("[\0-\x7F\xC2-\xFD][\x80-\xBF]*", 14);
  Push(L, kPattern);
  return 1;
}

}  // namespace tidegate
