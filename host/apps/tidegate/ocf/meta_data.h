// Meta-data is the XML by which crmsh, pcs and Pacemaker know an agent: its parameters and actions,
// made from what the policy says of itself.
//
// Source: OCF Resource Agent API 1.1, ra-api.rng.
#pragma once

#include <optional>
#include <string>

#include "host/core/manifest.h"

namespace tidegate::ocf {

struct AgentName {
  std::string provider = "tidegate";
  std::string type = "policy";
  bool generic = true;  // takes any policy, by PolicyPath
};

// Without a manifest: of the generic agent before a policy was named.
std::string MetaData(const AgentName& agent, const Manifest* manifest);

}  // namespace tidegate::ocf
