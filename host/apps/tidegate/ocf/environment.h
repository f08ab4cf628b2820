// The environment of an OCF action: what Pacemaker, or whoever calls the agent, says by variables.
//
// Source: OCF Resource Agent API 1.1; "Resource Agents", Pacemaker Administration.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "host/apps/tidegate/ocf/started.h"
#include "host/core/property.h"
#include "host/core/result.h"
#include "host/core/time.h"

namespace tidegate::ocf {

struct Environment {
  std::string instance;             // OCF_RESOURCE_INSTANCE, or "policy"
  std::string policy;               // PolicyPath
  std::string digest;               // PolicyDigest: lower-case hex, or empty for any policy
  std::string reason_mark;          // what goes before the exit reason on standard error
  std::string state_dir;            // dies with the node's boot
  std::string node;                 // this node, as the cluster calls it; empty: not said
  std::string resource;             // OCF_RESOURCE_INSTANCE as it is
  bool pacemaker = false;           // it is Pacemaker that calls
  int depth = 0;                    // OCF_CHECK_LEVEL
  bool probe = false;               // a monitor without interval: it looks, and changes nothing
  std::optional<Duration> timeout;  // what the cluster gives this action
  // Everything else that was set: properties of the policy, by name.
  Settings settings;
  // What is wrong with a parameter. Only who begins something complains of it.
  std::optional<Error> trouble;
};

using Variables = std::map<std::string, std::string, std::less<>>;

// The process's own variables.
Variables Environ();

// `agent_policy` is the policy of an agent that was made for one; the generic agent has none.
Environment Read(const Variables& variables, std::string_view action,
                 std::string_view agent_policy);

// The settings as the types that `specs` declare. A parameter of the cluster's own is no property,
// and one that the policy does not have is an error that suggests the nearest.
Result<Properties> PropertiesOf(const Settings& settings, const std::vector<PropertySpec>& specs);

}  // namespace tidegate::ocf
