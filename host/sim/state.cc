// When two runs are the same from here on, and going back to a moment.
//
// What is told of is everything that decides how a run goes on, relative to now and by names that
// mean the same in both runs: operations by what waits for them, volumes by the order in which they
// were opened, timers by what they would mean. Left out is what only people read (texts, labels,
// counts) and three things that decide nothing within a run's length:
// - when a monitor's failures were, only how many there are: less than RestartPeriod has passed;
// - how many operations an entry point has asked for: its bound is far from what any run reaches
//   but one that never ends, and that one is followed;
// - how much acknowledged data a cache or a disk has: only whether some would be lost is asked.
#include <algorithm>
#include <utility>

#include "host/sim/cluster.h"
#include "host/sim/simulation.h"

namespace tidegate::sim {

std::uint64_t Simulation::RankOf(std::uint32_t handle, int node, int resource) const {
  std::uint64_t rank = 0;
  for (const Handle& other : world_.handles()) {
    if (!other.open || other.node != node || other.disk != resource) continue;
    ++rank;
    if (other.id == handle) return rank;
  }
  return 0;
}

void Simulation::DescribeOperation(Digest& digest, const Operation& op) const {
  const Instance& instance = instances_[Cell(op.node, op.resource)];
  const std::uint64_t meaning =
      instance.lane == nullptr ? 0 : static_cast<std::uint64_t>(instance.lane->Meaning(op.ticket));
  digest.Add((std::uint64_t{op.node} << 8) | op.resource | (meaning << 16) |
             (op.orphan ? 1ull << 40 : 0) | (op.epoch == instance.epoch ? 1ull << 41 : 0) |
             (world_.volume(op.node, op.resource).busy == op.number ? 1ull << 42 : 0));
  digest.Add((static_cast<std::uint64_t>(op.outcome.fate) << 32) |
             static_cast<std::uint64_t>(op.outcome.code));
  // Of what hangs for nobody only the gate that it holds matters, and that a close closes.
  const bool hangs = op.outcome.fate == Fate::kHangs;
  if (op.orphan && hangs && !GivesBack(op.call)) return;
  // The volume by its rank, everything else as it is.
  Call call = op.call;
  std::visit(
      [&](auto& what) {
        if constexpr (requires { what.volume; }) {
          digest.Add(RankOf(what.volume.id, op.node, op.resource));
          what.volume = {};
        }
      },
      call);
  tidegate::sim::Describe(digest, call);
}

// 0: it means nothing any more, or somebody else tells of it.
std::uint64_t Simulation::DescribeEvent(const Pending& event) const {
  if (Late(event)) return 0;
  std::uint64_t number = event.number;
  const std::size_t cell = Cell(event.node, event.resource);
  Digest digest;
  switch (event.kind) {
    case EventKind::kTimer: {
      const Lane* lane = instances_[cell].lane;
      number = lane == nullptr ? 0 : static_cast<std::uint64_t>(lane->Meaning({event.number}));
      if (number == 0) return 0;
      break;
    }
    case EventKind::kGateTimeout:
      if (std::ranges::find(waiters_[cell], event.number) == waiters_[cell].end()) return 0;
      [[fallthrough]];
    case EventKind::kPerform:
      DescribeOperation(digest, Of(event.number));
      number = 0;
      break;
    case EventKind::kWrite:
      if (event.number != application_starts_[cell]) return 0;
      if (!world_.volume(event.node, event.resource).application) return 0;
      number = 0;
      break;
    case EventKind::kMonitorTimer:
    case EventKind::kHostStarts:
    case EventKind::kMembership:
    case EventKind::kCluster:
      number = cluster_->Meaning(event);
      if (number == 0) return 0;
      break;
    default:
      break;
  }
  digest.Add((static_cast<std::uint64_t>(event.kind) << 16) | (std::uint64_t{event.node} << 8) |
             event.resource);
  digest.Add(number);
  return digest.value() | 1;
}

void Simulation::DescribeInstance(Digest& digest, std::size_t cell) const {
  const int node = static_cast<int>(cell / Size(scenario_.resources));
  const int resource = static_cast<int>(cell % Size(scenario_.resources));
  const Instance& i = instances_[cell];
  std::uint64_t bits = (i.lane != nullptr ? 1u : 0u) | (i.terminating ? 2u : 0u) |
                       (i.misled ? 4u : 0u) | (i.hindered ? 8u : 0u) | (i.went_offline ? 16u : 0u) |
                       (static_cast<std::uint64_t>(i.state) << 8);
  for (const EntryPoint entry : i.asked) bits = bits << 5 | (static_cast<std::uint64_t>(entry) + 1);
  digest.Add(bits);
  if (i.lane == nullptr) return;
  if (IsPending(i.state)) digest.Add(static_cast<std::uint64_t>((now_ - i.since).ns));
  i.lane->Describe(digest);
  const LocalVolume& volume = world_.volume(node, resource);
  for (const Handle& handle : world_.handles()) {
    if (!handle.open || handle.node != node || handle.disk != resource) continue;
    const auto known =
        std::ranges::find(i.handles, handle.id, &std::pair<std::uint32_t, std::uint32_t>::first);
    const bool dead = known != i.handles.end() && known->second < i.cancelled_below;
    digest.Add(static_cast<std::uint64_t>(i.lane->HolderOf({handle.id})) << 8 |
               (volume.claimant == handle.id ? 1u : 0u) | (i.dismounting == handle.id ? 2u : 0u) |
               (dead ? 4u : 0u));
  }
}

// An operator who waits for everything to settle has patience: in the first half of that time it
// decides nothing how much of it is left. (Told exactly, the same recovery would be another one at
// each second after the order.)
Duration Simulation::Patience() const {
  const Duration left = step_ends_ - now_;
  if (!in_step_ || Current().kind != Step::Kind::kSettle) return left;
  return std::min(left, Current().time / 2);
}

// Why as of the next event: until then nothing happens, so how long that takes changes nothing.
// Whether a step is over is looked at before, and what follows it then begins at once.
std::uint64_t Simulation::StateDigest() {
  const std::vector<Pending>& events = queue_.all();
  meanings_.resize(events.size());
  Instant next = step_ends_;
  for (std::size_t i = 0; i < events.size(); ++i) {
    meanings_[i] = DescribeEvent(events[i]);
    const bool means = meanings_[i] != 0 || events[i].kind == EventKind::kMonitorTimer;
    if (means) next = std::min(next, events[i].at);
  }
  const bool waits = in_step_ && next > now_ && !Over(Current());
  const Instant now = std::exchange(now_, waits ? next : now_);
  const std::uint64_t digest = DigestHere(meanings_);
  now_ = now;
  return digest;
}

std::uint64_t Simulation::DigestHere(const std::vector<std::uint64_t>& meanings) {
  Digest digest;
  digest.Add(step_ | (in_step_ ? 1ull << 32 : 0) | (faults_on_ ? 1ull << 33 : 0));
  digest.Add(static_cast<std::uint64_t>(Patience().ns));
  world_.Describe(digest);
  for (int n = 0; n < scenario_.nodes; ++n) {
    const NodeState& node = nodes_[Size(n)];
    digest.Add((node.up ? 1u : 0u) | (node.host ? 2u : 0u) | (node.reachable ? 4u : 0u) |
               (node.drifts ? 8u : 0u));
    for (int d = 0; d < scenario_.resources; ++d) {
      // How long it may still be told wrongly.
      digest.Add(static_cast<std::uint64_t>(
          std::max((world_.volume(n, d).changed + kStaleTime - now_).ns, std::int64_t{0})));
    }
  }
  cluster_->Describe(digest);
  checker_.Describe(digest);
  for (std::size_t cell = 0; cell < instances_.size(); ++cell) {
    DescribeInstance(digest, cell);
    for (const Store* store : {&records_[cell], &stores_[cell]}) {
      for (const auto& [key, value] : *store) {
        digest.Add(key);
        digest.Add(value);
      }
      digest.Add(store->size());
    }
    for (std::size_t kind = 0; kind < persistent_[cell].size(); ++kind) {
      if (persistent_[cell][kind] == ErrorCode::kSuccess) continue;
      digest.Add((kind << 32) | static_cast<std::uint64_t>(persistent_[cell][kind]));
    }
    for (const std::size_t number : waiters_[cell]) DescribeOperation(digest, Of(number));
  }
  for (const Operation& op : operations_) {  // no event will ever tell of these
    if (op.outcome.fate == Fate::kHangs) DescribeOperation(digest, op);
  }
  for (std::size_t i = 0; i < meanings.size(); ++i) {
    if (meanings[i] == 0) continue;
    const Pending& event = queue_.all()[i];
    digest.Add(meanings[i]);
    digest.Add(static_cast<std::uint64_t>((event.at - now_).ns));
    if (event.kind != EventKind::kCall || event.number != kEntryPoints) continue;
    Describe(digest, instances_[Cell(event.node, event.resource)].terminate_cause);
  }
  for (std::size_t node = 0; node < attributes_.size(); ++node) {
    for (const auto& [name, value] : attributes_[node]) {
      digest.Add(node);
      digest.Add(name);
      digest.Add(value);
    }
  }
  std::uint64_t odd = 0;
  for (const int writes : writes_) odd = odd << 1 | static_cast<std::uint64_t>(writes & 1);
  digest.Add(odd);
  return digest.value();
}

void Simulation::Save(Moment& to) {
  to.course = static_cast<const Course&>(*this);
  to.lanes.resize(instances_.size());
  for (std::size_t cell = 0; cell < instances_.size(); ++cell) {
    if (instances_[cell].lane != nullptr) instances_[cell].lane->Save(to.lanes[cell]);
  }
  if (to.cluster != nullptr) {
    to.cluster->Become(*cluster_);
  } else {
    to.cluster = cluster_->Copy();
  }
  to.marks = checker_.marks();
  to.trace = trace_.mark();
  to.applied = result_.applied.size();
}

void Simulation::Restore(const Moment& from) {
  const std::vector<Instance>& then = from.course.instances_;
  for (int n = 0; n < scenario_.nodes; ++n) {
    for (int r = 0; r < scenario_.resources; ++r) {
      const std::size_t cell = Cell(n, r);
      Lane* lane = instances_[cell].lane;
      if (then[cell].lane == nullptr) {
        if (lane != nullptr) Park(n, r);
        continue;
      }
      if (lane == nullptr) lane = Hire(n, r, scenario_.cluster == ClusterKind::kPacemaker);
      lane->Restore(from.lanes[cell]);
      instances_[cell].lane = lane;
    }
  }
  std::vector<Lane*> lanes;
  for (const Instance& instance : instances_) lanes.push_back(instance.lane);
  static_cast<Course&>(*this) = from.course;
  for (std::size_t cell = 0; cell < instances_.size(); ++cell) {
    if (instances_[cell].lane != nullptr) instances_[cell].lane = lanes[cell];
  }
  cluster_->Become(*from.cluster);
  checker_.GoBack(from.marks);
  trace_.GoBack(from.trace);
  if (steady_ != nullptr) StopRecording();
  result_.applied.resize(from.applied);
}

}  // namespace tidegate::sim
