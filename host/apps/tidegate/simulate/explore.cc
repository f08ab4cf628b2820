// tidegate explore, replay, shrink.
#include "host/apps/tidegate/simulate/explore.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <utility>

#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/terminal.h"
#include "host/sim/quiet.h"
#include "host/sim/shrink.h"
#include "host/sim/timeline.h"

namespace tidegate {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

// Ctrl-C ends an exploration in good order: what was found out so far is said.
class InterruptWatch {
 public:
  static inline volatile std::sig_atomic_t came = 0;

  InterruptWatch() : before_(std::signal(SIGINT, [](int) { came = 1; })) { came = 0; }
  ~InterruptWatch() { std::signal(SIGINT, before_); }
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

 private:
  void (*before_)(int);
};

// Why an invariant was never looked at; empty when it should have been.
std::string_view NotAsked(sim::Invariant invariant, const sim::Scenario& scenario) {
  const bool pacemaker = scenario.cluster == sim::ClusterKind::kPacemaker;
  if (invariant == sim::Invariant::kNoIoAfterOffline && pacemaker) {
    return ", each call is a process of its own, which ends with its answer";
  }
  if (invariant == sim::Invariant::kNeighboursUnharmed && scenario.resources < 2) {
    return ", there is no neighbour";
  }
  return "";
}

void PrintCounts(const sim::ExploreReport& report, const sim::Scenario& scenario, double seconds) {
  std::printf("%llu runs in %.2f s, %llu events, %s simulated\n",
              static_cast<unsigned long long>(report.runs), seconds,
              static_cast<unsigned long long>(report.events), Age(report.simulated).c_str());
  if (report.violation) return;
  std::printf("  %llu of them ended early: they stood where another run had stood\n",
              static_cast<unsigned long long>(report.cut));
  std::printf("  %llu states were told apart\n", static_cast<unsigned long long>(report.states));
  std::printf("  %zu of %llu outcomes of %llu call sites and of entry points took place\n",
              report.covered.size(), static_cast<unsigned long long>(report.outcomes),
              static_cast<unsigned long long>(report.call_sites));
  for (const std::string& outcome : report.not_covered) {
    std::printf("  not covered: %s\n", outcome.c_str());
  }
  for (int i = 0; i < sim::kInvariants; ++i) {
    if (static_cast<sim::Invariant>(i) == sim::Invariant::kScenario) continue;
    const auto n = static_cast<std::size_t>(i);
    const std::uint64_t times = report.evaluations[n];
    const std::string_view why =
        times > 0 ? std::string_view() : NotAsked(static_cast<sim::Invariant>(i), scenario);
    std::printf("  %-24s %llu evaluations%s\n", std::string(sim::kInvariantNames[n]).c_str(),
                static_cast<unsigned long long>(times), std::string(why).c_str());
  }
}

// Once more with a neighbour, which a fault of the other must not harm: one deviation, for two
// would be as many as both have together.
Result<sim::ExploreReport> ExploreNeighbours(const ExploreCommandOptions& options,
                                             sim::ExploreOptions explore, sim::Scenario& scenario) {
  SimulateOptions both = options.simulate;
  both.resources = 2;
  Result<sim::Scenario> made = ScenarioOf(both);
  if (!made) return made.error();
  scenario = std::move(*made);
  explore.deviations = 1;
  explore.deepens = nullptr;
  explore.swaps = false;
  return sim::Explore(scenario, explore);
}

// The smallest plan that fails in the same way, and what happens under it.
void PrintViolation(const sim::Scenario& scenario, const sim::Plan& found,
                    const std::string& output) {
  const Result<sim::Shrunk> shrunk = sim::Shrink(scenario, found);
  const sim::Plan& plan = shrunk ? shrunk->plan : found;
  if (const Result<sim::RunResult> run = sim::RunPlan(scenario, plan)) {
    std::fputs(sim::Timeline(sim::WithoutQuietPolls(run->lines)).c_str(), stdout);
    if (run->violation) {
      std::printf("\nviolated: %s: %s\n", std::string(sim::Name(run->violation->invariant)).c_str(),
                  run->violation->what.c_str());
    }
  }
  std::printf("plan:\n%s", plan.empty() ? "# nothing has to go wrong first\n" : Text(plan).c_str());
  if (!output.empty() && !WriteText(output, sim::Text(plan))) {
    std::fprintf(stderr, "error: %s: cannot be written\n", output.c_str());
  }
}

// What of the plan never took place: said, never silently nominal.
Outcome SayNotApplied(const sim::Scenario& scenario, const sim::Plan& plan) {
  Result<std::unique_ptr<sim::Simulation>> run = sim::Simulation::Create(scenario);
  if (!run) return run.error();
  std::vector<sim::Site> sites;
  sim::RunOptions options;
  options.sites = &sites;
  sim::PlannedChoices choices(plan);
  const sim::RunResult result = (*run)->Run(choices, options);
  for (const std::string& line : sim::NotApplied(plan, result, sites)) {
    std::fprintf(stderr, "warning: %s\n", line.c_str());
  }
  return Ok();
}

}  // namespace

