// PackPlaces are where a process finds installed packs and whom it trusts.
#pragma once

#include <filesystem>

#include "host/apps/shared/pack/pack.h"
#include "host/apps/shared/pack/pack_name.h"

namespace tidegate {

struct PackPlaces {
  std::filesystem::path store;
  std::filesystem::path trust;
};

// One for the whole process, set before policies are read: what an empty path does not change.
const PackPlaces& Places();
void SetPackPlaces(const PackPlaces& places);

// What $TIDEGATE_PACK_STORE and $TIDEGATE_PACK_TRUST say, else `otherwise`.
PackPlaces PlacesOfEnvironment(PackPlaces otherwise);

// The folder of an installed pack: STORE/NAME/VERSION, the highest version if none is named.
Result<std::filesystem::path> FindInstalled(const PackPlaces& places, const PackName& pack);
// Its versions, in order.
std::vector<Version> InstalledVersions(const std::filesystem::path& store, const std::string& name);

// Reads an installed pack and has it judged, now: who is trusted may have changed since.
Result<Pack> ReadInstalled(const PackPlaces& places, const std::filesystem::path& folder);

}  // namespace tidegate
