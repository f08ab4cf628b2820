// The clock of the host.
//
// Why one that stands still while the machine sleeps, where the system has it (CLOCK_MONOTONIC on
// Linux, and not CLOCK_BOOTTIME): deadlines and budgets measure time in which the host could act. A
// machine that wakes after an hour asleep must not find every pending entry point past its deadline
// and fail everything over; its polls come due when they would have, at most one interval late.
// steady_clock is that clock, and the one that condition variables wait on. Source:
// clock_gettime(2).
#pragma once

#include <string>

#include "host/core/time.h"

namespace tidegate {

Instant MonotonicNow();

// What people call the time, and nothing reckons with: "2026-11-20T13:15:00Z".
std::string WallClock();

}  // namespace tidegate
