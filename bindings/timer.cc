// timer: waiting, and a clock to measure with.
#include "bindings/operation.h"
#include "bindings/tables.h"
#include "host/lua/entry_call.h"

namespace tidegate {
namespace {

// To the millisecond: no policy needs more, and a finer clock tells about its neighbours.
int Now(lua_State* L) noexcept {
  CheckCount(L, "timer.now", 0);
  const std::int64_t ms = Runtime::Of(L).host->Now().ns / 1'000'000;
  lua_pushnumber(L, static_cast<double>(ms) / 1000.0);
  return 1;
}

int Left(lua_State* L) noexcept {
  CheckCount(L, "timer.left", 0);
  PushSecondsLeft(L);
  return 1;
}

// A duration as seconds, by the rules of every operation that takes one.
int SecondsOf(lua_State* L) noexcept {
  CheckCount(L, "timer.seconds", 1);
  const auto duration = DurationAt(L, 1);
  if (!duration) {
    const bool text = lua_type(L, 1) == LUA_TSTRING;
    return Raise(L, "'%s' is not a duration: a number of seconds, or a text such as \"250ms\"",
                 text ? lua_tostring(L, 1) : luaL_typename(L, 1));
  }
  lua_pushnumber(L, static_cast<double>(duration->ns) / 1e9);
  return 1;
}

constexpr Function kFunctions[] = {
    Bound<TimerSleep>(), {"now", &Now}, {"left", &Left}, {"seconds", &SecondsOf}};
constexpr Library kLibrary = {"timer", kFunctions};

}  // namespace

const Library& TimerLibrary() { return kLibrary; }

void PushSecondsLeft(lua_State* L) {
  Runtime& runtime = Runtime::Of(L);
  const TaskState& task = runtime.current();
  if (runtime.loading || !task.running || task.deadline == kNoDeadline) {
    return lua_pushnumber(L, HUGE_VAL);
  }
  const std::int64_t left = (task.deadline - runtime.host->Now()).ns / 1'000'000;
  lua_pushnumber(L, left > 0 ? static_cast<double>(left) / 1000.0 : 0.0);
}

}  // namespace tidegate
