// Every plan that ever failed, on the policy as it is shipped now.
#include "tests/sim/lab.h"

namespace tidegate::sim::test {
namespace {

std::string Header(const std::string& text, const std::string& name) {
  const std::string key = "# " + name + ": ";
  const std::size_t at = text.find(key);
  REQUIRE(at != text.npos);
  const std::size_t begin = at + key.size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

TEST_CASE("plans that failed once do not fail again", "[sim]") {
  int plans = 0;
  const std::string folder = std::string(TIDEGATE_SOURCE_DIR) + "/tests/plans";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".plan") continue;
    ++plans;
    const std::string text = ReadText("tests/plans/" + entry.path().filename().string());
    const std::string policy = Header(text, "policy");
    const ClusterKind cluster =
        Header(text, "cluster") == "wsfc" ? ClusterKind::kWsfc : ClusterKind::kPacemaker;
    const Scenario scenario = ScenarioOf(policy, Shipped(policy), cluster);
    const RunResult run = Ran(scenario, PlanOf(text));
    INFO(entry.path().filename().string() << "\n" << Timeline(run.lines));
    CHECK_FALSE(run.violation);
  }
  CHECK(plans >= 3);
}

}  // namespace
}  // namespace tidegate::sim::test
