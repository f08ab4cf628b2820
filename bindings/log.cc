// log: lines in the host's log, under the resource's name. The host escapes, caps and rate-limits.
#include "bindings/argument.h"
#include "bindings/tables.h"
#include "host/lua/library_table.h"

namespace tidegate {
namespace {

// One value as it is, or a format and its values.
template <Level level>
int Log(lua_State* L) noexcept {
  luaL_checkany(L, 1);
  if (lua_gettop(L) > 1) {
    Format(L);
  } else {
    PushText(L, 1);
  }
  lua_charge(L, kLogFuel + lua_rawlen(L, -1) / 32);
  Runtime::Of(L).host->Log(level, StringAt(L, -1).value_or("?"));
  return 0;
}

constexpr Function kFunctions[] = {{"debug", &Log<Level::kDebug>},
                                   {"info", &Log<Level::kInformation>},
                                   {"warning", &Log<Level::kWarning>},
                                   {"error", &Log<Level::kError>}};
constexpr Library kLibrary = {"log", kFunctions};

}  // namespace

const Library& LogLibrary() { return kLibrary; }

}  // namespace tidegate
