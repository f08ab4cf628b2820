// An entry call is the C function at the bottom of a task's coroutine: it pushes the arguments,
// calls the policy's function, and reads what that left.
#pragma once

#include <limits>

#include "host/core/time.h"

struct lua_State;

namespace tidegate {

int EntryBody(lua_State* L);
int WatchBody(lua_State* L);

// Watches run until the resource leaves Online.
inline constexpr Instant kNoDeadline{std::numeric_limits<std::int64_t>::max()};

}  // namespace tidegate
