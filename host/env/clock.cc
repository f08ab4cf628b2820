// The clock of a Linux host.
#include "host/env/clock.h"

#include <time.h>

namespace tidegate {

Instant MonotonicNow() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return {now.tv_sec * 1'000'000'000LL + now.tv_nsec};
}

}  // namespace tidegate
