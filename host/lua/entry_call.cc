// Arguments in, answers out, all inside the coroutine: what fails here is the policy's error.
#include "host/lua/entry_call.h"

#include "host/lua/error_object.h"
#include "host/lua/inside.h"
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
// By bit, for cluster engines that ask for more than a poll. An ordinary poll pays nothing for it.
constexpr std::string_view kIsAliveFlags[] = {"deep", "probe"};

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
    case EntryPoint::kIsAlive:
      if (arguments.flags == 0) return 0;
      PushFlags(L, kIsAliveFlags, arguments);
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
  Runtime::Of(L).current().HasTrouble().raised_at = Where(L);
  return 1;
}

// Where the answer came from: the return statement's line, or else the entry point's first.
void NoteWhere(lua_State* L, const Runtime& runtime, Ending& ending) noexcept {
  char at[LUA_IDSIZE + 16];
  if (tidegate_returned_at(L, at, sizeof at) != 0 && !std::string_view(at).starts_with(kBuiltIn)) {
    ending.raised_at = at;
    return;
  }
  lua_Debug ar;
  const int entry = static_cast<int>(runtime.tasks[static_cast<std::size_t>(runtime.task)].entry);
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kEntries + entry);
  lua_getinfo(L, ">S", &ar);
  if (ar.linedefined <= 0) return;
  ending.raised_at = std::string(ar.short_src) + ":" + std::to_string(ar.linedefined);
}

void NoteTrouble(const TaskState& task, Ending& ending) noexcept {
  if (task.trouble == nullptr) return;
  ending.raised_at = task.trouble->raised_at;
  ending.failed_op = task.trouble->op;
  ending.failed_code = task.trouble->code;
  ending.failed_detail = task.trouble->detail;
}

// True, or nothing where nothing is said of health.
bool IsYes(lua_State* L, EntryPoint entry) {
  if (tidegate_is_true(L) != 0) return true;
  return lua_type(L, -2) == LUA_TNIL && lua_type(L, -1) == LUA_TNIL && !IsPoll(entry) &&
         entry != EntryPoint::kControl;
}

int AfterCall(lua_State* L, int status, lua_KContext) noexcept {
  Runtime& runtime = Runtime::Of(L);
  Ending& ending = runtime.ending;
  const bool ended = status == LUA_OK || status == LUA_YIELD;
  if (ended && IsYes(L, runtime.current().entry)) {
    ending.Healthy();
    return 0;
  }
  ending.Clear();
  if (ended) {
    ReadAnswer(L, lua_gettop(L) - 1, ending);
    if (!IsWatch(runtime.task)) NoteWhere(L, runtime, ending);
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
  NoteTrouble(runtime.current(), ending);
  return 0;
}

}  // namespace

int EntryBody(lua_State* L) {
  const Runtime& runtime = Runtime::Of(L);
  const EntryPoint entry = runtime.tasks[static_cast<std::size_t>(runtime.task)].entry;
  tidegate_push_call(L, &OnError, slot::kEntries + static_cast<int>(entry), slot::kResource);
  const int count = 1 + PushArguments(L, runtime, entry);
  return AfterCall(L, lua_pcallk(L, count, 2, 1, 0, &AfterCall), 0);
}

int WatchBody(lua_State* L) {
  const int n = static_cast<int>(Runtime::Of(L).task) - static_cast<int>(Task::kWatch);
  tidegate_push_call(L, &OnError, slot::kWatches + n, slot::kResource);
  Push(L, false);
  lua_rawseti(L, LUA_REGISTRYINDEX, slot::kWatches + n);
  return AfterCall(L, lua_pcallk(L, 1, 2, 1, 0, &AfterCall), 0);
}

}  // namespace tidegate
