// Requests are what can be asked of a running host over its control socket, as JSON.
#pragma once

#include <string>

#include "host/apps/tidegate/host.h"

namespace tidegate {

// Its answer, JSON too. `who` asks. One that waits holds no other up.
std::string HandleRequest(Host& host, const std::string& request, const std::string& who);

// What the resources of the other hosts of this runtime directory have for themselves, as far as
// these hosts answer.
std::vector<UniqueValues> UniqueOfOthers(const std::string& runtime_dir);

}  // namespace tidegate
