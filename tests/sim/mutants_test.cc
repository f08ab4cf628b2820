// Every broken variant of a shipped policy is caught by an invariant that it names, in a plan of at
// most three lines that fails in the same way when it is replayed.
#include "tests/sim/mutant.h"

namespace tidegate::sim::test {
namespace {

// What is wrong with how the mutant was caught; empty when nothing is.
std::string Complaint(const Mutant& mutant) {
  const Result<std::string> text = mutant.Text();
  if (!text) return text.error().detail;
  if (const auto compiled = TryCompile(mutant.policy + ".lua", *text); !compiled) {
    return compiled.error().detail;
  }
  const Scenario scenario = ScenarioOf(mutant.policy, *text, mutant.cluster);
  ExploreOptions options;
  options.deviations = mutant.deviations;
  const Result<ExploreReport> report = Explore(scenario, options);
  if (!report) return "does not load: " + report.error().detail;
  if (!report->violation) {
    return "survived " + std::to_string(report->runs) + " runs";
  }
  if (!mutant.caught_by.contains(report->violation->invariant)) {
    return "caught by " + Story(scenario, *report);
  }
  const Result<Shrunk> shrunk = Shrink(scenario, report->plan);
  if (!shrunk) return "not shrunk: " + shrunk.error().detail;
  if (shrunk->plan.size() > 3) return "shrunk to more than 3 lines:\n" + Text(shrunk->plan);
  const RunResult again = Ran(scenario, PlanOf(Text(shrunk->plan)));
  if (!again.violation || !SameFailure(*again.violation, *report->violation)) {
    return "replayed without the same failure:\n" + Text(shrunk->plan);
  }
  return "";
}

void AllAreCaught(const std::string& policy, std::size_t at_least) {
  const std::vector<Mutant> mutants = MutantsOf(policy);
  CHECK(mutants.size() >= at_least);
  for (const Mutant& mutant : mutants) {
    const std::string complaint = Complaint(mutant);
    INFO(policy << ".mutants:" << mutant.line << ": " << mutant.name << ": " << complaint);
    CHECK(complaint.empty());
  }
}

// What is cut off as known hides nothing: a sample, with every run followed to its end.
TEST_CASE("mutants are caught by as few deviations without cutting runs off", "[sim][mutants]") {
  std::size_t n = 0;
  for (const Mutant& mutant : MutantsOf("volume")) {
    if (++n % 6 != 0 || mutant.deviations > 1 || !mutant.Text()) continue;
    const Scenario scenario = ScenarioOf("volume", mutant.Text().value(), mutant.cluster);
    ExploreOptions options;
    options.deviations = 1;
    const ExploreReport cut = Explore(scenario, options).value();
    options.prune = false;
    const ExploreReport whole = Explore(scenario, options).value();
    INFO(mutant.name);
    REQUIRE(cut.violation);
    REQUIRE(whole.violation);
    CHECK(cut.plan == whole.plan);
    CHECK(cut.violation->what == whole.violation->what);
  }
}

TEST_CASE("every mutant of volume is caught", "[sim][mutants]") { AllAreCaught("volume", 40); }

TEST_CASE("every mutant of lun-mask is caught", "[sim][mutants]") { AllAreCaught("lun-mask", 30); }

TEST_CASE("every mutant of reserved-volume is caught", "[sim][mutants]") {
  AllAreCaught("reserved-volume", 6);
}

}  // namespace
}  // namespace tidegate::sim::test
