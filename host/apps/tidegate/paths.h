// Paths are where a host keeps its state, by who runs it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "host/apps/shared/pack/places.h"

namespace tidegate {

// What survives a boot: /var/lib/tidegate for root, else $XDG_STATE_HOME/tidegate or
// ~/.local/state/tidegate.
std::filesystem::path DefaultStateDir();

// Where the agents for Pacemaker keep it, which goes with the node's boot, unless the cluster says
// another place.
inline constexpr std::string_view kAgentStateDir = "/run/resource-agents/tidegate";

// $TIDEGATE_PACK_STORE and $TIDEGATE_PACK_TRUST; else the store is `packs` in the state directory,
// and whom to trust is in /etc/tidegate/trust for root, else in $XDG_CONFIG_HOME/tidegate/trust or
// ~/.config/tidegate/trust.
PackPlaces DefaultPackPlaces();

// What is Tidegate's own on this machine, where no policy's volume is: these two, those that a host
// has by default, and where packs are and whom to trust.
std::vector<std::string> OwnFolders(const std::string& state_dir, const std::string& runtime_dir);

}  // namespace tidegate
