// HostName is what the system calls this machine: the node's name when nobody gave another.
#pragma once

#include <string>

namespace tidegate {

std::string HostName();  // "localhost" when the system does not say

}  // namespace tidegate
