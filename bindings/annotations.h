// The annotations describe to lua-language-server everything that a policy can call: the operations
// from the same fields that check their arguments, the rest from one table.
#pragma once

#include <string>

namespace tidegate {

// The text of scripts/library/tidegate.lua.
std::string Annotations();

}  // namespace tidegate
