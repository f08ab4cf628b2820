// A quiet day is told from a tape, and is the day that it would have been.
#include "tests/sim/lab.h"

namespace tidegate::sim::test {
namespace {

using Kind = Step::Kind;

// Two resources come online, live for two hours, and move.
Scenario QuietHours(const std::string& name, ClusterKind cluster) {
  Scenario scenario = ScenarioOf(name, Shipped(name), cluster);
  scenario.resources = 2;
  scenario.monitor = MonitorSettings();
  scenario.steps = {{Kind::kOnline, "vol1", "A", {}},     {Kind::kOnline, "vol2", "B", {}},
                    {Kind::kSettle, {}, {}, Minutes(20)}, {Kind::kAfter, {}, {}, Minutes(120)},
                    {Kind::kMove, "vol1", "B", {}},       {Kind::kSettle, {}, {}, Minutes(20)},
                    {Kind::kAfter, {}, {}, Minutes(120)}};
  return scenario;
}

TEST_CASE("quiet hours told from a tape are what they are when they are played", "[sim]") {
  const ClusterKind cluster = GENERATE(ClusterKind::kWsfc, ClusterKind::kPacemaker);
  const std::string name = GENERATE("volume", "lun-mask", "reserved-volume");
  auto run = Simulation::Create(QuietHours(name, cluster));
  REQUIRE(run.ok());
  const Plan nominal;
  PlannedChoices choices(nominal);
  RunOptions options;
  const RunResult told = (*run)->Run(choices, options);
  options.repeats = false;
  const RunResult played = (*run)->Run(choices, options);
  INFO(name);
  CHECK(told.digest == played.digest);
  CHECK(told.events == played.events);
  CHECK(told.evaluations == played.evaluations);
  CHECK(told.simulated == played.simulated);
  CHECK(played.left_out == Duration{});
  if (cluster == ClusterKind::kWsfc && name != "reserved-volume") {
    CHECK(told.left_out > Minutes(200));
  }
}

// What happens after it is labelled as if every poll had been played.
TEST_CASE("a run with a deviation is played to its end", "[sim]") {
  const Scenario scenario = QuietHours("volume", ClusterKind::kWsfc);
  auto run = Simulation::Create(scenario);
  REQUIRE(run.ok());
  const Plan plan = PlanOf("A vol1 is_alive#100 disk_gone\n");
  PlannedChoices choices(plan);
  const RunResult result = (*run)->Run(choices, {});
  CHECK(result.applied == plan);
  CHECK(result.left_out == Duration{});
}

}  // namespace
}  // namespace tidegate::sim::test
