// The simulator's commands: explore a policy, replay a plan, shrink a plan.
//
// explore: 0 complete, nothing violated; 1 a violation, with its shrunk plan and story; 2 it could
// not be tried; 3 time ran out before it was complete. replay and shrink: 0 nothing is violated
// (shrink: a smaller plan is on standard output), 1 a violation (shrink: nothing to shrink), 2 as
// above.
#pragma once

#include <string>

#include "host/apps/tidegate/simulate/simulate.h"

namespace tidegate {

inline constexpr int kExitIncomplete = 3;

struct ExploreCommandOptions {
  SimulateOptions simulate;
  int deviations = 2;
  int seconds = 0;     // 0: as long as it takes
  bool swaps = false;  // beside them, a swap wherever a run can deviate
  bool all = false;    // nothing is left out as known
  std::string output;  // where the plan goes
};
int ExploreCommand(const ExploreCommandOptions& options);

struct PlanCommandOptions {
  SimulateOptions simulate;
  std::string plan;  // a file
  std::string output;
};
int ReplayPlan(const PlanCommandOptions& options);
int ShrinkCommand(const PlanCommandOptions& options);

}  // namespace tidegate
