// Library tables that fill themselves.
#include "host/lua/library_table.h"

#include <algorithm>
#include <vector>

#include "host/core/nearest.h"
#include "host/lua/runtime.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

const Library& LibraryOf(lua_State* L) {
  return *static_cast<const Library*>(lua_touserdata(L, lua_upvalueindex(1)));
}

void ComposeUnknown(lua_State* L, const Library& library) noexcept {
  std::vector<std::string_view> names;
  for (const Function& f : library.functions) names.push_back(f.name);
  std::string& text = Runtime::Of(L).scratch;
  const std::string key(StringAt(L, 2).value_or(luaL_typename(L, 2)));
  text = library.name.empty() ? "undefined global '" + key + "'"
                              : std::string(library.name) + " has no '" + key + "'";
  text += Suggestion(key, names);
}

// __index(table, name): takes the function in, or says what the name might have been.
int Fill(lua_State* L) noexcept {
  const Library& library = LibraryOf(L);
  const auto name = StringAt(L, 2);
  const auto found =
      name ? std::ranges::find(library.functions, *name, &Function::name) : library.functions.end();
  if (found == library.functions.end()) {
    ChargeSuggestion(L, library.functions.size());
    ComposeUnknown(L, library);
    return RaiseScratch(L);
  }
  lua_pushcfunction(L, found->call);
  if (found->is_value) {
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    lua_call(L, 2, 1);
  }
  lua_pushvalue(L, 2);
  lua_pushvalue(L, -2);
  lua_rawset(L, 1);
  return 1;
}

// Null: the value on top is no library table.
const Library* LibraryOnTop(lua_State* L) {
  if (!lua_istable(L, -1) || lua_getmetatable(L, -1) == 0) return nullptr;
  Push(L, "__index");
  lua_rawget(L, -2);
  const bool fills = lua_tocfunction(L, -1) == &Fill && lua_getupvalue(L, -1, 1) != nullptr;
  const void* library = fills ? lua_touserdata(L, -1) : nullptr;
  lua_pop(L, fills ? 3 : 2);
  return static_cast<const Library*>(library);
}

// Those of the table on top, and of the library tables that it has. Pops it.
void FillTop(lua_State* L) {
  luaL_checkstack(L, 8, nullptr);
  const Library* library = LibraryOnTop(L);
  for (std::size_t n = 0; library != nullptr && n < library->functions.size(); ++n) {
    Push(L, library->functions[n].name);
    lua_gettable(L, -2);
    FillTop(L);
  }
  lua_pop(L, 1);
}

int RefuseNew(lua_State* L) noexcept {
  return Raise(L, "the tables of the host's functions are read-only");
}

}  // namespace

void ChargeSuggestion(lua_State* L, std::size_t names) { lua_charge(L, 16 + 8 * names); }

int FillLibraries(lua_State* L) {
  lua_pushglobaltable(L);
  FillTop(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kLoaded);
  const int loaded = lua_gettop(L);
  for (lua_pushnil(L); lua_next(L, loaded) != 0;) FillTop(L);
  return 0;
}

void PushSealedMeta(lua_State* L, std::string_view name, CFunction to_string) {
  lua_createtable(L, 0, 4);
  SetField(L, "__metatable", false);
  SetField(L, "__name", name);
  Push(L, "__tostring");
  lua_pushcfunction(L, to_string);
  lua_rawset(L, -3);
}

void PushLibrary(lua_State* L, const Library& library) {
  luaL_checkstack(L, 6, nullptr);
  lua_createtable(L, 0, 0);
  lua_createtable(L, 0, 3);
  SetField(L, "__metatable", false);
  Push(L, "__index");
  lua_pushlightuserdata(L, const_cast<Library*>(&library));
  lua_pushcclosure(L, &Fill, 1);
  lua_rawset(L, -3);
  Push(L, "__newindex");
  lua_pushcfunction(L, &RefuseNew);
  lua_rawset(L, -3);
  lua_setmetatable(L, -2);
}

}  // namespace tidegate
