// Which invariant looks at what.
#include "host/sim/checker.h"

#include "host/core/text.h"
#include "host/sim/simulation.h"

namespace tidegate::sim {

std::optional<Invariant> InvariantNamed(std::string_view name) {
  for (int i = 0; i < kInvariants; ++i) {
    if (kInvariantNames[static_cast<std::size_t>(i)] == name) return static_cast<Invariant>(i);
  }
  return std::nullopt;
}

void Checker::Reset() {
  violation_.reset();
  evaluations_ = {};
  seen_ = {};
  seen_.disturbed.assign(static_cast<std::size_t>(run_.scenario_.resources), Instant{-1});
  seen_.dead_since.assign(static_cast<std::size_t>(run_.scenario_.resources), Instant{-1});
}

void Checker::Violated(Invariant i, int node, int resource, std::string what) {
  if (violation_) return;
  violation_ = {i, run_.now_ + run_.trace_.left_out(),
                node < 0 ? "" : run_.node_names_[static_cast<std::size_t>(node)],
                resource < 0 ? "" : run_.resource_names_[static_cast<std::size_t>(resource)],
                std::move(what)};
}

void Checker::Deviated(Fate fate, int, int resource) {
  if (resource < 0 || fate == Fate::kPartitioned || fate == Fate::kPartitionedOneWay ||
      fate == Fate::kClockSteps || fate == Fate::kClockDrifts) {
    seen_.all_harmed = true;
  } else {
    seen_.harmed |= 1u << resource;
  }
  // What clocks, networks and power do changes no volume under a living host.
  if (resource >= 0 &&
      (fate == Fate::kIntruderOpens || fate == Fate::kDiskGone || fate == Fate::kReservationLost)) {
    seen_.disturbed[static_cast<std::size_t>(resource)] = run_.now_;
  }
}

void Checker::Submitted(int node, int resource, const Operation& op) {
  if (op.own) return;
  Capability(node, resource, op);
  Bounded(node, resource, op);
  if (GivesBack(op.call)) return;
  OneEntryPoint(node, resource, op);
  DeadAfterTerminate(node, resource, op);
  NoIoAfterOffline(node, resource, op);
  ProbeIsPure(node, resource, op);
  DismountBeforeOffline(node, resource, op);
}

void Checker::Answered(int node, int resource, const Operation& op, const Reply& reply) {
  const Fate fate = op.outcome.fate;
  Instance& instance = run_.At(node, resource);
  if (fate == Fate::kStale) instance.misled = true;
  if (fate != Fate::kNominal || reply.code == ErrorCode::kBusy) instance.hindered = true;
  if (const auto* close = std::get_if<VolumeClose>(&op.call)) {
    std::erase_if(instance.handles, [&](const auto& h) { return h.first == close->volume.id; });
  }
  if (const VolumeHandle* opened = OpenedHandle(reply)) {
    instance.handles.emplace_back(opened->id, op.epoch);
  }
}

void Checker::Reported(int node, int resource, const Status& status) {
  Instance& instance = run_.At(node, resource);
  LegalTransition(node, resource, status);
  TruthfulStatus(node, resource, status);
  NoSilentFailure(node, resource, status);
  NoFalseAlarm(node, resource, status);
  NeighboursUnharmed(node, resource, status);
  const bool fails =
      instance.state == ResourceState::kOnline && status.state == ResourceState::kFailed;
  if (fails) NoFlapping(node, resource, Text(status));
  Idempotent(node, resource, status);
  if (status.state == ResourceState::kOffline && !Excused(node, resource)) {
    NoLostWrite(node, resource, true);
  }
  instance.went_offline =
      status.state == ResourceState::kOffline && !instance.terminating &&
      (instance.went_offline || instance.state == ResourceState::kOfflinePending);
}

void Checker::Answer(int node, int resource, const tidegate::Answer& answer) {
  if (answer.entry == EntryPoint::kTerminate && answer.verdict.ok) DeadIndeed(node, resource);
  const bool owns = run_.cluster_->Owner(resource) == node && run_.cluster_->IsOnline(resource);
  if (answer.entry == EntryPoint::kIsAlive && owns) {
    const bool failed = !answer.verdict.ok;
    NoFlapping(node, resource, failed ? Text(answer.verdict) : std::string());
  }
  if (run_.scenario_.cluster == ClusterKind::kPacemaker) HarmlessAgain(node, resource, answer);
}

// Whatever its handles were opened for is over.
void Checker::Terminated(int node, int resource) {
  Instance& instance = run_.At(node, resource);
  instance.went_offline = false;
  if (instance.terminating) return;
  instance.cancelled_below = ++instance.epoch;
}

void Checker::Swapped(int node, int resource) { OneVersion(node, resource); }

void Checker::ApplicationStarts(int node, int resource) { NoLostWrite(node, resource, false); }

// An event concerns one resource; one that concerns a node is followed by events of each resource.
void Checker::Stepped(int resource) {
  SingleOwner(resource);
  PendingEnds(resource);
  Detects(resource);
}

void Checker::Repeating(int resource) {
  (void)resource;
  seen_.repeating = true;
}

void Checker::Recovered() {
  if (!seen_.recovered) seen_.recovered_at = run_.now_;
  seen_.recovered = true;
}

void Checker::NotRecovered(int resource) {
  Count(Invariant::kRecovers);
  if (!run_.cluster_->Wanted(resource) || run_.cluster_->IsOnline(resource)) return;
  Violated(Invariant::kRecovers, -1, resource,
           "not online long after faults stopped, with healthy nodes");
}

void Checker::Livelock() {
  Violated(Invariant::kBounded, -1, -1, "the run does not come to an end");
}

void Checker::Demanded(std::string what) {
  Violated(Invariant::kScenario, -1, -1, std::move(what));
}

void Checker::Ended() {
  for (int r = 0; r < run_.scenario_.resources; ++r) Count(Invariant::kRecovers);
  // A scenario of one's own may leave things broken.
  if (seen_.faults_stopped || !run_.scenario_.script) FailSafe();
}

void Checker::Describe(Digest& digest) const {
  // With one resource, what was harmed excuses nothing but a failure without a fault: a run with
  // faults that stands where the nominal one stood goes on like it, and less is asked of it.
  if (run_.scenario_.resources > 1) {
    digest.Add((std::uint64_t{seen_.harmed} << 1) | (seen_.all_harmed ? 1u : 0u));
  }
  digest.Add((seen_.faults_stopped ? 2u : 0u) | (seen_.repeating ? 4u : 0u) |
             (seen_.recovered ? 8u : 0u));
  const bool just_recovered = seen_.recovered && run_.now_ - seen_.recovered_at < kGrace;
  if (just_recovered) digest.Add(static_cast<std::uint64_t>((run_.now_ - seen_.recovered_at).ns));
  for (const Instant since : seen_.dead_since) {
    digest.Add(since.ns < 0 ? 0 : static_cast<std::uint64_t>((run_.now_ - since).ns) + 1);
  }
  for (int n = 0; n < run_.scenario_.nodes; ++n) {
    for (int r = 0; r < run_.scenario_.resources; ++r) {
      const bool waited = just_recovered && run_.At(n, r).since < seen_.recovered_at;
      digest.Add((Excused(n, r) ? 1u : 0u) | (waited ? 2u : 0u));
    }
  }
}

}  // namespace tidegate::sim
