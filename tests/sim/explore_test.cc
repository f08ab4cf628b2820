// Shipped policies under every single deviation and every pair, and what the explorer promises.
#include "tests/sim/lab.h"

namespace tidegate::sim::test {
namespace {

TEST_CASE("shipped policies keep every invariant under each single deviation", "[sim]") {
  const ClusterKind cluster = GENERATE(ClusterKind::kWsfc, ClusterKind::kPacemaker);
  const std::string name = GENERATE("volume", "lun-mask", "reserved-volume");
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

TEST_CASE("going back to a moment finds what beginning anew finds", "[sim]") {
  const ClusterKind cluster = GENERATE(ClusterKind::kWsfc, ClusterKind::kPacemaker);
  const Scenario scenario = ScenarioOf("volume", Shipped("volume"), cluster);
  ExploreOptions options;
  options.deviations = 1;
  const ExploreReport back = Explore(scenario, options).value();
  options.moments = false;
  const ExploreReport anew = Explore(scenario, options).value();
  CHECK(back.runs == anew.runs);
  CHECK(back.cut == anew.cut);
  CHECK(back.digest == anew.digest);
  CHECK(back.covered == anew.covered);
}

// Whoever is in a state has the future of whoever was in it before.
TEST_CASE("equal states have equal futures", "[sim]") {
  const ClusterKind cluster = GENERATE(ClusterKind::kWsfc, ClusterKind::kPacemaker);
  const std::string name = GENERATE("volume", "lun-mask");
  const Scenario scenario = ScenarioOf(name, Shipped(name), cluster);
  auto run = Simulation::Create(scenario);
  REQUIRE(run.ok());
  std::vector<Site> sites;
  Plan plan;
  PlannedChoices choices(plan);
  RunOptions options;
  options.sites = &sites;
  (void)(*run)->Run(choices, options);
  options.sites = nullptr;
  std::map<std::uint64_t, std::uint64_t> ends;  // by state: the last state of the run
  int met_again = 0;
  int wrong = 0;
  std::size_t n = 0;
  for (const Site& site : sites) {
    for (std::size_t i = 1; i < site.menu.size(); ++i) {
      if (++n % 3 != 0) continue;
      plan = {MakeDeviation(site, site.menu[i])};
      (*run)->Begin(choices, options);
      std::vector<std::uint64_t> states;
      while ((*run)->Advance()) {
        if ((*run)->applied() == 1) states.push_back((*run)->StateDigest());
      }
      const std::uint64_t end = (*run)->StateDigest();
      for (const std::uint64_t state : states) {
        const auto [it, fresh] = ends.try_emplace(state, end);
        met_again += fresh ? 0 : 1;
        wrong += it->second == end ? 0 : 1;
      }
    }
  }
  INFO(name);
  CHECK(wrong == 0);
  CHECK(met_again > 1000);
}

TEST_CASE("an exploration that is stopped says so", "[sim]") {
  const Scenario scenario = ScenarioOf("volume", Shipped("volume"), ClusterKind::kWsfc);
  ExploreOptions options;
  options.deviations = 2;
  int runs = 0;
  options.stop = [&] { return ++runs > 50; };
  const ExploreReport report = Explore(scenario, options).value();
  CHECK_FALSE(report.complete);
  CHECK(report.runs == 49);  // the nominal one was gone through twice
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
