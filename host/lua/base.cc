// Globals that are ours, and the state's table of globals.
#include "host/lua/base.h"

#include <cmath>

#include "host/lua/inside.h"
#include "host/lua/library_table.h"
#include "host/lua/stack.h"
#include "host/lua/stock.h"

namespace tidegate {
namespace {

// A number with all its digits may be four hundred of them.
constexpr std::size_t kFloatFuel = 64;
// A format is read once by us, before Lua does.
constexpr std::size_t kFormatLettersOfOneFuel = 8;

// The order of tables and functions as keys is that of their addresses: another in every run. Even
// the order of the other keys beside them would tell addresses.
int Next(lua_State* L) noexcept {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (tidegate_is_unordered(L, 1) != 0) {
    return Raise(L,
                 "a table that has tables or functions as keys has no order to go through it in; "
                 "number them");
  }
  lua_settop(L, 2);
  if (lua_next(L, 1) != 0) return 2;
  lua_pushnil(L);
  return 1;
}

int AfterPairs(lua_State*, int, lua_KContext) noexcept { return 3; }

int Pairs(lua_State* L) noexcept {
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") == LUA_TNIL) {
    lua_pushcfunction(L, &Next);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
  }
  lua_pushvalue(L, 1);
  lua_callk(L, 1, 3, 0, &AfterPairs);
  return 3;
}

int ToString(lua_State* L) noexcept {
  luaL_checkany(L, 1);
  PushText(L, 1);
  return 1;
}

// Finalizers and weak tables do not exist; whoever asks for them at once is told so.
int SetMetatable(lua_State* L) noexcept {
  const int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) {
    return Raise(L, "cannot change a protected metatable");
  }
  if (type == LUA_TTABLE) {
    if (GetField(L, 2, "__gc") != LUA_TNIL) return Raise(L, "policies have no __gc; use <close>");
    if (GetField(L, 2, "__mode") != LUA_TNIL) return Raise(L, "policies have no weak tables");
  }
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

int Print(lua_State* L) noexcept {
  const int count = lua_gettop(L);
  lua_checkstack(L, 4);
  lua_pushliteral(L, "");
  for (int i = 1; i <= count; ++i) {
    if (i > 1) {
      lua_pushliteral(L, "\t");
      lua_concat(L, 2);
    }
    PushText(L, i);
    lua_concat(L, 2);
  }
  lua_charge(L, kLogFuel + lua_rawlen(L, -1) / 32);
  if (PolicyHost* host = Runtime::Of(L).host) host->Log(Level::kInformation, *StringAt(L, -1));
  return 0;
}

template <const Library Stock::*library>
int PushStock(lua_State* L) noexcept {
  PushLibrary(L, StockLibraries().*library);
  return 1;
}

// Lua's own, which walks down to any level for nothing.
int RaiseError(lua_State* L) noexcept {
  constexpr lua_Integer kLevels = 200;
  const lua_Integer level = luaL_optinteger(L, 2, 1);
  lua_settop(L, 1);
  if (lua_type(L, 1) == LUA_TSTRING && level > 0 && level <= kLevels) {
    lua_charge(L, static_cast<std::size_t>(level) / 4);
    luaL_where(L, static_cast<int>(level));
    lua_pushvalue(L, 1);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

constexpr Function kBase[] = {
    {"error", &RaiseError},
    {"next", &Next},
    {"pairs", &Pairs},
    {"print", &Print},
    {"require", &Require},
    {"setmetatable", &SetMetatable},
    {"tostring", &ToString},
    {"table", &PushStock<&Stock::table>, true},
    {"math", &PushStock<&Stock::math>, true},
    {"utf8", &PushStock<&Stock::utf8>, true},
};

// A name becomes a global by assigning it in the main chunk of a file, where a reader sees it.
int Declare(lua_State* L) noexcept {
  lua_Debug ar;
  const bool main = lua_getstack(L, 1, &ar) != 0 && lua_getinfo(L, "S", &ar) != 0 &&
                    std::string_view(ar.what) == "main";
  if (!main) {
    const char* name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
    return Raise(L, "assignment to undeclared global '%s'; write 'local %s'", name, name);
  }
  lua_settop(L, 3);
  lua_rawset(L, 1);
  return 0;
}

// Strings as objects: ("x"):rep(3), and "10" + 1.
void MakeStringMeta(lua_State* L, int string_library) {
  lua_pushliteral(L, "");
  lua_createtable(L, 0, 10);
  SetField(L, "__metatable", false);
  Push(L, "__index");
  lua_pushvalue(L, string_library);
  lua_rawset(L, -3);
  for (const char* name :
       {"__add", "__sub", "__mul", "__mod", "__pow", "__div", "__idiv", "__unm"}) {
    lua_pushstring(L, name);
    lua_pushcfunction(L, StringArithmetic(name));
    lua_rawset(L, -3);
  }
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}

// What a format asks for, with whatever flags. Its text may contain zero bytes.
struct Conversions {
  bool address = false;
  std::size_t floats = 0;
};

Conversions ReadFormat(std::string_view format) {
  Conversions read;
  for (std::size_t i = format.find('%'); i != format.npos; i = format.find('%', i + 1)) {
    i = format.find_first_not_of("-+ #0123456789.", i + 1);
    if (i == format.npos) break;
    if (format[i] == 'p') read.address = true;
    if (std::string_view("aAeEfFgG").find(format[i]) != std::string_view::npos) ++read.floats;
  }
  return read;
}

}  // namespace

std::span<const Function> BaseFunctions() { return kBase; }

void PushText(lua_State* L, int index) {
  const int at = lua_absindex(L, index);
  luaL_checkstack(L, 4, nullptr);
  if (luaL_callmeta(L, at, "__tostring") != 0) {
    if (lua_isstring(L, -1) == 0) Raise(L, "'__tostring' must return a string");
    return;
  }
  switch (lua_type(L, at)) {
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TNUMBER:
    case LUA_TSTRING:
      luaL_tolstring(L, at, nullptr);
      return;
    default:
      if (luaL_getmetafield(L, at, "__name") == LUA_TSTRING) return;
      lua_pushstring(L, luaL_typename(L, at));
  }
}

int Format(lua_State* L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  lua_charge(L, lua_rawlen(L, 1) / kFormatLettersOfOneFuel);
  const Conversions asked = ReadFormat(*StringAt(L, 1));
  if (asked.address) {
    return Raise(L, "string.format: %%p shows addresses, which policies never see");
  }
  lua_charge(L, kFloatFuel * asked.floats);
  const int count = lua_gettop(L);
  for (int i = 2; i <= count; ++i) {
    const int type = lua_type(L, i);
    if (type <= LUA_TSTRING && type != LUA_TLIGHTUSERDATA) continue;
    PushText(L, i);
    lua_replace(L, i);
  }
  return StockFormat()(L);
}

void MakeGlobals(lua_State* L) {
  const Stock& stock = StockLibraries();
  PushLibrary(L, stock.globals);
  lua_getmetatable(L, -1);
  Push(L, "__newindex");
  lua_pushcfunction(L, &Declare);
  lua_rawset(L, -3);
  lua_pop(L, 1);
  Push(L, "string");
  PushLibrary(L, stock.string);
  MakeStringMeta(L, lua_gettop(L));
  lua_rawset(L, -3);
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

}  // namespace tidegate
