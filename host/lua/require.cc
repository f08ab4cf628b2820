// require: bindings, built-in scripts and the pack's own files, by exact name and nothing else. No
// two of them have the same name: a CompiledPolicy has seen to that.
#include "host/core/nearest.h"
#include "host/lua/base.h"
#include "host/lua/library_table.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

const Library* FindLibrary(const BindingList& bindings, std::string_view name) {
  const auto it = std::ranges::find(bindings.libraries, name, &Library::name);
  return it == bindings.libraries.end() ? nullptr : &*it;
}

void ComposeNotFound(lua_State* L, std::string_view name) noexcept {
  Runtime& runtime = Runtime::Of(L);
  std::vector<std::string_view> names = runtime.compiled->ModuleNames();
  for (const Library& library : runtime.compiled->bindings().libraries) {
    names.push_back(library.name);
  }
  runtime.scratch = "there is no module '" + std::string(name) + "'" + Suggestion(name, names);
}

// Built-in ones, and a few of a pack's own; one that has more pays for them.
constexpr std::size_t kModulesUsual = 16;

// Stands in `loaded` while a module runs, to see a module that requires itself.
constexpr bool kBusy = false;

}  // namespace

int Require(lua_State* L) {
  Runtime& runtime = Runtime::Of(L);
  luaL_checktype(L, 1, LUA_TSTRING);
  const std::string_view name = *StringAt(L, 1);
  lua_settop(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kLoaded);
  if (GetField(L, 2, name) != LUA_TNIL) {
    if (lua_isboolean(L, -1) && lua_toboolean(L, -1) == 0) {
      return Raise(L, "module '%s' requires itself", name.data());
    }
    return 1;
  }
  if (const Library* library = FindLibrary(runtime.compiled->bindings(), name)) {
    PushLibrary(L, *library);
  } else if (const CompiledPolicy::Chunk* chunk = runtime.compiled->Find(name)) {
    if (chunk->bytecode.empty()) {
      return Raise(L, "write the name out, require \"%s\": it stands nowhere in the policy",
                   name.data());
    }
    lua_pushvalue(L, 1);
    Push(L, kBusy);
    lua_rawset(L, 2);
    if (luaL_loadbufferx(L, chunk->bytecode.data(), chunk->bytecode.size(), "=?", "b") != LUA_OK) {
      return lua_error(L);
    }
    lua_pushvalue(L, 1);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
      lua_pushvalue(L, 1);
      lua_pushnil(L);
      lua_rawset(L, 2);
      return lua_error(L);
    }
    if (lua_isnil(L, -1)) Push(L, true);
  } else {
    const std::size_t modules = std::max(kModulesUsual, runtime.compiled->modules());
    ChargeSuggestion(L, runtime.compiled->bindings().libraries.size() + modules);
    ComposeNotFound(L, name);
    return RaiseScratch(L);
  }
  lua_pushvalue(L, 1);
  lua_pushvalue(L, -2);
  lua_rawset(L, 2);
  return 1;
}

}  // namespace tidegate
