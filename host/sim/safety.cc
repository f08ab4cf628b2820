// What must never happen.
#include <algorithm>

#include "host/core/property.h"
#include "host/core/text.h"
#include "host/sim/simulation.h"

namespace tidegate::sim {
namespace {

constexpr int kOperationsOfOneEntry = 2'000;

// The host keeps resource.state by itself.
bool Changes(const Call& call) {
  return Info(call).does.effect == OpEffect::kChanges && !std::holds_alternative<RecordSet>(call);
}

bool Dismounts(const Operation& op, VolumeHandle through) {
  const auto* dismount = std::get_if<VolumeDismount>(&op.call);
  return dismount != nullptr && dismount->volume == through;
}

const VolumeHandle* HandleOf(const Call& call) {
  return std::visit(
      [](const auto& op) -> const VolumeHandle* {
        if constexpr (requires { op.volume; }) return &op.volume;
        return nullptr;
      },
      call);
}

}  // namespace

// Whoever was lied to cannot know better, nor whose volume was changed by a fault after it last
// looked. (At the same instant: a fault befalls the resource before the call that looks.)
bool Checker::Excused(int node, int resource) const {
  const Instance& instance = run_.At(node, resource);
  return instance.misled || seen_.disturbed[static_cast<std::size_t>(resource)] >= instance.looked;
}

void Checker::SingleOwner(int d) {
  const World& world = run_.world_;
  int first = -1;
  for (int n = 0; n < world.nodes(); ++n) {
    if (!world.Writable(n, d)) continue;
    Count(Invariant::kSingleOwner);
    if (first >= 0) {
      return Violated(Invariant::kSingleOwner, n, d,
                      "writable here and on " + run_.node_names_[static_cast<std::size_t>(first)]);
    }
    first = n;
  }
}

void Checker::DismountBeforeOffline(int node, int resource, const Operation& op) {
  const auto* offline = std::get_if<VolumeOffline>(&op.call);
  if (offline == nullptr) return;
  const LocalVolume& v = run_.world_.volume(node, resource);
  if (v.offline || !run_.world_.disk(resource).present) return;  // harmless
  Count(Invariant::kDismountBeforeOffline);
  if (v.claimant == offline->volume.id && v.dismounted) return;
  // It may be its own dismount that is under way: cancelled, and then tried by terminate.
  if (v.busy != 0 && Dismounts(run_.Of(v.busy), offline->volume)) return;
  // Terminate may try what is left to try, when it tried to dismount first and was told no.
  const Instance& instance = run_.At(node, resource);
  if (instance.terminating && instance.dismounting == offline->volume.id) return;
  if (instance.misled) return;
  Violated(Invariant::kDismountBeforeOffline, node, resource,
           "volume.offline without a successful dismount through the same handle");
}

void Checker::NoIoAfterOffline(int node, int resource, const Operation& op) {
  const Instance& instance = run_.At(node, resource);
  if (instance.state != ResourceState::kOffline) return;
  Count(Invariant::kNoIoAfterOffline);
  const std::optional<EntryPoint> running = instance.running();
  if (!running) {
    return Violated(Invariant::kNoIoAfterOffline, node, resource,
                    "offline, but asks " + Text(op.call));
  }
  if (!IsPoll(*running) || !Changes(op.call)) return;
  Violated(Invariant::kNoIoAfterOffline, node, resource,
           "a probe of what is offline asks " + Text(op.call));
}

void Checker::TruthfulStatus(int node, int resource, const Status& status) {
  const LocalVolume& v = run_.world_.volume(node, resource);
  const Instance& instance = run_.At(node, resource);
  if (status.state == ResourceState::kOnline) {
    Count(Invariant::kTruthfulStatus);
    if (Excused(node, resource)) return;
    if (v.offline) {
      return Violated(Invariant::kTruthfulStatus, node, resource, "Online, but the volume is not");
    }
    const auto& properties = run_.properties_[static_cast<std::size_t>(resource)];
    const auto where = properties.find("MountPoint");
    const bool mounts = where != properties.end() && tidegate::Text(where->second) != "";
    if (mounts && !v.mounted) {
      Violated(Invariant::kTruthfulStatus, node, resource, "Online, but nothing is mounted");
    }
  }
  if (status.state != ResourceState::kOffline) return;
  if (instance.state == ResourceState::kInitializing) return;  // opened: nobody has looked yet
  if (instance.running() == EntryPoint::kTerminate) return;    // it has no result to be believed
  Count(Invariant::kTruthfulStatus);
  if (Excused(node, resource)) return;
  if (v.mounted || !v.offline) {
    Violated(Invariant::kTruthfulStatus, node, resource,
             std::string("Offline, but the volume is ") + (v.offline   ? "mounted"
                                                           : v.mounted ? "online and mounted"
                                                                       : "online"));
  } else if (v.claimant != 0) {
    Violated(Invariant::kTruthfulStatus, node, resource, "Offline, but a lock is held");
  }
}

// Terminate has no result, but what it ends without being hindered must be ended.
void Checker::DeadIndeed(int node, int resource) {
  Count(Invariant::kTruthfulStatus);
  if (Excused(node, resource) || run_.At(node, resource).hindered) return;
  if (!run_.world_.Reaches(node, resource)) return;
  const LocalVolume& v = run_.world_.volume(node, resource);
  if (!v.mounted) return;
  Violated(Invariant::kTruthfulStatus, node, resource, "terminated, but the volume is mounted");
}

void Checker::NoLostWrite(int node, int resource, bool offline) {
  Count(Invariant::kNoLostWrite);
  if (run_.world_.disk(resource).destroyed) {
    return Violated(Invariant::kNoLostWrite, node, resource,
                    "two nodes wrote to the disk: its data is destroyed");
  }
  const std::uint64_t cached = run_.world_.volume(node, resource).cache;
  if (!offline || cached == 0) return;
  // From the others the cluster takes the disk, and what is cached of it, before it terminates. Who
  // arbitrates and lost the reservation may not write its cache any more.
  // Nor could terminate, where a fault kept it from dismounting: it answers nothing.
  const Instance& instance = run_.At(node, resource);
  const bool could = run_.world_.Reaches(node, resource) && !instance.hindered;
  if (run_.Arbitrates() && !could && instance.terminating) return;
  if (run_.At(node, resource).state != ResourceState::kOfflinePending) return;
  Violated(Invariant::kNoLostWrite, node, resource,
           "Offline, but " + std::to_string(cached) + " acknowledged writes are in a cache only");
}

// A second Online, Offline or Terminate: no other state may come of it. Who was only opened or
// terminated has not been offline by itself yet, and is asked in earnest.
void Checker::Idempotent(int node, int resource, const Status& status) {
  if (!seen_.repeating) return;
  const Instance& instance = run_.At(node, resource);
  if (!instance.terminating && instance.state != ResourceState::kOffline) return;
  Count(Invariant::kIdempotent);
  if (!seen_.faults_stopped || status.state == instance.state) return;
  if (!instance.went_offline && status.state == ResourceState::kOfflinePending) return;
  if (run_.cluster_->Wanted(resource)) return;
  Violated(Invariant::kIdempotent, node, resource, "asked again for what it was: " + Text(status));
}

// Where each call is a process of its own: what is done again says that it is done. Only of a run
// without a fault: in others a call after Repeat may be the first one of its kind.
void Checker::HarmlessAgain(int node, int resource, const tidegate::Answer& answer) {
  if (!seen_.repeating || !run_.result_.applied.empty()) return;
  if (answer.entry != EntryPoint::kOnline && answer.entry != EntryPoint::kOffline) return;
  Count(Invariant::kIdempotent);
  if (answer.verdict.ok) return;
  Violated(Invariant::kIdempotent, node, resource,
           "asked again for what it was: " + Text(answer.verdict));
}

void Checker::OneEntryPoint(int node, int resource, const Operation& op) {
  Count(Invariant::kOneEntryPoint);
  int under_way = 0;
  for (const Operation& other : run_.operations_) {
    if (&other == &op || other.orphan || other.own) continue;
    if (other.node != node || other.resource != resource || other.life != op.life) continue;
    if (GivesBack(other.call)) continue;
    if (other.epoch == op.epoch) ++under_way;
  }
  if (under_way <= limits::kWatches) return;
  Violated(Invariant::kOneEntryPoint, node, resource, "two entry points run at once");
}

void Checker::DeadAfterTerminate(int node, int resource, const Operation& op) {
  const VolumeHandle* handle = HandleOf(op.call);
  if (handle == nullptr) return;
  Count(Invariant::kDeadAfterTerminate);
  const Instance& instance = run_.At(node, resource);
  for (const auto& [id, epoch] : instance.handles) {
    if (id != handle->id || epoch >= instance.cancelled_below) continue;
    Violated(Invariant::kDeadAfterTerminate, node, resource,
             Text(op.call) + " uses a handle of a cancelled entry point");
  }
}

void Checker::LegalTransition(int node, int resource, const Status& status) {
  Count(Invariant::kLegalTransition);
  const Instance& instance = run_.At(node, resource);
  if (!IsLegal(instance.state, status.state)) {
    return Violated(Invariant::kLegalTransition, node, resource,
                    std::string(Name(instance.state)) + " -> " + std::string(Name(status.state)));
  }
  const bool heartbeat = status.state == instance.state && IsPending(status.state);
  if (heartbeat && status.checkpoint <= instance.checkpoint) {
    Violated(Invariant::kLegalTransition, node, resource, "the checkpoint does not rise");
  }
}

void Checker::Bounded(int node, int resource, const Operation& op) {
  Count(Invariant::kBounded);
  const Instance& instance = run_.At(node, resource);
  if (instance.operations > kOperationsOfOneEntry) {
    return Violated(Invariant::kBounded, node, resource,
                    "more than " + std::to_string(kOperationsOfOneEntry) +
                        " operations in one entry point, the latest is " + Text(op.call));
  }
}

void Checker::Capability(int node, int resource, const Operation& op) {
  Count(Invariant::kCapability);
  const Capabilities granted = run_.manifest_.capabilities;
  const auto* dismount = std::get_if<VolumeDismount>(&op.call);
  const bool forced = dismount != nullptr && dismount->force;
  if (granted.Has(Info(op.call).capability) &&
      (!forced || granted.Has(tidegate::Capability::kVolumeForce))) {
    return;
  }
  if (GivesBack(op.call)) return;
  Violated(Invariant::kCapability, node, resource, Text(op.call) + " without its capability");
}

void Checker::OneVersion(int node, int resource) {
  Count(Invariant::kOneVersion);
  // Where no entry point runs, only a watch can have something under way: it was cancelled with the
  // old version, and its operation is answered to nobody.
  if (!run_.At(node, resource).running()) return;
  for (const Operation& op : run_.operations_) {
    if (op.orphan || op.own || op.node != node || op.resource != resource) continue;
    if (GivesBack(op.call) || op.epoch != run_.At(node, resource).epoch) {
      continue;
    }
    // Of an entry point that ended without an answer: its deadline passed on probation.
    const int meaning = run_.At(node, resource).lane->Meaning(op.ticket);
    if (meaning == 0 || meaning >= 2 + kTasks) continue;
    return Violated(Invariant::kOneVersion, node, resource,
                    "swapped while " + Text(op.call) + " was under way");
  }
}

void Checker::ProbeIsPure(int node, int resource, const Operation& op) {
  const std::optional<EntryPoint> running = run_.At(node, resource).running();
  if (!running || !IsPoll(*running)) return;
  Count(Invariant::kProbeIsPure);
  // A watch beside it may change what it likes.
  constexpr int kOfThePoll = 2 + static_cast<int>(Task::kEntry);
  if (!Changes(op.call) || run_.At(node, resource).lane->Meaning(op.ticket) != kOfThePoll) return;
  Violated(Invariant::kProbeIsPure, node, resource,
           std::string(Name(*running)) + " asks " + Text(op.call));
}

void Checker::NoSilentFailure(int node, int resource, const Status& status) {
  if (status.state != ResourceState::kFailed) return;
  Count(Invariant::kNoSilentFailure);
  const Cause& cause = status.cause;
  std::string missing;
  if (!cause) missing = "a cause";
  if (cause.kind == CauseKind::kOperation && cause.op.empty()) missing = "the operation";
  if (cause.kind == CauseKind::kOperation && cause.attempt < 1) missing = "the attempt";
  if (cause.code == ErrorCode::kSuccess) missing = "the code";
  if (cause.message.empty()) missing = "a message";
  if (missing.empty()) return;
  Violated(Invariant::kNoSilentFailure, node, resource,
           "Failed without " + missing + ": " + Text(status));
}

void Checker::NeighboursUnharmed(int node, int resource, const Status& status) {
  if (run_.scenario_.resources < 2 || status.state != ResourceState::kFailed) return;
  Count(Invariant::kNeighboursUnharmed);
  if (seen_.all_harmed || (seen_.harmed >> resource & 1u) != 0) return;
  Violated(Invariant::kNeighboursUnharmed, node, resource,
           "failed, but only others were harmed: " + Text(status));
}

}  // namespace tidegate::sim
