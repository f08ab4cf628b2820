// The bindings are everything that a policy can call besides Lua itself.
#pragma once

#include "host/lua/library.h"

namespace tidegate {

BindingList Bindings();

}  // namespace tidegate
