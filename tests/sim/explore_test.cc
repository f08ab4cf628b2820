// Shipped policies under every single deviation and every pair, and what the explorer promises.
#include "tests/sim/lab.h"

namespace tidegate::sim::test {
namespace {

TEST_CASE("shipped policies keep every invariant under each single deviation", "[sim]") {
  const ClusterKind cluster = GENERATE(ClusterKind::kWsfc, ClusterKind::kPacemaker);
  const std::string name = GENERATE("volume", "lun-mask");
  const Scenario scenario = ScenarioOf(name, Shipped(name), cluster);
  ExploreOptions options;
  options.deviations = 1;
  const Result<ExploreReport> report = Explore(scenario, options);
  REQUIRE(report.ok());
  INFO(name << ": " << Story(scenario, *report));
  CHECK_FALSE(report->violation);
  CHECK(report->complete);
  CHECK(report->runs > 400);
  CHECK(report->not_covered.empty());
  CHECK(report->covered.size() == report->outcomes);
  for (const Invariant i :
       {Invariant::kSingleOwner, Invariant::kDismountBeforeOffline, Invariant::kTruthfulStatus,
        Invariant::kNoLostWrite, Invariant::kOneEntryPoint, Invariant::kLegalTransition,
        Invariant::kNoSilentFailure, Invariant::kPendingEnds, Invariant::kRecovers,
        Invariant::kDetects, Invariant::kFailSafe}) {
    INFO(Name(i));
    CHECK(report->evaluations[static_cast<std::size_t>(i)] > 0);
  }
}

TEST_CASE("pruning finds what trying everything finds", "[sim]") {
  Scenario scenario = ScenarioOf("volume", Shipped("volume"), ClusterKind::kWsfc);
  ExploreOptions options;
  options.deviations = 1;
  const ExploreReport pruned = Explore(scenario, options).value();
  options.prune = false;
  const ExploreReport all = Explore(scenario, options).value();
  CHECK(pruned.complete == all.complete);
  CHECK(pruned.runs == all.runs);
  CHECK(all.cut == 0);
  CHECK(pruned.cut > all.runs / 2);
}

TEST_CASE("an exploration that is stopped says so", "[sim]") {
  const Scenario scenario = ScenarioOf("volume", Shipped("volume"), ClusterKind::kWsfc);
  ExploreOptions options;
  options.deviations = 2;
  int runs = 0;
  options.stop = [&] { return ++runs > 50; };
  const ExploreReport report = Explore(scenario, options).value();
  CHECK_FALSE(report.complete);
  CHECK(report.runs == 50);
  CHECK_FALSE(report.violation);
}

TEST_CASE("a deviation that never takes place is said", "[sim]") {
  const Scenario scenario = ScenarioOf("volume", Shipped("volume"), ClusterKind::kWsfc);
  const Plan plan = PlanOf("A vol1 volume.offlin#1 hangs\n");
  std::vector<Site> sites;
  auto run = Simulation::Create(scenario);
  REQUIRE(run.ok());
  PlannedChoices choices(plan);
  RunOptions options;
  options.sites = &sites;
  const RunResult result = (*run)->Run(choices, options);
  CHECK(NotApplied(plan, result, sites) ==
        std::vector<std::string>{"A vol1 volume.offlin#1 hangs never took place, did you mean "
                                 "A vol1 volume.offline#1?"});
}

}  // namespace
}  // namespace tidegate::sim::test
