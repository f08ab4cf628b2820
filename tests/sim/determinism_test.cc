// The same choices give the same run, whatever ran before in the same simulation.
#include "tests/sim/lab.h"

namespace tidegate::sim::test {
namespace {

constexpr int kRuns = 300;

TEST_CASE("the same plan gives the same digest", "[sim]") {
  const ClusterKind cluster = GENERATE(ClusterKind::kWsfc, ClusterKind::kPacemaker);
  const Scenario scenario = ScenarioOf("volume", Shipped("volume"), cluster);
  auto first = Simulation::Create(scenario);
  auto second = Simulation::Create(scenario);
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  std::vector<std::uint64_t> digests;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    RandomChoices choices(seed);
    digests.push_back((*first)->Run(choices).digest);
  }
  for (std::uint64_t seed = kRuns; seed >= 1; --seed) {  // the other way round
    RandomChoices choices(seed);
    CHECK((*second)->Run(choices).digest == digests[seed - 1]);
  }
}

TEST_CASE("what chance did is a plan that does the same", "[sim]") {
  const Scenario scenario = ScenarioOf("volume", Shipped("volume"), ClusterKind::kWsfc);
  auto run = Simulation::Create(scenario);
  REQUIRE(run.ok());
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    RandomChoices random(seed);
    const RunResult by_chance = (*run)->Run(random);
    const Plan plan = PlanOf(Text(by_chance.applied));
    PlannedChoices planned(plan);
    const RunResult by_plan = (*run)->Run(planned);
    CHECK(by_plan.digest == by_chance.digest);
    CHECK(by_plan.applied == by_chance.applied);
  }
}

TEST_CASE("keeping the story changes nothing", "[sim]") {
  const Scenario scenario = ScenarioOf("volume", Shipped("volume"), ClusterKind::kWsfc);
  const Plan plan = PlanOf("A vol1 volume.mount#1 crashes_after\n");
  CHECK(Ran(scenario, plan).digest == RunPlan(scenario, plan, false).value().digest);
}

}  // namespace
}  // namespace tidegate::sim::test
