// Regression plans are what a policy must survive: every counterexample that was ever shrunk and
// kept beside it, in plans/*.plan.
//
// A plan says in a line "# cluster: wsfc" on which cluster it is one; one that does not is for all.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "host/sim/scenario.h"

namespace tidegate {

using PlanTexts = std::map<std::string, std::string>;  // by name

struct PlansTried {
  int plans = 0;
  std::vector<std::string> failures;  // "plans/late.plan: never_two_writers: ..."
};

// Of a policy's folder; none where it has none. The error says which cannot be read.
Result<PlanTexts> ReadPlans(const std::filesystem::path& folder);

// Those that are for `cluster`, which is the scenario's.
PlansTried TryPlans(const PlanTexts& plans, const sim::Scenario& scenario,
                    const std::string& cluster);

}  // namespace tidegate
