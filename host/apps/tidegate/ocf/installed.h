// An installed agent is a name of the agent's program, PREFIX/lib/ocf/resource.d/PROVIDER/TYPE, by
// which crm, pcs and Pacemaker know it as ocf:PROVIDER:TYPE. The policies that were installed for
// it lie in PREFIX/share/tidegate/agents/PROVIDER/TYPE, each alone in a folder DIGEST; `current` is
// a link to the latest. The agent ocf:tidegate:policy is made for none.
//
// Why a link and no script: a shell before each action would cost more than the action.
//
// Why copies, of an installed pack as well: what a node runs changes when an operator says so on
// that node, not when a pack is installed or removed there. A pack's copy is verified each time.
//
// Why the earlier ones stay: a resource that asks for a digest goes on with that version until it
// is told another one, on all nodes at once.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "host/core/manifest.h"
#include "host/core/result.h"

namespace tidegate::ocf {

struct Installed {
  std::string provider;
  std::string type;
  std::string policy;  // empty: takes any, by PolicyPath
};

// What agent the program is when it is called by this name; none when it is called as itself. Its
// policy is the one with that digest, or else the latest.
std::optional<Installed> InstalledAs(std::string_view program, std::string_view digest = {});

// Copies the policy, makes sure that the copy can run, and makes the link; answers what the agent
// runs now. An agent of that name that has been installed goes over to it: an action that begins in
// between runs the old policy or the new one.
Result<Manifest> Install(const Installed& agent, const std::filesystem::path& prefix);

}  // namespace tidegate::ocf
