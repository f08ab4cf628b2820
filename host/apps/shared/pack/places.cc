// Finding installed packs.
#include "host/apps/shared/pack/places.h"

#include <algorithm>
#include <cstdlib>

namespace tidegate {
namespace {

namespace fs = std::filesystem;

PackPlaces& Mutable() {
  static PackPlaces& places = *new PackPlaces;
  return places;
}

}  // namespace

const PackPlaces& Places() { return Mutable(); }

void SetPackPlaces(const PackPlaces& places) {
  if (!places.store.empty()) Mutable().store = places.store;
  if (!places.trust.empty()) Mutable().trust = places.trust;
}

PackPlaces PlacesOfEnvironment(PackPlaces otherwise) {
  const auto set = [](const char* name, fs::path& place) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') place = value;
  };
  set("TIDEGATE_PACK_STORE", otherwise.store);
  set("TIDEGATE_PACK_TRUST", otherwise.trust);
  return otherwise;
}

std::vector<Version> InstalledVersions(const fs::path& store, const std::string& name) {
  std::vector<Version> versions;
  std::error_code error;
  for (fs::directory_iterator entry(store / name, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::optional<Version> version = ParseVersion(entry->path().filename().string());
    if (version && entry->is_directory(error)) versions.push_back(*version);
  }
  std::ranges::sort(versions, [](const Version& a, const Version& b) { return a < b; });
  return versions;
}

Result<fs::path> FindInstalled(const PackPlaces& places, const PackName& pack) {
  const std::vector<Version> versions = InstalledVersions(places.store, pack.name);
  if (versions.empty()) {
    return Error{ErrorCode::kFileNotFound, "",
                 pack.name + ": neither a file, nor a folder, nor a pack installed in " +
                     places.store.string() + "; see tidegate pack list"};
  }
  const Version version = pack.version.value_or(versions.back());
  if (std::ranges::find(versions, version) != versions.end()) {
    return places.store / pack.name / Text(version);
  }
  std::string known;
  for (const Version& v : versions) known += (known.empty() ? "" : ", ") + Text(v);
  return Error{ErrorCode::kFileNotFound, "",
               pack.name + "@" + Text(version) + " is not installed in " + places.store.string() +
                   "; installed are " + known};
}

Result<Pack> ReadInstalled(const PackPlaces& places, const fs::path& folder) {
  const auto at = [&](const Error& error) {
    return Error{error.code, error.op, folder.string() + ": " + error.detail};
  };
  Result<Pack> pack = ReadPackFolder(folder);
  if (!pack) return at(pack.error());
  const Result<Trust> trust = ReadTrust(places.trust);
  if (!trust) return trust.error();
  const Result<Accepted> accepted = Judge(*pack, *trust, Today());
  if (!accepted) return at(accepted.error());
  return pack;
}

}  // namespace tidegate
