// Cutting runs off loses nothing: every run with two deviations is followed to its end, too, and
// finds the same. It takes minutes, so it runs by name only:
//   tidegate_tests "[prune-campaign]"
#include "tests/sim/mutant.h"

namespace tidegate::sim::test {
namespace {

ExploreReport Explored(const Scenario& scenario, bool prune) {
  ExploreOptions options;
  options.deviations = 2;
  options.prune = prune;
  return Explore(scenario, options).value();
}

TEST_CASE("a shipped policy is as safe when every run is followed to its end",
          "[.][prune-campaign]") {
  const ClusterKind cluster = GENERATE(ClusterKind::kPacemaker, ClusterKind::kWsfc);
  const std::string name = GENERATE("volume", "lun-mask");
  const Scenario scenario = ScenarioOf(name, Shipped(name), cluster);
  const ExploreReport cut = Explored(scenario, true);
  const ExploreReport whole = Explored(scenario, false);
  INFO(name << ": " << Story(scenario, whole));
  CHECK_FALSE(cut.violation);
  CHECK_FALSE(whole.violation);
  CHECK(cut.complete);
  CHECK(whole.complete);
  CHECK(whole.cut == 0);
  CHECK(cut.not_covered == whole.not_covered);
  CHECK(cut.outcomes == whole.outcomes);
}

// A mutant that needs two deviations is the one that a wrong cut would hide.
TEST_CASE("no mutant that takes two deviations is lost by cutting runs off",
          "[.][prune-campaign]") {
  const std::string policy = GENERATE("volume", "lun-mask", "reserved-volume");
  for (const Mutant& mutant : MutantsOf(policy)) {
    const Result<std::string> text = mutant.Text();
    INFO(policy << ".mutants:" << mutant.line << ": " << mutant.name);
    REQUIRE(text.ok());
    const Scenario scenario = ScenarioOf(policy, *text, mutant.cluster);
    const ExploreReport cut = Explored(scenario, true);
    const ExploreReport whole = Explored(scenario, false);
    REQUIRE(whole.violation);
    REQUIRE(cut.violation);
    CHECK(cut.plan.size() == whole.plan.size());
    CHECK(mutant.caught_by.contains(cut.violation->invariant));
  }
}

}  // namespace
}  // namespace tidegate::sim::test
