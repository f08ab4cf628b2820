// A trial is everything that a pack brings to be tried by: its code is loaded, its scenarios and
// plans are run, and its policy is explored as far as pack.toml says. What comes out is evidence;
// the same pack and the same program come to the same.
#pragma once

#include "host/apps/shared/pack/pack.h"

namespace tidegate {

// Loads the policy and compares it with pack.toml.
Outcome CheckPolicy(const Pack& pack);

// The error says what failed first: a scenario, a plan, or the smallest plan that violates an
// invariant. evidence.toml, if it is in the pack, is not looked at.
Result<Evidence> Try(const Pack& pack);

}  // namespace tidegate
