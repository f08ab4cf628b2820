// The standard scenario.
#include "host/sim/scenario.h"

#include "host/sim/world.h"

namespace tidegate::sim {

Scenario Standard(std::shared_ptr<const CompiledPolicy> policy, ClusterKind cluster, int nodes,
                  int resources) {
  using Kind = Step::Kind;
  constexpr Duration kLive = Seconds(11);  // one LooksAlive and one IsAlive
  constexpr Duration kSettled = Minutes(20);
  // RetryPeriodOnFailure, and one more failure.
  constexpr Duration kRecovery = Minutes(90);
  Scenario s;
  s.nodes = nodes;
  s.resources = resources;
  s.cluster = cluster;
  s.policy = std::move(policy);
  s.monitor.looks_alive_poll_interval = Seconds(10);
  s.monitor.is_alive_poll_interval = Seconds(10);
  const auto each = [&](Kind kind, const std::string& node, Duration settled) {
    for (int r = 0; r < resources; ++r) s.steps.push_back({kind, ResourceName(r), node, {}});
    s.steps.push_back({Kind::kSettle, {}, {}, settled});
  };
  each(Kind::kOnline, "A", kSettled);
  s.steps.push_back({Kind::kAfter, {}, {}, kLive});
  if (nodes > 1) {
    each(Kind::kMove, {}, kSettled);
    s.steps.push_back({Kind::kAfter, {}, {}, kLive});
  }
  each(Kind::kRepeat, {}, kSettled);
  s.steps.push_back({Kind::kQuiet});
  s.steps.push_back({Kind::kAfter, {}, {}, kFaultTime});
  s.steps.push_back({Kind::kFaultsStop});
  s.steps.push_back({Kind::kRecovered, {}, {}, kRecovery});
  s.steps.push_back({Kind::kAfter, {}, {}, kLive * 2});
  each(Kind::kOffline, {}, kSettled);
  each(Kind::kRepeat, {}, kSettled);
  each(Kind::kTerminate, {}, kSettled);
  return s;
}

}  // namespace tidegate::sim
