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

// The sandbox is asked once for each turn, and in life every time.
TEST_CASE("what is known of a policy plays as the policy does", "[sim]") {
  const ClusterKind cluster = GENERATE(ClusterKind::kWsfc, ClusterKind::kPacemaker);
  const std::string name = GENERATE("volume", "lun-mask");
  Scenario scenario = ScenarioOf(name, Shipped(name), cluster);
  auto known = Simulation::Create(scenario);
  scenario.learns = false;
  auto life = Simulation::Create(scenario);
  REQUIRE(known.ok());
  REQUIRE(life.ok());
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    RandomChoices one(seed);
    RandomChoices other(seed);
    INFO(name << " " << seed);
    CHECK((*known)->Run(one).digest == (*life)->Run(other).digest);
  }
}

TEST_CASE("a run goes on from a moment as it went on before", "[sim]") {
  const ClusterKind cluster = GENERATE(ClusterKind::kWsfc, ClusterKind::kPacemaker);
  const Scenario scenario = ScenarioOf("volume", Shipped("volume"), cluster);
  auto run = Simulation::Create(scenario);
  REQUIRE(run.ok());
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    RandomChoices random(seed);
    const RunResult whole = (*run)->Run(random);
    PlannedChoices planned(whole.applied);
    // Every so often it goes on for a while in vain.
    (*run)->Begin(planned, {});
    Moment moment;
    Prng prng(seed);
    for (bool going = true; going && !(*run)->violated();) {
      (*run)->Save(moment);
      for (int n = prng.Below(40); n > 0 && !(*run)->violated() && (*run)->Advance(); --n) {
      }
      (*run)->Restore(moment);
      for (int n = prng.Below(40); going && n >= 0 && !(*run)->violated(); --n) {
        going = (*run)->Advance();
      }
    }
    INFO(seed);
    CHECK((*run)->Finish().digest == whole.digest);
  }
}

TEST_CASE("keeping the story changes nothing", "[sim]") {
  const Scenario scenario = ScenarioOf("volume", Shipped("volume"), ClusterKind::kWsfc);
  const Plan plan = PlanOf("A vol1 volume.mount#1 crashes_after\n");
  CHECK(Ran(scenario, plan).digest == RunPlan(scenario, plan, false).value().digest);
}

}  // namespace
}  // namespace tidegate::sim::test
