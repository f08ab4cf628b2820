// Paths are where a host keeps its state, by who runs it.
#pragma once

#include <filesystem>

#include "host/apps/shared/pack/places.h"

namespace tidegate {

// What survives a boot: /var/lib/tidegate for root, else $XDG_STATE_HOME/tidegate or
// ~/.local/state/tidegate.
std::filesystem::path DefaultStateDir();

// $TIDEGATE_PACK_STORE and $TIDEGATE_PACK_TRUST; else the store is `packs` in the state directory,
// and whom to trust is in /etc/tidegate/trust for root, else in $XDG_CONFIG_HOME/tidegate/trust or
// ~/.config/tidegate/trust.
PackPlaces DefaultPackPlaces();

}  // namespace tidegate
