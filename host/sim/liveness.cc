// What must happen in time.
#include <algorithm>

#include "host/core/cluster_wait.h"
#include "host/core/text.h"
#include "host/sim/simulation.h"

namespace tidegate::sim {
namespace {

// What an entry point may take beyond its own timeout: reports and calls on their way.
constexpr Duration kSlack = Seconds(2);

}  // namespace

void Checker::PendingEnds(int r) {
  // However long a policy allows itself: an operator waits no longer.
  constexpr Duration kLongest = Minutes(15);
  for (int n = 0; n < run_.scenario_.nodes; ++n) {
    const Instance& instance = run_.At(n, r);
    if (instance.lane == nullptr || !IsPending(instance.state)) continue;
    Count(Invariant::kPendingEnds);
    const EntryPoint entry = instance.state == ResourceState::kOnlinePending ? EntryPoint::kOnline
                                                                             : EntryPoint::kOffline;
    // Terminated at its last moment, it is pending until terminate has ended too.
    const Duration ending = instance.terminating ? ClusterWait(run_.manifest_) : Duration{};
    const Duration most = std::min(kLongest, run_.manifest_.Timeout(entry)) + ending + kSlack;
    if (run_.now_ - instance.since <= most) continue;
    Violated(Invariant::kPendingEnds, n, r,
             std::string(Name(instance.state)) + " for " + Text(run_.now_ - instance.since));
  }
}

// Once faults have stopped and it is online again, it stays so. What hung until then is answered
// now, and who has waited for that may fail of it once more.
void Checker::NoFlapping(int node, int resource, const std::string& failed) {
  if (!seen_.recovered) return;
  Count(Invariant::kNoFlapping);
  if (failed.empty()) return;
  const bool waited = run_.At(node, resource).since < seen_.recovered_at;
  if (waited && run_.now_ - seen_.recovered_at < kGrace) return;
  Violated(Invariant::kNoFlapping, node, resource,
           "fails again although faults have stopped: " + failed);
}

// A disk that is gone, or that others have, must show within three IsAlive polls and what they may
// take.
void Checker::Detects(int r) {
  Instant& since = seen_.dead_since[static_cast<std::size_t>(r)];
  const int owner = run_.cluster_->Owner(r);
  if (run_.world_.Reaches(owner, r) || !run_.Reachable(owner) || !run_.cluster_->IsOnline(r)) {
    since = Instant{-1};
    return;
  }
  Count(Invariant::kDetects);
  if (since.ns < 0) since = run_.now_;
  const Duration bound =
      (run_.cluster_->IsAliveInterval() + run_.manifest_.Timeout(EntryPoint::kIsAlive)) * 3 +
      kSlack;
  if (run_.now_ - since <= bound) return;
  Violated(Invariant::kDetects, owner, r,
           "Online, and out of reach of its disk for " + Text(run_.now_ - since));
}

void Checker::NoFalseAlarm(int node, int resource, const Status& status) {
  Count(Invariant::kNoFalseAlarm);
  if (status.state != ResourceState::kFailed) return;
  if (seen_.harmed != 0 || seen_.all_harmed || !run_.result_.applied.empty()) return;
  Violated(Invariant::kNoFalseAlarm, node, resource, "failed without a fault: " + Text(status));
}

// At the end of the scenario everything was asked to be offline.
void Checker::FailSafe() {
  for (int r = 0; r < run_.scenario_.resources; ++r) {
    if (run_.cluster_->Wanted(r)) continue;
    Count(Invariant::kFailSafe);
    for (int n = 0; n < run_.scenario_.nodes; ++n) {
      if (!run_.world_.Writable(n, r)) continue;
      // From a node that the group has left and that could not go offline the cluster takes the
      // disk, unless the policy arbitrates: then the reservation keeps it from writing. It still
      // may when it has the reservation itself, which keeps out everybody else; or when a machine
      // outside of the cluster preempted whoever guarded the disk, and left: no policy can mend
      // that. In both cases it must have said that it failed.
      const Reservations& reservations = run_.world_.disk(r).reservations;
      const bool guards = reservations.kind != ReservationKind::kNone &&
                          reservations.KeyOf(n) == reservations.holder;
      const bool left = run_.cluster_->Owner(r) != n;
      const bool said = run_.At(n, r).state != ResourceState::kOffline;
      if (left && said && (guards || reservations.robbed != 0)) continue;
      {
        return Violated(Invariant::kFailSafe, n, r,
                        "asked to be offline, and the volume is still writable in the end");
      }
    }
  }
}

}  // namespace tidegate::sim
