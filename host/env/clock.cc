// The clock of the host.
#include "host/env/clock.h"

#include <chrono>

namespace tidegate {

Instant MonotonicNow() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(since).count()};
}

}  // namespace tidegate
