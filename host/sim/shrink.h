// Shrinking finds a smaller plan that fails in the same way: by running, never by guessing.
#pragma once

#include "host/sim/explore.h"

namespace tidegate::sim {

struct Shrunk {
  Plan plan;
  Violation violation;
  std::uint64_t runs = 0;
};

// Two violations are the same failure when they violate the same invariant.
inline bool SameFailure(const Violation& a, const Violation& b) {
  return a.invariant == b.invariant;
}

// Drops what is not needed, one and then two at a time, and makes the rest as plain as possible.
// The error says that the plan violates nothing.
Result<Shrunk> Shrink(const Scenario& scenario, const Plan& plan);

}  // namespace tidegate::sim
