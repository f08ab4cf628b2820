// What befalls nodes, hosts, disks and clocks, and how it ends.
#include "host/sim/cluster.h"
#include "host/sim/node_env.h"
#include "host/sim/simulation.h"

namespace tidegate::sim {

void Simulation::Befall(Fate fate, int node, int resource, Duration lasts) {
  checker_.Deviated(fate, node, resource);
  if (lasts.ns == 0) lasts = fate == Fate::kIntruderOpens ? kIntruderTime : kFaultTime;
  const auto heals = [&] {
    Schedule(lasts, EventKind::kHeals, node, resource, static_cast<std::uint64_t>(fate));
  };
  switch (fate) {
    case Fate::kIntruderOpens:
      if (world_.IntruderOpens(node, resource, now_)) heals();
      return;
    case Fate::kDiskGone:
      world_.DiskVanishes(resource, now_);
      return heals();
    case Fate::kDiskReadOnly:
      world_.disk(resource).read_only = true;
      return heals();
    case Fate::kDiskFull:
      world_.disk(resource).full = true;
      return heals();
    case Fate::kReservationLost:
      if (world_.ForeignerPreempts(node, resource)) return heals();
      if (!Arbitrates()) world_.disk(resource).access &= ~(1u << node);
      return;
    case Fate::kPartitioned:
    case Fate::kPartitionedOneWay:
      if (!nodes_[Size(node)].reachable) return;
      nodes_[Size(node)].reachable = false;
      cluster_->Partitioned(node, fate == Fate::kPartitionedOneWay);
      return heals();
    case Fate::kClockSteps:
      return StepClock(node);
    case Fate::kClockDrifts:
      nodes_[Size(node)].drifts = true;
      nodes_[Size(node)].drifts_since = now_;
      return;
    case Fate::kReboots:
      return PowerOff(node);
    case Fate::kOperatorMoves:
      return cluster_->Move(resource, -1);
    case Fate::kOperatorTakesOffline:
      return cluster_->Offline(resource);
    default:
      return;
  }
}

void Simulation::Heal(Fate fate, int node, int resource) {
  switch (fate) {
    case Fate::kIntruderOpens:
      return world_.IntruderLeaves(node, resource);
    case Fate::kDiskGone:
      world_.disk(resource).present = true;
      return Tell(-1, resource, "the disk is back");
    case Fate::kDiskReadOnly:
      world_.disk(resource).read_only = false;
      return;
    case Fate::kDiskFull:
      world_.disk(resource).full = false;
      return;
    case Fate::kReservationLost:
      return world_.ForeignerLeaves(resource);
    case Fate::kPartitioned:
    case Fate::kPartitionedOneWay:
      if (nodes_[Size(node)].reachable) return;
      nodes_[Size(node)].reachable = true;
      Tell(node, -1, "is heard again");
      if (Up(node)) cluster_->Rejoined(node);
      return;
    default:
      return;
  }
}

// From here on nothing deviates. What hangs is aborted, as a device that is reset does.
void Simulation::FaultsStop() {
  Tell(-1, -1, "faults stop");
  faults_on_ = false;
  checker_.FaultsStop();
  for (auto& codes : persistent_) codes.fill(ErrorCode::kSuccess);
  for (NodeState& node : nodes_) {
    node.offset = node.offset + node.Gained(now_);
    node.drifts = false;
  }
  queue_.ForEach([&](Pending& event) {
    if (event.kind == EventKind::kHeals) event.at = now_;
  });
  std::vector<std::size_t> hanging;
  for (const Operation& op : operations_) {
    if (op.outcome.fate == Fate::kHangs) hanging.push_back(op.number);
  }
  for (const std::size_t number : hanging) {
    const Operation op = Of(number);
    LeaveGate(op.node, op.resource, number);
    if (GivesBack(op.call)) (void)Effect(op);
    Complete(number, Failure(ErrorCode::kOperationAborted, "the device was reset"));
  }
}

void Simulation::PowerOff(int node) {
  NodeState& host = nodes_[Size(node)];
  if (!host.up) return;
  checker_.Deviated(Fate::kReboots, node, -1);
  Tell(node, -1, "loses power");
  host.up = host.host = false;
  host.reachable = true;
  attributes_[Size(node)].clear();
  for (int r = 0; r < scenario_.resources; ++r) StopHost(node, r);
  world_.PowerFails(node);
  Schedule(kBootTime, EventKind::kNodeBoots, node, 0, 0);
  cluster_->NodeDied(node);
}

void Simulation::KillHost(int node) {
  NodeState& host = nodes_[Size(node)];
  if (!host.up || !host.host) return;
  checker_.Deviated(Fate::kHostKilled, node, -1);
  Tell(node, -1, "the host process is killed");
  host.host = false;
  for (int r = 0; r < scenario_.resources; ++r) StopHost(node, r);
  cluster_->HostDied(node);
}

void Simulation::StepClock(int node) {
  nodes_[Size(node)].offset = nodes_[Size(node)].offset + kClockStep;
  queue_.ForEach([&](Pending& event) {
    const bool timer = event.kind == EventKind::kTimer || event.kind == EventKind::kMonitorTimer;
    if (timer && event.node == node) event.at = std::max(now_, event.at - kClockStep);
  });
}

void Simulation::Offer(int node, int resource) {
  Lane* lane = At(node, resource).lane;
  if (lane == nullptr) return;
  const auto& next = scenario_.next_policy ? scenario_.next_policy : scenario_.policy;
  // An action of Pacemaker's is a process that ends with its answer.
  SwapTerms terms;
  terms.asks = scenario_.cluster == ClusterKind::kWsfc;
  (void)lane->Offer(next, terms);
}

}  // namespace tidegate::sim
