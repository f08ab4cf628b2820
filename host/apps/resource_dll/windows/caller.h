// Who a control call is made for.
#pragma once

#include <string>

#include "host/env/windows/system.h"

namespace tidegate {

// "S-1-5-...", at once; empty for no token, or one that does not say.
std::string SidOf(HANDLE token);

// "DOMAIN\\name"; the SID itself where nobody knows it. May block.
std::string AccountOf(const std::string& sid);

}  // namespace tidegate
