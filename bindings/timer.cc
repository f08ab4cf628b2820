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

constexpr Function kFunctions[] = {Bound<TimerSleep>(), {"now", &Now}, {"left", &Left}};
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
