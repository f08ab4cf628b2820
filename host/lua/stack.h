// Checked reading from and pushing to the Lua stack, and the one place from which a binding raises.
//
// Why one place: raising jumps out of C++ frames without running destructors. A function that calls
// Raise (or anything of Lua that may raise) keeps no object with a destructor; texts that must be
// composed go to Runtime::scratch first.
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "host/lua/lua_headers.h"
#include "host/lua/runtime.h"

namespace tidegate {

// printf-like, with Lua's own conversions: %s %d %I %f. Adds the position of the caller.
template <class... Args>
int Raise(lua_State* L, const char* format, Args... args) {
  return luaL_error(L, format, args...);
}

// Raises Runtime::scratch, with the position of the caller.
inline int RaiseScratch(lua_State* L) {
  const std::string& text = Runtime::Of(L).scratch;
  luaL_where(L, 1);
  lua_pushlstring(L, text.data(), text.size());
  lua_concat(L, 2);
  return lua_error(L);
}

// Exactly a bool: a literal text would rather become one than a string_view.
inline void Push(lua_State* L, std::same_as<bool> auto value) { lua_pushboolean(L, value ? 1 : 0); }
inline void Push(lua_State* L, std::int64_t value) { lua_pushinteger(L, value); }
inline void Push(lua_State* L, std::string_view value) {
  lua_pushlstring(L, value.data(), value.size());
}

// t[name] = value, raw, for the table on top.
template <class T>
void SetField(lua_State* L, std::string_view name, const T& value) {
  Push(L, name);
  Push(L, value);
  lua_rawset(L, -3);
}

// Pushes t[name], raw, and answers its type.
inline int GetField(lua_State* L, int table, std::string_view name) {
  const int at = lua_absindex(L, table);
  Push(L, name);
  return lua_rawget(L, at);
}

// The text at `index` if it is a string: numbers are not converted, nothing is changed.
inline std::optional<std::string_view> StringAt(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TSTRING) return std::nullopt;
  std::size_t size = 0;
  const char* text = lua_tolstring(L, index, &size);
  return std::string_view(text, size);
}

// The integer at `index` if it is a number that is exactly integral.
inline std::optional<std::int64_t> IntegerAt(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TNUMBER) return std::nullopt;
  int exact = 0;
  const lua_Integer value = lua_tointegerx(L, index, &exact);
  if (exact == 0) return std::nullopt;
  return value;
}

// The duration at `index`: seconds as a number, or a text with a unit.
inline std::optional<Duration> DurationAt(lua_State* L, int index) {
  constexpr std::size_t kLongest = 32;  // no duration needs more, and reading them costs no fuel
  if (const auto text = StringAt(L, index)) {
    return text->size() > kLongest ? std::nullopt : ParseDuration(*text);
  }
  if (lua_type(L, index) != LUA_TNUMBER) return std::nullopt;
  const double seconds = lua_tonumber(L, index);
  const auto most = static_cast<double>(limits::kDurationMax.ns) / 1e9;
  if (!(seconds >= 0) || seconds > most) return std::nullopt;
  return Duration{std::llround(seconds * 1e9)};
}

}  // namespace tidegate
