// Resource names by number.
#include "host/env/names.h"

#include <utility>

namespace tidegate {

void Names::Register(ResourceId id, std::string name) {
  const std::scoped_lock lock(mutex_);
  names_[id.index] = std::move(name);
}

void Names::Forget(ResourceId id) {
  const std::scoped_lock lock(mutex_);
  names_.erase(id.index);
}

std::optional<std::string> Names::Find(ResourceId id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = names_.find(id.index);
  return found == names_.end() ? std::nullopt : std::optional(found->second);
}

std::string Names::Of(ResourceId id) const {
  return Find(id).value_or("#" + std::to_string(id.index));
}

}  // namespace tidegate
