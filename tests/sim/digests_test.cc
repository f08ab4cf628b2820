// The same run everywhere: digests of random runs, compared with those that are checked in.
// Whatever compiler, standard library and system this test was built for and with, it is the same
// file.
#include <cstdio>
#include <cstdlib>

#include "tests/sim/lab.h"

namespace tidegate::sim::test {
namespace {

constexpr int kRuns = 500;
constexpr const char* kGolden = "tests/sim/golden/digests.txt";

std::string Line(const std::string& policy, ClusterKind cluster) {
  auto run = Simulation::Create(ScenarioOf(policy, Shipped(policy), cluster));
  REQUIRE(run.ok());
  Digest all;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    RandomChoices choices(seed);
    all.Add((*run)->Run(choices).digest);
  }
  char line[96];
  std::snprintf(line, sizeof line, "%-16s %-10s %016llx\n", policy.c_str(),
                cluster == ClusterKind::kWsfc ? "wsfc" : "pacemaker",
                static_cast<unsigned long long>(all.value()));
  return line;
}

TEST_CASE("a random run has the same digest on every system", "[sim]") {
  std::string digests;
  for (const char* policy : {"volume", "lun-mask", "reserved-volume"}) {
    for (const ClusterKind cluster : {ClusterKind::kWsfc, ClusterKind::kPacemaker}) {
      digests += Line(policy, cluster);
    }
  }
  if (std::getenv("TIDEGATE_GOLDEN") != nullptr) {
    std::ofstream(std::string(TIDEGATE_SOURCE_DIR) + "/" + kGolden, std::ios::binary) << digests;
  }
  CHECK(digests == ReadText(kGolden));
}

}  // namespace
}  // namespace tidegate::sim::test
