// SandboxLimits is what one sandbox may use; the defaults are core's, a resource may differ.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/core/limits.h"

namespace tidegate {

struct SandboxLimits {
  std::size_t memory_bytes = limits::kMemoryBytes;
  std::size_t block_bytes = limits::kBlockBytes;
  std::int64_t fuel = limits::kFuel;             // between two yields
  Duration running_time = limits::kRunningTime;  // between two yields
  std::uint64_t seed = 0;                        // of math.random
  bool operator==(const SandboxLimits&) const = default;
};

}  // namespace tidegate
