// Where things are by default.
#include "host/apps/tidegate/paths.h"

#include <cstdlib>
#include <unistd.h>

#include "host/env/host_locks.h"

namespace tidegate {
namespace {

const char* Set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

}  // namespace

std::filesystem::path DefaultStateDir() {
  namespace fs = std::filesystem;
  if (geteuid() == 0) return "/var/lib/tidegate";
  if (const char* dir = Set("XDG_STATE_HOME")) return fs::path(dir) / "tidegate";
  if (const char* home = Set("HOME")) return fs::path(home) / ".local/state/tidegate";
  return fs::path("/tmp") / ("tidegate-state-" + std::to_string(geteuid()));
}

PackPlaces DefaultPackPlaces() {
  namespace fs = std::filesystem;
  PackPlaces places{DefaultStateDir() / "packs", "/etc/tidegate/trust"};
  if (geteuid() != 0) {
    if (const char* dir = Set("XDG_CONFIG_HOME")) {
      places.trust = fs::path(dir) / "tidegate/trust";
    } else if (const char* home = Set("HOME")) {
      places.trust = fs::path(home) / ".config/tidegate/trust";
    }
  }
  return PlacesOfEnvironment(std::move(places));
}

std::vector<std::string> OwnFolders(const std::string& state_dir, const std::string& runtime_dir) {
  return {state_dir,
          runtime_dir,
          DefaultStateDir().string(),
          RuntimeDirectory(),
          std::string(kAgentStateDir),
          Places().store.string(),
          Places().trust.string()};
}

}  // namespace tidegate
