// A load is a policy's chunk run in a new sandbox, up to the point where entry points can begin.
#pragma once

#include "host/core/manifest.h"
#include "host/core/result.h"
#include "host/lua/runtime.h"

namespace tidegate {

// Fills `manifest`, the registry's slots, and what entry points need. The error lists everything
// that is wrong with the policy, a line each.
Outcome Load(Sandbox& sandbox, Manifest& manifest);

// Puts everything of the host's that a chunk may need into a new state. For Sandbox::Call.
int Furnish(lua_State* L);

// Makes the coroutine of `task`; null if there is no memory for it.
lua_State* MakeThread(Sandbox& sandbox, Task task);

}  // namespace tidegate
