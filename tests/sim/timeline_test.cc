// Timelines of a few scenarios, so that a change of behaviour is a readable diff. Rewritten by
// TIDEGATE_GOLDEN=1 in the environment.
#include <cstdlib>

#include "tests/sim/lab.h"

namespace tidegate::sim::test {
namespace {

void CheckGolden(const std::string& name, ClusterKind cluster, const std::string& plan) {
  const Scenario scenario = ScenarioOf("volume", Shipped("volume"), cluster);
  const RunResult run = Ran(scenario, PlanOf(plan));
  const std::string text =
      "# volume under:\n# " + (plan.empty() ? "nothing\n" : plan) + Timeline(run.lines);
  const std::string path = "tests/sim/golden/" + name + ".timeline";
  if (std::getenv("TIDEGATE_GOLDEN") != nullptr) {
    std::ofstream(std::string(TIDEGATE_SOURCE_DIR) + "/" + path, std::ios::binary) << text;
  }
  INFO(path << " differs; TIDEGATE_GOLDEN=1 rewrites it");
  CHECK(text == ReadText(path));
  CHECK_FALSE(run.violation);
}

TEST_CASE("the life of a volume on a Windows cluster", "[sim]") {
  CheckGolden("wsfc-nominal", ClusterKind::kWsfc, "");
}

TEST_CASE("the life of a volume on a Pacemaker cluster", "[sim]") {
  CheckGolden("pacemaker-nominal", ClusterKind::kPacemaker, "");
}

TEST_CASE("a node dies after the mount", "[sim]") {
  CheckGolden("wsfc-crash", ClusterKind::kWsfc, "A vol1 volume.mount#1 crashes_after\n");
}

TEST_CASE("offline hangs, and the node is fenced", "[sim]") {
  CheckGolden("pacemaker-stop-hangs", ClusterKind::kPacemaker, "A vol1 volume.offline#1 hangs\n");
}

TEST_CASE("a disk vanishes under a volume that is online", "[sim]") {
  CheckGolden("wsfc-disk-gone", ClusterKind::kWsfc, "B vol1 is_alive#1 disk_gone\n");
}

}  // namespace
}  // namespace tidegate::sim::test
