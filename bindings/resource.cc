// The entry points' first argument: what a policy may know and say of the resource that it serves.
//
// Why userdata without content: each reading goes to the host's own data, so an idle policy pays
// nothing for it, and there is nothing that a script could overwrite.
#include <array>
#include <vector>

#include "bindings/argument.h"
#include "bindings/tables.h"
#include "host/core/nearest.h"
#include "host/lua/error_object.h"
#include "host/lua/library_table.h"

namespace tidegate {
namespace {

constexpr char kResourceMeta[] = "resource";
constexpr char kPropertiesMeta[] = "properties";

// --- Methods. ---

// Called as resource:name(...), the resource itself being the first argument.
void CheckSelf(lua_State* L, const char* method, int most) {
  if (luaL_testudata(L, 1, kResourceMeta) == nullptr) {
    Raise(L, "write resource:%s(...), with a colon", method);
  }
  if (lua_gettop(L) > most + 1) Raise(L, "resource:%s takes at most %d arguments", method, most);
}

int Deadline(lua_State* L) noexcept {
  CheckSelf(L, "deadline", 0);
  PushSecondsLeft(L);
  return 1;
}

int Progress(lua_State* L) noexcept {
  CheckSelf(L, "progress", 1);
  const auto text = StringAt(L, 2);
  if (!text) return Raise(L, "resource:progress: the text must be a string");
  lua_charge(L, kLogFuel);
  Runtime::Of(L).host->Progress(text->substr(0, limits::kReasonBytes));
  return 0;
}

int Watch(lua_State* L) noexcept {
  CheckSelf(L, "watch", 1);
  luaL_argexpected(L, lua_type(L, 2) == LUA_TFUNCTION, 2, "function");
  Runtime& runtime = Runtime::Of(L);
  if (runtime.loading || !runtime.current().running) {
    return Raise(L, "resource:watch: a watch begins in an entry point, not while the policy loads");
  }
  lua_charge(L, kLogFuel);
  const std::optional<Task> task = runtime.host->AllotWatch();
  if (!task) return Raise(L, "resource:watch: all %d watches are in use", limits::kWatches);
  const int n = static_cast<int>(*task) - static_cast<int>(Task::kWatch);
  lua_settop(L, 2);
  lua_rawseti(L, LUA_REGISTRYINDEX, slot::kWatches + n);
  return 0;
}

int Fail(lua_State* L) noexcept {
  CheckSelf(L, "fail", 1);
  lua_settop(L, 2);
  if (lua_isnil(L, 2)) {
    lua_pushliteral(L, "the policy called resource:fail without a reason");
  } else {
    PushText(L, 2);
  }
  return RaiseFailure(L, -1);
}

constexpr Function kMethods[] = {
    {"deadline", &Deadline}, {"progress", &Progress}, {"watch", &Watch}, {"fail", &Fail}};
constexpr Library kMethodLibrary = {"resource", kMethods};

constexpr std::string_view kKnown[] = {"name",     "node",     "properties", "state", "role",
                                       "deadline", "progress", "watch",      "fail"};

// --- Properties. ---

void ComposeUnknownProperty(Runtime& runtime, std::string_view name) noexcept {
  std::vector<std::string_view> known;
  for (const PropertySpec& spec : runtime.manifest->properties) known.push_back(spec.name);
  runtime.scratch =
      "the policy declares no property '" + std::string(name) + "'" + Suggestion(name, known);
}

int PropertyIndex(lua_State* L) noexcept {
  Runtime& runtime = Runtime::Of(L);
  const std::string_view name = StringAt(L, 2).value_or("?");
  const auto it = runtime.context.properties.find(name);
  if (it == runtime.context.properties.end()) {
    const auto& specs = runtime.manifest->properties;  // sorted
    const auto spec = std::ranges::lower_bound(specs, name, {}, &PropertySpec::name);
    if (spec == specs.end() || spec->name != name) {
      ChargeSuggestion(L, specs.size());
      ComposeUnknownProperty(runtime, name);
      return RaiseScratch(L);
    }
    lua_pushnil(L);
  } else if (const auto* text = std::get_if<std::string>(&it->second)) {
    Push(L, std::string_view(*text));
  } else if (const auto* number = std::get_if<std::int64_t>(&it->second)) {
    Push(L, *number);
  } else {
    Push(L, std::get<bool>(it->second));
  }
  return 1;
}

int PropertyNewIndex(lua_State* L) noexcept {
  return Raise(L, "resource.properties is read-only; what should change belongs in resource.state");
}

// --- The resource itself. ---

void ComposeUnknown(Runtime& runtime, std::string_view name) noexcept {
  runtime.scratch = "resource has no '" + std::string(name) + "'" + Suggestion(name, kKnown);
}

int ResourceIndex(lua_State* L) noexcept {
  Runtime& runtime = Runtime::Of(L);
  const std::string_view name = StringAt(L, 2).value_or("?");
  const auto method = std::ranges::find(kMethods, name, &Function::name);
  if (method != std::end(kMethods)) {
    lua_pushcfunction(L, method->call);
  } else if (name == "properties") {
    lua_pushvalue(L, lua_upvalueindex(1));
  } else if (name == "state") {
    lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kState);
  } else if (name == "name") {
    Push(L, std::string_view(runtime.context.resource));
  } else if (name == "node") {
    Push(L, std::string_view(runtime.context.node));
  } else if (name == "role") {
    Push(L, std::string_view(runtime.context.promoted ? "promoted" : "unpromoted"));
  } else {
    ChargeSuggestion(L, std::size(kKnown));
    ComposeUnknown(runtime, name);
    return RaiseScratch(L);
  }
  return 1;
}

int ResourceNewIndex(lua_State* L) noexcept {
  const std::string_view name = StringAt(L, 2).value_or("?");
  if (name != "state") return Raise(L, "resource is read-only, except resource.state");
  if (lua_type(L, 3) != LUA_TTABLE) return Raise(L, "resource.state must be a table");
  lua_settop(L, 3);
  lua_rawseti(L, LUA_REGISTRYINDEX, slot::kState);
  return 0;
}

int ResourceText(lua_State* L) noexcept {
  lua_pushfstring(L, "resource %s", Runtime::Of(L).context.resource.c_str());
  return 1;
}

int PropertiesText(lua_State* L) noexcept {
  lua_pushliteral(L, "properties");
  return 1;
}

}  // namespace

const Library& ResourceLibrary() { return kMethodLibrary; }

int PushResource(lua_State* L) {
  lua_newuserdatauv(L, 0, 0);
  if (luaL_newmetatable(L, kResourceMeta) != 0) {
    SetField(L, "__metatable", false);
    Push(L, "__index");
    lua_newuserdatauv(L, 0, 0);
    PushSealedMeta(L, kPropertiesMeta, &PropertiesText);
    for (const Function& f : std::array<Function, 2>{
             {{"__index", &PropertyIndex}, {"__newindex", &PropertyNewIndex}}}) {
      Push(L, f.name);
      lua_pushcfunction(L, f.call);
      lua_rawset(L, -3);
    }
    lua_setmetatable(L, -2);
    lua_pushcclosure(L, &ResourceIndex, 1);
    lua_rawset(L, -3);
    for (const Function& f : std::array<Function, 2>{
             {{"__newindex", &ResourceNewIndex}, {"__tostring", &ResourceText}}}) {
      Push(L, f.name);
      lua_pushcfunction(L, f.call);
      lua_rawset(L, -3);
    }
  }
  lua_setmetatable(L, -2);
  return 1;
}

}  // namespace tidegate
