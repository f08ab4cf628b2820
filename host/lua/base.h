// Base is our own in the place of Lua's functions that would show an address, hang, or differ from
// one run to the next.
#pragma once

#include <span>

#include "host/lua/library.h"

namespace tidegate {

std::span<const Function> BaseFunctions();  // globals
std::span<const Function> MathFunctions();  // constants and random numbers
int CharPattern(lua_State* L);

int Require(lua_State* L);  // in require.cc

}  // namespace tidegate
