// Comparing is running the same plans on two versions of a policy: where they first decide
// otherwise, and under what.
//
// What counts is what a policy does: the operations that it asks for, what it says of a resource
// and what it answers. When it does so, what it logs, and the line of the script do not.
#pragma once

#include <functional>
#include <optional>

#include "host/sim/explore.h"

namespace tidegate::sim {

struct Difference {
  Plan plan;  // the shortest under which it shows
  Line before;
  Line after;               // either may be empty: the run was over
  std::uint64_t plans = 0;  // how many show the same
};

struct CompareReport {
  std::uint64_t plans = 0;
  std::uint64_t different = 0;  // of them
  std::vector<Difference> differences;
  std::vector<std::string> not_applied;  // of the plans given, in neither version: a line each
};

// The nominal plan, every single deviation that either version can meet, and `more`. `progress` is
// told how many plans are done.
Result<CompareReport> Compare(const Scenario& before, const Scenario& after,
                              const std::vector<Plan>& more, bool single_deviations,
                              const std::function<void(std::uint64_t)>& progress);

// Where the two stories first differ in a decision.
std::optional<std::pair<Line, Line>> FirstDifference(const std::vector<Line>& before,
                                                     const std::vector<Line>& after);

}  // namespace tidegate::sim
