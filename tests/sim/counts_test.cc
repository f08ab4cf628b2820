// Every shipped policy under all runs with up to two deviations, and how much that was: the lines
// that begin with "explored:" stand in the log of the tests, and in the summary of ./tg test.
#include <cstdio>

#include "tests/sim/lab.h"

namespace tidegate::sim::test {
namespace {

// Under a sanitizer a pair of deviations would take minutes.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
constexpr int kDeviations = 1;
#else
constexpr int kDeviations = 2;
#endif

void PrintCounts(const std::string& name, ClusterKind cluster, const ExploreReport& report) {
  std::printf(
      "explored: %s on %s, %d deviations: %llu runs (%llu cut), %llu states, %zu "
      "of %llu outcomes of %llu call sites\n",
      name.c_str(), cluster == ClusterKind::kWsfc ? "wsfc" : "pacemaker", report.deviations,
      static_cast<unsigned long long>(report.runs), static_cast<unsigned long long>(report.cut),
      static_cast<unsigned long long>(report.states), report.covered.size(),
      static_cast<unsigned long long>(report.outcomes),
      static_cast<unsigned long long>(report.call_sites));
  std::fflush(stdout);
}

void Explored(const std::string& name, ClusterKind cluster) {
  const Scenario scenario = ScenarioOf(name, Shipped(name), cluster);
  ExploreOptions options;
  options.deviations = kDeviations;
  const Result<ExploreReport> report = Explore(scenario, options);
  REQUIRE(report.ok());
  PrintCounts(name, cluster, *report);
  INFO(Story(scenario, *report));
  CHECK_FALSE(report->violation);
  CHECK(report->complete);
  INFO((report->not_covered.empty() ? "" : report->not_covered.front()));
  CHECK(report->not_covered.empty());
  CHECK(report->call_sites > 5);
}

TEST_CASE("volume on a Windows cluster keeps every invariant, whatever two things go wrong",
          "[sim][counts]") {
  Explored("volume", ClusterKind::kWsfc);
}

TEST_CASE("volume on Pacemaker keeps every invariant, whatever two things go wrong",
          "[sim][counts]") {
  Explored("volume", ClusterKind::kPacemaker);
}

TEST_CASE("lun-mask on a Windows cluster keeps every invariant, whatever two things go wrong",
          "[sim][counts]") {
  Explored("lun-mask", ClusterKind::kWsfc);
}

TEST_CASE("lun-mask on Pacemaker keeps every invariant, whatever two things go wrong",
          "[sim][counts]") {
  Explored("lun-mask", ClusterKind::kPacemaker);
}

TEST_CASE("reserved-volume on Pacemaker keeps every invariant, whatever two things go wrong",
          "[sim][counts]") {
  Explored("reserved-volume", ClusterKind::kPacemaker);
}

TEST_CASE(
    "reserved-volume on a Windows cluster keeps every invariant, whatever two things go wrong",
    "[sim][counts]") {
  Explored("reserved-volume", ClusterKind::kWsfc);
}

TEST_CASE("a fault of one resource harms no other", "[sim][counts]") {
  const ClusterKind cluster = GENERATE(ClusterKind::kWsfc, ClusterKind::kPacemaker);
  const std::string name = GENERATE("volume", "lun-mask", "reserved-volume");
  const Scenario alone = ScenarioOf(name, Shipped(name), cluster);
  Scenario scenario = Standard(alone.policy, cluster, 2, 2);
  scenario.properties = alone.properties;
  ExploreOptions options;
  options.deviations = 1;
  const ExploreReport report = Explore(scenario, options).value();
  INFO(name << ": " << Story(scenario, report));
  CHECK_FALSE(report.violation);
  CHECK(report.complete);
  // On Pacemaker a monitor that fails reports no state: what is looked at there are starts and
  // stops.
  CHECK(report.evaluations[static_cast<std::size_t>(Invariant::kNeighboursUnharmed)] > 0);
}

// It flushes first, counts what it did in resource.state, and has an entry point more.
std::string NextVersion() {
  std::string text = Shipped("volume");
  const auto replace = [&](const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != text.npos);
    text.replace(at, from.size(), to);
  };
  replace("version = \"1.0\"", "version = \"2.0\"");
  replace("  assert(vol:dismount())\n",
          "  assert(vol:flush())\n  assert(vol:dismount())\n"
          "  resource.state.offlines = (resource.state.offlines or 0) + 1\n");
  replace("return policy",
          "function policy.migrate(resource, from, state) state.from = from end\n"
          "return policy");
  return text;
}

TEST_CASE("another version takes over wherever the first one waits", "[sim]") {
  const ClusterKind cluster = GENERATE(ClusterKind::kWsfc, ClusterKind::kPacemaker);
  Scenario scenario = ScenarioOf("volume", Shipped("volume"), cluster);
  scenario.next_policy = Compile("volume.lua", NextVersion());
  ExploreOptions options;
  options.deviations = 1;
  const ExploreReport report = Explore(scenario, options).value();
  INFO(Story(scenario, report));
  CHECK_FALSE(report.violation);
  CHECK(report.complete);
  if (cluster == ClusterKind::kPacemaker) return;  // where each action is a process of its own
  const Plan swap = PlanOf("A vol1 volume.probe#1 policy_swapped\n");
  const RunResult swapped = Ran(scenario, swap);
  CHECK(Timeline(swapped.lines).find("volume.flush") != std::string::npos);
  CHECK(Timeline(Ran(scenario, {}).lines).find("volume.flush") == std::string::npos);
}

}  // namespace
}  // namespace tidegate::sim::test
