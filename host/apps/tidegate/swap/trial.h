// A trial is what is tried of a new version before any resource gets it: its own scenarios and
// regression plans on virtual time, and the recorder's last minutes of the resource that is to have
// it, played again to see where it would decide otherwise.
//
// A scenario or a plan that fails speaks against the version, and so does an error of the script's
// or a kill at what the recorder has. A decision that differs does not: a new version is there to
// decide differently. It is shown.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "host/core/trace.h"
#include "host/engine/replay.h"

namespace tidegate {

struct Trial {
  std::string policy;
  std::string version;
  std::string digest;
  std::string capabilities;
  int scenarios = 0;
  int plans = 0;
  std::vector<std::string> failures;  // "scenario NAME: why"
  std::optional<ReplayReport> replayed;
  std::string not_replayed;  // why
  bool passed() const { return failures.empty(); }
};

// The error says why the policy cannot be loaded. `trace`: of the resource, if it has one.
Result<Trial> Try(const std::filesystem::path& policy, const Trace* trace);

// "  scenarios    12 passed\n" ...
std::string Text(const Trial& trial);
nlohmann::json JsonOf(const Trial& trial);

}  // namespace tidegate
