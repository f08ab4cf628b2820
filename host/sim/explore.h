// Exploring is running a scenario with every plan of at most k deviations, fewest first.
//
// Runs share what they have in common: where a run can deviate its moment is kept, and the run that
// deviates there goes on from it. A run that comes to a state in which another one was before it,
// after as many deviations or fewer, is cut off: everything that can follow is tried there. Where
// nothing deviates any more it does not matter how many there were. (state.cc says what a state is;
// two error codes that a policy treats alike become one state by themselves.) prune = false follows
// every run to its end, moments = false begins each anew: what tests compare with.
//
// For each k all runs with fewer deviations are gone through again, so that each state belongs to a
// run with the fewest deviations that lead there: they are few compared to those with k.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "host/sim/simulation.h"

namespace tidegate::sim {

struct ExploreOptions {
  int deviations = 2;
  // Beside them, another version of the policy takes over at every point where a run can deviate.
  bool swaps = false;
  bool prune = true;
  bool moments = true;
  // Asked between runs; true ends the exploration, and the report says that it is not complete.
  std::function<bool()> stop;
  // Told now and then: runs so far and, where it can be told, about how many there will be; 0: not
  // yet.
  std::function<void(std::uint64_t runs, std::uint64_t planned)> progress;
  // Told when all runs with so many deviations are done, and more are to come.
  std::function<void(int deviations, std::uint64_t runs)> deepens;
};

// How often each outcome of each call site and entry point took place.
using Coverage = std::map<std::string, std::uint64_t>;

struct ExploreReport {
  bool complete = false;
  int deviations = 0;  // complete up to these, or as far as it came
  std::uint64_t runs = 0;
  std::uint64_t cut = 0;     // of these, ended early because they stood where another had
  std::uint64_t states = 0;  // that were told apart
  std::uint64_t events = 0;
  Duration simulated;
  Evaluations evaluations{};
  // "volume.lua:73 volume.lock fails ACCESS_DENIED". A call site counts when a run with at most one
  // deviation came to it and more deviations were left to try.
  Coverage covered;
  std::uint64_t outcomes = 0;  // that were offered
  std::uint64_t call_sites = 0;
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
