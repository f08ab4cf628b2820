// timer: waiting, and a clock to measure with.
#include "bindings/ask.h"
#include "bindings/tables.h"

namespace tidegate {
namespace {

// To the millisecond: no policy needs more, and a finer clock tells about its neighbours.
int Now(lua_State* L) noexcept {
  CheckCount(L, "timer.now", 0);
  const std::int64_t ms = Runtime::Of(L).host->Now().ns / 1'000'000;
  lua_pushnumber(L, static_cast<double>(ms) / 1000.0);
  return 1;
}

constexpr Function kFunctions[] = {Bound<TimerSleep>(), {"now", &Now}};
constexpr Library kLibrary = {"timer", kFunctions};

}  // namespace

const Library& TimerLibrary() { return kLibrary; }

}  // namespace tidegate
