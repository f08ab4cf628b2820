// Paths are where a host keeps its state, by who runs it.
#pragma once

#include <filesystem>

namespace tidegate {

// What survives a boot: /var/lib/tidegate for root, else $XDG_STATE_HOME/tidegate or
// ~/.local/state/tidegate.
std::filesystem::path DefaultStateDir();

}  // namespace tidegate
