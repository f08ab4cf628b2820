// Accounts of the system: as SIDs, "S-1-5-...", and by their names.
#pragma once

#include <string>

#include "host/env/windows/system.h"

namespace tidegate {

std::string SidText(void* sid);  // empty for none

// Whose a token is, at once; empty for no token, or one that does not say.
std::string SidOf(HANDLE token);

// "DOMAIN\\name"; the SID itself where nobody knows it. May block.
std::string AccountOf(const std::string& sid);

}  // namespace tidegate
