// Capabilities by name.
#include "host/core/capability.h"

namespace tidegate {

std::optional<Capability> CapabilityNamed(std::string_view name) {
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    if (kCapabilityNames[i] == name) return static_cast<Capability>(i);
  }
  return std::nullopt;
}

}  // namespace tidegate
