// A PolicyWatcher sees when files of policies change.
//
// Why it looks at them once a second instead of being told: editors, rsync and configuration
// managers replace files in ways that differ, over several calls; a file that is the same for a
// second is one that was written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <vector>

namespace tidegate {

class PolicyWatcher {
 public:
  // Of these, which have changed since they were first seen or last answered, and are at rest.
  std::vector<std::filesystem::path> Changed(const std::vector<std::filesystem::path>& policies);

 private:
  struct Seen {
    std::uint64_t answered = 0;
    std::uint64_t last = 0;
  };
  std::map<std::filesystem::path, Seen> seen_;
};

}  // namespace tidegate
