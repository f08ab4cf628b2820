// An installed agent is a name of the agent's program, PREFIX/lib/ocf/resource.d/PROVIDER/TYPE, by
// which crm, pcs and Pacemaker know it as ocf:PROVIDER:TYPE. The policy that it was made for lies
// alone in PREFIX/share/tidegate/agents/PROVIDER/TYPE. The agent ocf:tidegate:policy is made for
// none.
//
// Why a link and no script: a shell before each action would cost a third of the action.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "host/core/result.h"

namespace tidegate::ocf {

struct Installed {
  std::string provider;
  std::string type;
  std::string policy;  // empty: takes any, by PolicyPath
};

// What agent the program is when it is called by this name; none when it is called as itself.
std::optional<Installed> InstalledAs(std::string_view program);

// Copies the policy and makes the link. An agent of that name that has been installed is replaced.
Outcome Install(const Installed& agent, const std::filesystem::path& prefix);

}  // namespace tidegate::ocf