int ExploreCommand(const ExploreCommandOptions& options) {
  Result<sim::Scenario> scenario = ScenarioOf(options.simulate);
  if (!scenario) return Fail(kExitUsage, scenario.error().detail);
  const auto began = Clock::now();
  sim::ExploreOptions explore;
  explore.deviations = options.deviations;
  explore.prune = !options.all;
  explore.swaps = options.swaps;
  const InterruptWatch interrupt;
  explore.stop = [&] {
    return InterruptWatch::came || (options.seconds > 0 && SecondsSince(began) > options.seconds);
  };
  std::optional<ProgressBar> bar(std::in_place, "");
  explore.progress = bar->Teller();
  if (!explore.progress) {
    explore.deepens = [&](int deviations, std::uint64_t runs) {
      std::fprintf(stderr, "%d deviation%s: complete, %llu runs, %.2f s\n", deviations,
                   deviations == 1 ? "" : "s", static_cast<unsigned long long>(runs),
                   SecondsSince(began));
    };
  }
  Result<sim::ExploreReport> report = sim::Explore(*scenario, explore);
  if (!report) return Fail(kExitUsage, report.error().detail);
  std::uint64_t beside = 0;
  if (report->complete && options.simulate.resources == 1 && options.deviations > 0) {
    sim::Scenario both;
    Result<sim::ExploreReport> neighbours = ExploreNeighbours(options, explore, both);
    if (!neighbours) return Fail(kExitUsage, neighbours.error().detail);
    beside = neighbours->runs;
    constexpr auto kUnharmed = static_cast<std::size_t>(sim::Invariant::kNeighboursUnharmed);
    report->evaluations[kUnharmed] = neighbours->evaluations[kUnharmed];
    report->complete = neighbours->complete;
    if (neighbours->violation) {
      report = std::move(neighbours);
      scenario = std::move(both);
    }
  }
  bar.reset();
  if (report->violation) PrintViolation(*scenario, report->plan, options.output);
  PrintCounts(*report, *scenario, SecondsSince(began));
  if (report->violation) {
    if (beside > 0) std::printf("two resources: replay it with --resources 2\n");
    return kExitFailed;
  }
  if (beside > 0) {
    std::printf("  %llu runs more with a neighbour, at most 1 deviation\n",
                static_cast<unsigned long long>(beside));
  }
  std::printf("%s: %s to %d deviation%s%s on %s: no violation\n", options.simulate.policy.c_str(),
              report->complete ? "complete" : "NOT complete beyond, complete", report->deviations,
              report->deviations == 1 ? "" : "s", options.swaps ? " and a swap" : "",
              options.simulate.cluster.c_str());
  if (!report->complete) {
    std::printf(
        "stopped %s. To go on: the same command%s; it begins anew, what it was in the middle "
        "of is all runs with %d deviations\n",
        InterruptWatch::came ? "by you" : "as its time was up",
        options.seconds > 0 ? " with more --seconds" : "", report->deviations + 1);
  }
  return report->complete ? kExitOk : kExitIncomplete;
}

int ReplayPlan(const PlanCommandOptions& options) {
  const Result<sim::Plan> plan = ReadPlan(options.plan);
  if (!plan) return Fail(kExitUsage, plan.error().detail);
  const Result<sim::Scenario> scenario = ScenarioOf(options.simulate);
  if (!scenario) return Fail(kExitUsage, scenario.error().detail);
  if (const Outcome said = SayNotApplied(*scenario, *plan); !said) {
    return Fail(kExitUsage, said.error().detail);
  }
  const Result<sim::RunResult> run = sim::RunPlan(*scenario, *plan);
  if (!run) return Fail(kExitUsage, run.error().detail);
  std::fputs(sim::Timeline(run->lines).c_str(), stdout);
  std::printf("digest %016llx\n", static_cast<unsigned long long>(run->digest));
  return run->violation ? kExitFailed : kExitOk;
}

int ShrinkCommand(const PlanCommandOptions& options) {
  const Result<sim::Plan> plan = ReadPlan(options.plan);
  if (!plan) return Fail(kExitUsage, plan.error().detail);
  const Result<sim::Scenario> scenario = ScenarioOf(options.simulate);
  if (!scenario) return Fail(kExitUsage, scenario.error().detail);
  const Result<sim::Shrunk> shrunk = sim::Shrink(*scenario, *plan);
  if (!shrunk) return Fail(kExitFailed, shrunk.error().detail);
  std::printf("# %s: %s\n%s", std::string(sim::Name(shrunk->violation.invariant)).c_str(),
              shrunk->violation.what.c_str(), sim::Text(shrunk->plan).c_str());
  if (!options.output.empty() && !WriteText(options.output, sim::Text(shrunk->plan))) {
    return Fail(kExitUsage, options.output + ": cannot be written");
  }
  return kExitOk;
}

}  // namespace tidegate
