// Names is the table of resource names by number, for those who were given numbers.
//
// Threading: any.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "host/core/event.h"

namespace tidegate {

class Names {
 public:
  void Register(ResourceId id, std::string name);
  void Forget(ResourceId id);
  std::optional<std::string> Find(ResourceId id) const;
  std::string Of(ResourceId id) const;  // to be shown: "#7" for one that is not registered

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::uint32_t, std::string> names_;
};

}  // namespace tidegate
