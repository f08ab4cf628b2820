// A Plan is the deviations of one run from the nominal one, as text a line each:
//
//     # the lock is never had, and the node dies while it waits
//     A vol1 volume.lock#1 fails_from_now_on ACCESS_DENIED
//     A vol1 volume.lock#7 crashes_before
//
// It is at once the counterexample, the replay file and the fault plan. A site is named by its
// label (node, resource, what, which one of them) and never by position, so that a plan outlives
// changes of the policy.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/core/result.h"
#include "host/sim/outcome.h"

namespace tidegate::sim {

// Where a run can deviate. The views live as long as the run.
struct Site {
  std::string_view node;
  std::string_view resource;
  std::string_view what;  // an operation, an entry point, "order"
  int nth = 1;
  Menu menu;

  std::uint64_t key() const;
  std::string label() const;  // "A vol1 volume.offline#1"
};

struct Deviation {
  std::string label;
  std::uint64_t key = 0;
  Outcome outcome;
  int line = 0;  // of the text that it came from
  bool operator==(const Deviation& o) const { return label == o.label && outcome == o.outcome; }
};

using Plan = std::vector<Deviation>;

Deviation MakeDeviation(const Site& site, const Outcome& outcome);
std::string Text(const Plan& plan);
// The error names file and line, what was expected, and the nearest outcome that exists.
Result<Plan> ParsePlan(std::string_view text, std::string_view file = "plan");

}  // namespace tidegate::sim
