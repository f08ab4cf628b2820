// Exploring is running a scenario with every plan of at most k deviations, fewest first.
//
// Why not all of them are run: when nothing is under way and a run stands where another one has
// stood (volumes, hosts, monitors, health, timers relative to now, faults under way), what follows
// is known already, and so is everything that can deviate there. Such a run is cut off and counted.
// What a policy keeps outside of resource.state is not seen by this; prune = false tries
// everything.
//
// And error codes that lead to the same calls, the same answers and the same state wherever an
// operation meets one of them alone are one class: each of them is tried alone, one of them stands
// for all in company. What was left out so is counted too; represent = false tries each.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "host/sim/simulation.h"

namespace tidegate::sim {

struct ExploreOptions {
  int deviations = 2;
  bool prune = true;
  bool represent = true;
  // Asked between runs; true ends the exploration, and the report says that it is not complete.
  std::function<bool()> stop;
  // Told now and then: runs so far and, where known, how many are planned.
  std::function<void(std::uint64_t runs, std::uint64_t planned)> progress;
};

// How often each outcome of each operation and entry point took place.
using Coverage = std::map<std::string, std::uint64_t>;

struct ExploreReport {
  bool complete = false;
  int deviations = 0;  // complete up to these, or as far as it came
  std::uint64_t runs = 0;
  std::uint64_t cut = 0;          // of these, ended early because they stood where another had
  std::uint64_t represented = 0;  // not run: another code of the same class was
  std::uint64_t events = 0;
  Duration simulated;
  Evaluations evaluations{};
  Coverage covered;            // "volume.lock fails ACCESS_DENIED"
  std::uint64_t outcomes = 0;  // that were offered anywhere
  std::vector<std::string> not_covered;
  std::uint64_t digest = 0;  // of all runs' digests, in order
  std::optional<Violation> violation;
  Plan plan;  // that violates; not yet shrunk
};

Result<ExploreReport> Explore(const Scenario& scenario, const ExploreOptions& options);

// Runs the one plan. The result's `applied` tells which deviations took place.
Result<RunResult> RunPlan(const Scenario& scenario, const Plan& plan, bool story = true);

// What of a plan never took place, a line each, with the nearest site that exists; empty when all
// did.
std::vector<std::string> NotApplied(const Plan& plan, const RunResult& result,
                                    const std::vector<Site>& sites);

}  // namespace tidegate::sim
