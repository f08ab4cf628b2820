// Arguments in, answers out, all inside the coroutine: what fails here is the policy's error.
#include "host/lua/entry_call.h"

#include "host/lua/error_object.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

// By bit. Source: "Resource DLL Entry-Point Functions", OnlineV2 and OfflineV2.
constexpr std::string_view kOnlineFlags[] = {"recover_monitor_state", "ignore_resource_status",
                                             "return_to_source_node_on_error",
                                             "restore_online_state", "ignore_network_connectivity"};
constexpr std::string_view kOfflineFlags[] = {"ignore_resource_status",
                                              "return_to_source_node_on_error",
                                              "queue_enabled",
                                              "returning_to_source_node_because_of_error",
                                              "due_to_embedded_failure",
                                              "ignore_network_connectivity",
                                              "do_not_update_persistent_state"};

void PushFlags(lua_State* L, std::span<const std::string_view> names, const Arguments& arguments) {
  lua_createtable(L, 0, static_cast<int>(names.size()) + 1);
  for (std::size_t bit = 0; bit < names.size(); ++bit) {
    SetField(L, names[bit], (arguments.flags >> bit & 1) != 0);
  }
  SetField(L, "input", std::string_view(arguments.input));
}

void PushCause(lua_State* L, const Cause& cause) {
  lua_createtable(L, 0, 8);
  SetField(L, "kind", Name(cause.kind));
  SetField(L, "entry_point", Name(cause.entry));
  SetField(L, "attempt", static_cast<std::int64_t>(cause.attempt));
  SetField(L, "code", static_cast<std::int64_t>(cause.code));
  SetField(L, "name", Name(cause.code));
  SetField(L, "op", std::string_view(cause.op));
  SetField(L, "where", std::string_view(cause.where));
  SetField(L, "message", std::string_view(cause.message));
}

// Pushes what `entry` gets beside the resource, and answers how much that is.
int PushArguments(lua_State* L, const Runtime& runtime, EntryPoint entry) {
  const Arguments& arguments = *runtime.arguments;
  switch (entry) {
    case EntryPoint::kOnline:
      PushFlags(L, kOnlineFlags, arguments);
      return 1;
    case EntryPoint::kOffline:
      PushFlags(L, kOfflineFlags, arguments);
      return 1;
    case EntryPoint::kTerminate:
      PushCause(L, *runtime.cause);
      return 1;
    case EntryPoint::kControl:
    case EntryPoint::kTypeControl:
      Push(L, static_cast<std::int64_t>(arguments.flags));
      Push(L, std::string_view(arguments.input));
      return 2;
    case EntryPoint::kMigrate:
      Push(L, std::string_view(arguments.input));
      lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kState);
      return 2;
    default:
      return 0;
  }
}

// Runs where an error is raised, before anything unwinds.
int OnError(lua_State* L) noexcept {
  Runtime::Of(L).current().raised_at = Where(L);
  return 1;
}

int AfterCall(lua_State* L, int status, lua_KContext) noexcept {
  Runtime& runtime = Runtime::Of(L);
  Ending& ending = runtime.ending;
  ending.Clear();
  if (status == LUA_OK || status == LUA_YIELD) {
    ReadAnswer(L, lua_gettop(L) - 1, ending);
    if (ending.kind == Ending::Kind::kTable && runtime.current().entry == EntryPoint::kMigrate) {
      lua_pushvalue(L, -2);
      lua_rawseti(L, LUA_REGISTRYINDEX, slot::kState);
    }
    return 0;
  }
  if (status == LUA_ERRMEM) {
    Sandbox::Of(L).OutOfMemory();
    return 0;
  }
  ReadError(L, ending);
  ending.raised_at = runtime.current().raised_at;
  return 0;
}

}  // namespace

int EntryBody(lua_State* L) {
  const Runtime& runtime = Runtime::Of(L);
  const EntryPoint entry = runtime.tasks[static_cast<std::size_t>(runtime.task)].entry;
  lua_pushcfunction(L, &OnError);
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kEntries + static_cast<int>(entry));
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kResource);
  const int count = 1 + PushArguments(L, runtime, entry);
  return AfterCall(L, lua_pcallk(L, count, 2, 1, 0, &AfterCall), 0);
}

int WatchBody(lua_State* L) {
  const int n = static_cast<int>(Runtime::Of(L).task) - static_cast<int>(Task::kWatch);
  lua_pushcfunction(L, &OnError);
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kWatches + n);
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kResource);
  lua_pushnil(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, slot::kWatches + n);
  return AfterCall(L, lua_pcallk(L, 1, 2, 1, 0, &AfterCall), 0);
}

}  // namespace tidegate
