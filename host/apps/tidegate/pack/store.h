// A PackStore is where packs are installed: STORE/NAME/VERSION/, several versions side by side. A
// version is there whole or not at all, whenever the machine or an install is stopped.
//
// How: a pack is written beside, in a hidden folder, made durable, and renamed into its place; what
// an install that was killed left behind has no name that anybody looks for, and goes with the next
// one. A lock file keeps installs apart; readers need none.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/apps/shared/pack/pack.h"
#include "host/env/fd.h"

namespace tidegate {

struct InstalledPack {
  std::string name;
  Version version;
  std::filesystem::path folder;
};

enum class Installed { kNow, kAlready };

class PackStore {
 public:
  // Makes the folder if it is not there, takes the lock and clears what was left behind.
  static Result<PackStore> Open(const std::filesystem::path& folder);

  // A version that is installed is never replaced; one below the highest ever seen only if
  // `downgrade`.
  Result<Installed> Install(const Pack& pack, bool downgrade);
  Outcome Remove(const std::string& name, const Version& version);

 private:
  PackStore(std::filesystem::path folder, Fd lock)
      : folder_(std::move(folder)), lock_(std::move(lock)) {}
  std::optional<Version> Highest(const std::string& name) const;
  Result<std::filesystem::path> Write(const Pack& pack) const;

  std::filesystem::path folder_;
  Fd lock_;
};

// What is installed there, by name and version. Needs no lock.
std::vector<InstalledPack> ListInstalled(const std::filesystem::path& store);

}  // namespace tidegate
