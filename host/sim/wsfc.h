// Wsfc is a Windows failover cluster as far as a resource sees it: a Resource Monitor for each
// resource on each node (core's Monitor, outside of the host as in life), and the cluster service
// that moves groups between nodes.
//
// Source: resource-monitor pages named in host/core/monitor.h, "What is RHS" and "Understanding how
// failover clustering recovers from unresponsive resources" of the failover clustering team.
// What is left open there is a choice: whether Open runs on the owner only or on every node,
// whether RestartThreshold is 3 or 1, and whether IsAlive is polled while a resource is pending.
// Where nothing is said at all, the reading that asks more of a
// policy is taken:
// - A resource whose hosting process died is opened again and then terminated, because nobody knows
//   in which state it was left.
// - A node that is cut off terminates what it has; the others do not wait for it. One that still
//   hears the others learns ten seconds later that it is no member any more, and terminates then.
// - A group that gave up on one node is taken offline there and tried on the others, once each.
//
// Terminate has come back when the policy's terminate has answered, in ClusterWait of the policy
// at the latest (cluster_wait.h); the resource DLL comes back then or later, for it waits for what
// was cancelled, too. tests/apps/resource_dll/cluster_model_test.cc compares both.
#pragma once

#include <vector>

#include "host/sim/cluster.h"

namespace tidegate::sim {

class Wsfc final : public Cluster {
 public:
  Wsfc(Stage& stage, const MonitorSettings& settings);

  void Begin() override;
  void Online(int resource, int node) override;
  void Move(int resource, int to) override;
  void Offline(int resource) override;
  void Repeat(int resource) override;
  void TerminateAgain(int resource) override;
  void OnReport(int node, int resource, const Status& status) override;
  void OnAnswer(int node, int resource, const Answer& answer) override;
  void On(const Pending& event) override;
  void NodeDied(int node) override;
  void NodeBooted(int node) override;
  void HostDied(int node) override;
  void Partitioned(int node, bool one_way) override;
  void Rejoined(int node) override;
  bool Settled() const override;
  bool Wanted(int resource) const override { return Of(resource).wanted; }
  int Owner(int resource) const override { return Of(resource).owner; }
  bool IsOnline(int resource) const override;
  Duration IsAliveInterval() const override { return settings_.is_alive_poll_interval; }
  void Describe(Digest& digest) const override;
  std::uint64_t Meaning(const Pending& event) const override;
  std::unique_ptr<Cluster> Copy() const override;
  void Become(const Cluster& other) override;

 private:
  struct Slot {  // a resource on a node
    std::optional<Monitor> monitor;
    ResourceState state = ResourceState::kInitializing;
    bool clean = true;       // it said Offline since it was asked to come online
    bool starting = false;   // asked to come online, and has said nothing of it since
    bool reopened = false;   // after its process died: to be terminated first
    std::uint32_t life = 0;  // of its monitor; timers of an earlier one mean nothing
  };
  struct Group {
    int owner = 0;
    bool wanted = false;
    int moving_to = -1;
    std::uint32_t tried = 0;  // nodes that gave up on it, a bit each
    bool failing_over = false;
  };

  Slot& At(int node, int resource) {
    return slots_[static_cast<std::size_t>(node * stage_.resources() + resource)];
  }
  const Slot& At(int node, int resource) const {
    return slots_[static_cast<std::size_t>(node * stage_.resources() + resource)];
  }
  Group& Of(int resource) { return groups_[static_cast<std::size_t>(resource)]; }
  const Group& Of(int resource) const { return groups_[static_cast<std::size_t>(resource)]; }

  void Open(int node, int resource);
  void BringOnline(int resource, int node);
  void TakeOver(int resource, int node);
  void Think(int resource);
  void Do(int node, int resource, const Effects& effects);
  void NodeLost(int node);
  void Lose(int node);
  void Evict(int node);
  void Rejoin(int node);
  void PollPending(const Pending& event);
  bool Usable(int node) const { return stage_.HostAlive(node) && stage_.Reachable(node); }
  Instant Beat(int node) const;
  int NextNode(int resource, int from) const;

  Stage& stage_;
  MonitorSettings settings_;
  bool open_everywhere_ = false;
  bool arbitrates_ = false;
  bool polls_pending_ = false;
  std::uint32_t lost_ = 0;  // nodes that the others gave up and that do not know it yet, a bit each
  std::vector<Slot> slots_;
  std::vector<Group> groups_;
  int pending_ = 0;  // events of the cluster's own under way
};

}  // namespace tidegate::sim
