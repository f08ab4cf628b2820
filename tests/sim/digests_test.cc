// The same run everywhere: digests of random runs, compared with those that are checked in.
// Whatever compiler, standard library and system this test was built for and with, it is the same
// file.
#include <cstdio>
#include <cstdlib>

#include "tests/sim/lab.h"

namespace tidegate::sim::test {
namespace {

// TIDEGATE_PLANS=10000: as many, of each policy on each cluster. ./tg determinism does that.
int Plans() {
  const char* plans = std::getenv("TIDEGATE_PLANS");
  return plans == nullptr ? 500 : std::atoi(plans);
}

std::string Golden() {
  return Plans() == 500 ? "tests/sim/golden/digests.txt"
                        : "tests/sim/golden/digests-" + std::to_string(Plans()) + ".txt";
}

std::string Line(const std::string& policy, ClusterKind cluster) {
  auto run = Simulation::Create(ScenarioOf(policy, Shipped(policy), cluster));
  REQUIRE(run.ok());
  Digest all;
  const auto plans = static_cast<std::uint64_t>(Plans());
  for (std::uint64_t seed = 1; seed <= plans; ++seed) {
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
    std::ofstream(std::string(TIDEGATE_SOURCE_DIR) + "/" + Golden(), std::ios::binary) << digests;
  }
  CHECK(digests == ReadText(Golden()));
}

}  // namespace
}  // namespace tidegate::sim::test
