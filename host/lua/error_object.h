// An error object is what a failed operation answers to a policy: a table with code, name, op,
// detail and where, that reads well as a text.
//
// It is plain data. The host reads it raw, and believes it only when it has our metatable.
#pragma once

#include <string_view>

#include "host/core/call.h"

struct lua_State;

namespace tidegate {

// Makes the metatables of error objects and of what resource:fail raises.
void MakeErrorMetas(lua_State* L);

void PushError(lua_State* L, const Reply& reply, std::string_view op);

// Raises what ends the entry point as unhealthy, with the text at `index` as its reason.
int RaiseFailure(lua_State* L, int index);

}  // namespace tidegate
