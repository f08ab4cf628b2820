// Swap requests are what can be asked of a running host about the versions of its policies:
//
//   {"command":"swap","resource":PATTERN,"policy":POLICY,"digest":D,"within":"30s","force":false,
//    "lift_quarantine":false,"max_failures":1,"all_or_nothing":false,"dry_run":false}
//   {"command":"back"|"pin"|"unpin","resource":PATTERN,"why":TEXT}
//   {"command":"history","resource":NAME}
//
// A PATTERN has * and ? as in a shell. The answers have "results", one for each resource, in order.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "host/apps/tidegate/host.h"

namespace tidegate {

// Nothing when it is no such request. `who` asks.
std::optional<nlohmann::json> AnswerSwap(Host& host, const nlohmann::json& request,
                                         const std::string& who);

// A resource's swap, in the answer to "status".
nlohmann::json SwapJson(Host& host, const LaneView& view);

}  // namespace tidegate
