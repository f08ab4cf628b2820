// The cluster service and its monitors.
#include "host/sim/wsfc.h"

#include "host/core/cluster_wait.h"
#include "host/core/text.h"
#include "host/sim/world.h"

namespace tidegate::sim {
namespace {

constexpr Duration kNodeLostAfter = Seconds(5);  // five heartbeats
constexpr Duration kHostRestart = Seconds(1);
constexpr std::uint64_t kDied = 1;
constexpr std::uint64_t kCutOff = 2;
constexpr std::uint64_t kCutOffOneWay = 3;
constexpr std::uint64_t kEvicted = 4;
constexpr std::uint64_t kRejoins = 5;
constexpr Duration kEvictedAfter = Seconds(15);
constexpr Duration kRejoinMargin = Seconds(2);  // once Terminate and Close have had their time
constexpr Duration kPollPending = Seconds(10);

Cause Operator(const char* what) {
  return {.kind = CauseKind::kOperator, .code = ErrorCode::kCancelled, .message = what};
}

Cause HostingProcessDied() {
  return {.kind = CauseKind::kDeadlock,
          .code = ErrorCode::kResourceFailed,
          .message = "the process that hosted it died"};
}

}  // namespace

Wsfc::Wsfc(Stage& stage, const MonitorSettings& settings) : stage_(stage), settings_(settings) {
  slots_.resize(static_cast<std::size_t>(stage.nodes() * stage.resources()));
  groups_.resize(static_cast<std::size_t>(stage.resources()));
}

void Wsfc::Begin() {
  open_everywhere_ = stage_.OtherReading(0, "open_on_every_node");
  if (stage_.OtherReading(0, "restart_threshold_1")) settings_.restart_threshold = 1;
  polls_pending_ = stage_.OtherReading(0, "is_alive_while_pending");
  arbitrates_ = stage_.Arbitrates() && stage_.OtherReading(0, "arbitrate_before_online");
  for (int r = 0; r < stage_.resources(); ++r) {
    for (int n = 0; n < stage_.nodes(); ++n) {
      if (open_everywhere_ || n == Of(r).owner) Open(n, r);
    }
  }
}

// Why a monitor lives from beat to beat: a poll a millisecond earlier or later is the same poll,
// and states that differ by nothing else become one.
Instant Wsfc::Beat(int node) const {
  constexpr Duration kLate = Microseconds(1);  // a drifting clock's timers
  const std::int64_t early = (stage_.NodeTime(node) - kLate).ns;
  return Instant{early - early % kBeat.ns + kBeat.ns};
}

void Wsfc::Open(int node, int resource) {
  Slot& slot = At(node, resource);
  if (!stage_.StartHost(node, resource, false)) return;
  const std::uint32_t life = slot.life + 1;
  const bool clean = slot.clean;  // to open it again says nothing of what an earlier host left
  slot = Slot();
  slot.life = life;
  slot.clean = clean;
  slot.monitor.emplace(settings_);
  Do(node, resource, slot.monitor->Begin(Beat(node)));
}

void Wsfc::Do(int node, int resource, const Effects& effects) {
  for (const Effect& effect : effects) {
    if (const auto* ask = std::get_if<Ask>(&effect)) {
      if (ask->entry == EntryPoint::kOnline) {
        if (Of(resource).owner == node) stage_.GiveAccess(node, resource);
        At(node, resource).clean = false;
        At(node, resource).starting = true;
        if (arbitrates_) stage_.Request(node, resource, EntryPoint::kArbitrate);
      }
      if (ask->entry == EntryPoint::kOffline) stage_.StopApplication(node, resource);
      stage_.Request(node, resource, ask->entry);
    } else if (const auto* terminate = std::get_if<tidegate::Terminate>(&effect)) {
      stage_.StopApplication(node, resource);
      stage_.Terminate(node, resource, terminate->cause);
    } else if (const auto* arm = std::get_if<Arm>(&effect)) {
      // A ticket carries the monitor's life, so that an earlier one's timers mean nothing.
      stage_.Schedule(
          arm->due - stage_.NodeTime(node), EventKind::kMonitorTimer, node, resource,
          (std::uint64_t{At(node, resource).life} << 40) | (arm->ticket.number & 0xffffffffff));
    } else if (const auto* note = std::get_if<Note>(&effect)) {
      stage_.Tell(node, resource, "monitor: " + note->text);
    }
  }
}

// --- The operator. ---

void Wsfc::BringOnline(int resource, int node) {
  Group& group = Of(resource);
  group.owner = node;
  group.moving_to = -1;
  if (!Usable(node)) return;  // when it is back
  if (!At(node, resource).monitor) Open(node, resource);
  Slot& slot = At(node, resource);
  if (!slot.monitor) return;
  Do(node, resource, slot.monitor->Want(true, Operator("online"), Beat(node)));
}

void Wsfc::Online(int resource, int node) {
  Group& group = Of(resource);
  group.wanted = true;
  group.tried = 0;
  group.failing_over = false;
  if (group.owner != node && !At(group.owner, resource).clean) {
    group.moving_to = node;
    return Think(resource);
  }
  BringOnline(resource, node);
}

void Wsfc::Move(int resource, int to) {
  Group& group = Of(resource);
  if (to < 0) to = NextNode(resource, group.owner);
  if (to < 0 || to == group.owner || !Usable(to) || group.moving_to >= 0) return;
  group.tried = 0;
  group.failing_over = false;
  if (!group.wanted) {
    const Slot& old = At(group.owner, resource);
    if (old.monitor && (old.starting || !old.monitor->settled())) return;  // it is pending there
    if (!At(group.owner, resource).clean) stage_.TakeAccess(group.owner, resource);
    At(group.owner, resource).clean = true;
    group.owner = to;
    return;
  }
  group.moving_to = to;
  Slot& slot = At(group.owner, resource);
  if (slot.monitor && Usable(group.owner)) {
    Do(group.owner, resource, slot.monitor->Want(false, Operator("move"), Beat(group.owner)));
  }
  Think(resource);
}

void Wsfc::Offline(int resource) {
  Group& group = Of(resource);
  group.wanted = false;
  group.moving_to = -1;
  Slot& slot = At(group.owner, resource);
  if (!slot.monitor || !Usable(group.owner)) return;
  Do(group.owner, resource, slot.monitor->Want(false, Operator("offline"), Beat(group.owner)));
}

void Wsfc::Repeat(int resource) {
  const Group& group = Of(resource);
  Slot& slot = At(group.owner, resource);
  if (!slot.monitor || !Usable(group.owner)) return;
  const ResourceState state = slot.monitor->settled() ? slot.state : ResourceState::kPending;
  if (state == ResourceState::kOnline) {
    stage_.Request(group.owner, resource, EntryPoint::kOnline);
  } else if (state == ResourceState::kOffline) {
    stage_.Request(group.owner, resource, EntryPoint::kOffline);
  }
}

void Wsfc::TerminateAgain(int resource) {
  const Group& group = Of(resource);
  if (At(group.owner, resource).state != ResourceState::kOffline) return;
  stage_.Terminate(group.owner, resource, Operator("terminate"));
}

// --- The hosts. ---

void Wsfc::OnReport(int node, int resource, const Status& status) {
  Slot& slot = At(node, resource);
  if (!slot.monitor) return;
  if (polls_pending_ && IsPending(status.state) && !IsPending(slot.state)) {
    stage_.Schedule(kPollPending, EventKind::kCluster, node, resource, slot.life);
  }
  slot.state = status.state;
  // What it says of an earlier offline is no answer to the online that it was asked for since.
  const bool earlier =
      status.state == ResourceState::kOfflinePending || status.state == ResourceState::kOffline;
  if (!earlier) slot.starting = false;
  if (status.state == ResourceState::kOnlinePending) slot.clean = false;
  Do(node, resource, slot.monitor->On(status, Beat(node)));
  if (status.state == ResourceState::kOnline) {
    Of(resource).tried = 0;
    Of(resource).failing_over = false;
    if (Of(resource).owner == node) stage_.StartApplication(node, resource);
  } else if (!IsPending(status.state)) {
    stage_.StopApplication(node, resource);
  }
}

void Wsfc::OnAnswer(int node, int resource, const Answer& answer) {
  Slot& slot = At(node, resource);
  if (!slot.monitor) return;
  if (answer.entry == EntryPoint::kArbitrate || answer.entry == EntryPoint::kRelease) return;
  if (answer.entry == EntryPoint::kOffline && answer.verdict.ok) {
    slot.clean = !slot.starting;  // what it is asked for by now is not what it answers
    if (arbitrates_) stage_.Request(node, resource, EntryPoint::kRelease);
  }
  // It was online already; or the request was dropped, or ended, with everything else.
  const bool over = answer.entry == EntryPoint::kOnline || answer.entry == EntryPoint::kTerminate;
  if (over) slot.starting = false;
  if (answer.entry == EntryPoint::kOpen && std::exchange(slot.reopened, false)) {
    stage_.Terminate(node, resource, HostingProcessDied());
  }
  Do(node, resource, slot.monitor->On(answer, Beat(node)));
  Think(resource);
}

void Wsfc::On(const Pending& event) {
  Slot& slot = At(event.node, event.resource);
  switch (event.kind) {
    case EventKind::kMonitorTimer: {
      if (!slot.monitor || event.number >> 40 != slot.life || !stage_.HostAlive(event.node)) return;
      const Due due{Ticket{(event.number & 0xffffffffff) | (1ull << 63)}};
      Do(event.node, event.resource, slot.monitor->On(due, Beat(event.node)));
      return Think(event.resource);
    }
    case EventKind::kHostStarts:
      --pending_;
      if (!Usable(event.node)) return;  // opened when it is heard again
      if (!open_everywhere_ && Of(event.resource).owner != event.node) return;
      Open(event.node, event.resource);
      if (!slot.monitor) return;
      slot.reopened = true;
      slot.clean = false;
      if (Of(event.resource).owner == event.node && Of(event.resource).wanted &&
          Of(event.resource).moving_to < 0) {
        BringOnline(event.resource, event.node);
      }
      return Think(event.resource);
    case EventKind::kMembership:
      --pending_;
      if (event.number == kDied ||
          (event.number <= kCutOffOneWay && !stage_.Reachable(event.node))) {
        if (event.number == kCutOffOneWay) Lose(event.node);
        NodeLost(event.node);
      }
      if (event.number == kCutOff && !stage_.Reachable(event.node)) Evict(event.node);
      if (event.number == kEvicted && (lost_ >> event.node & 1u) != 0) Evict(event.node);
      if (event.number == kRejoins) Rejoin(event.node);
      return;
    case EventKind::kCluster:
      return PollPending(event);
    default:
      return;
  }
}

// It does not know that it is lost, and goes on: nothing of it is clean.
void Wsfc::Lose(int node) {
  lost_ |= 1u << node;
  for (int r = 0; r < stage_.resources(); ++r) {
    Slot& slot = At(node, r);
    if (slot.monitor && slot.monitor->wants_online()) slot.clean = false;
  }
}

// A node that is no member any more gives up what it has.
void Wsfc::Evict(int node) {
  lost_ &= ~(1u << node);
  if (!stage_.HostAlive(node)) return;
  for (int r = 0; r < stage_.resources(); ++r) {
    if (!At(node, r).monitor) continue;
    stage_.StopApplication(node, r);
    At(node, r).monitor.reset();
    stage_.Terminate(node, r,
                     {.kind = CauseKind::kShutdown,
                      .code = ErrorCode::kCancelled,
                      .message = "the node lost the cluster"});
  }
}

// The other reading of whether IsAlive is polled while a resource is pending.
void Wsfc::PollPending(const Pending& event) {
  const Slot& slot = At(event.node, event.resource);
  const bool pending = slot.monitor && slot.life == event.number && IsPending(slot.state);
  if (!pending || !stage_.HostAlive(event.node)) return;
  stage_.Request(event.node, event.resource, EntryPoint::kIsAlive);
  stage_.Schedule(kPollPending, EventKind::kCluster, event.node, event.resource, slot.life);
}

// --- The world. ---

int Wsfc::NextNode(int resource, int from) const {
  for (int i = 1; i < stage_.nodes(); ++i) {
    const int node = (from + i) % stage_.nodes();
    if (Usable(node) && (Of(resource).tried >> node & 1u) == 0) return node;
  }
  return -1;
}

// The next node has it now, whatever the old one says.
void Wsfc::TakeOver(int resource, int node) {
  const int old = Of(resource).owner;
  if (!At(old, resource).clean) stage_.TakeAccess(old, resource);
  At(old, resource).clean = true;
  stage_.Tell(node, resource, "takes over");
  BringOnline(resource, node);
}

// A move goes on when the source is done; a group that its node gave up goes to the next.
void Wsfc::Think(int resource) {
  Group& group = Of(resource);
  Slot& slot = At(group.owner, resource);
  if (!slot.monitor || !Usable(group.owner)) return;
  if (group.moving_to >= 0) {
    if (slot.starting || !slot.monitor->settled() || slot.monitor->wants_online()) return;
    if (!Usable(group.moving_to)) {
      group.moving_to = -1;
      return BringOnline(resource, group.owner);
    }
    return TakeOver(resource, group.moving_to);
  }
  if (!group.wanted || !slot.monitor->gave_up() || group.failing_over) return;
  group.tried |= 1u << group.owner;
  const int to = NextNode(resource, group.owner);
  if (to < 0) {
    group.failing_over = true;  // every node has given up: it stays until RetryPeriodOnFailure
    stage_.Tell(-1, resource, "no node is left to try");
    return;
  }
  group.moving_to = to;
  Do(group.owner, resource, slot.monitor->Want(false, Operator("failover"), Beat(group.owner)));
  Think(resource);
}

void Wsfc::NodeDied(int node) {
  for (int r = 0; r < stage_.resources(); ++r) At(node, r).monitor.reset();
  lost_ &= ~(1u << node);
  ++pending_;
  stage_.Schedule(kNodeLostAfter, EventKind::kMembership, node, 0, kDied);
}

void Wsfc::NodeLost(int node) {
  for (int r = 0; r < stage_.resources(); ++r) {
    Group& group = Of(r);
    if (group.owner != node) {
      if (group.moving_to == node) {
        group.moving_to = -1;
        if (group.wanted) BringOnline(r, group.owner);
      }
      continue;
    }
    group.tried = 0;
    const int to = NextNode(r, node);
    if (to < 0) continue;
    if (group.wanted) {
      TakeOver(r, to);
    } else {
      if (!At(node, r).clean) stage_.TakeAccess(node, r);
      group.owner = to;
    }
  }
}

void Wsfc::NodeBooted(int node) {
  for (int r = 0; r < stage_.resources(); ++r) {
    At(node, r).clean = true;  // everything on it is new
    if (open_everywhere_ || Of(r).owner == node) Open(node, r);
    if (Of(r).owner == node && Of(r).wanted) BringOnline(r, node);
  }
}

void Wsfc::HostDied(int node) {
  for (int r = 0; r < stage_.resources(); ++r) {
    stage_.StopApplication(node, r);
    At(node, r).monitor.reset();
    ++pending_;
    stage_.Schedule(kHostRestart, EventKind::kHostStarts, node, r, 0);
  }
}

void Wsfc::Partitioned(int node, bool one_way) {
  ++pending_;
  stage_.Schedule(kNodeLostAfter, EventKind::kMembership, node, 0,
                  one_way ? kCutOffOneWay : kCutOff);
  if (!one_way) return;
  ++pending_;
  stage_.Schedule(kEvictedAfter, EventKind::kMembership, node, 0, kEvicted);
}

void Wsfc::Rejoined(int node) {
  if ((lost_ >> node & 1u) == 0) return Rejoin(node);
  Evict(node);
  ++pending_;
  stage_.Schedule(ClusterWait(stage_.manifest()) + kRejoinMargin, EventKind::kMembership, node, 0,
                  kRejoins);
}

// It comes back as a new member: what it hosted is opened anew.
void Wsfc::Rejoin(int node) {
  if (!Usable(node)) return;
  for (int r = 0; r < stage_.resources(); ++r) {
    if (At(node, r).monitor) continue;
    stage_.StopHost(node, r);
    if (!open_everywhere_ && Of(r).owner != node) continue;
    Open(node, r);
    if (Of(r).owner == node && Of(r).wanted) BringOnline(r, node);
  }
}

bool Wsfc::Settled() const {
  if (pending_ > 0) return false;
  for (int r = 0; r < stage_.resources(); ++r) {
    const Group& group = Of(r);
    if (group.moving_to >= 0) return false;
    const Slot& slot = At(group.owner, r);
    if (!Usable(group.owner)) {
      if (group.wanted) return false;
      continue;
    }
    if (!slot.monitor) {
      if (group.wanted) return false;
      continue;
    }
    if (!slot.monitor->settled() || slot.reopened) return false;
    if (group.wanted != slot.monitor->wants_online()) return false;
  }
  return true;
}

bool Wsfc::IsOnline(int resource) const {
  const Group& group = Of(resource);
  const Slot& slot = At(group.owner, resource);
  return slot.monitor && slot.state == ResourceState::kOnline && slot.monitor->settled();
}

void Wsfc::Describe(Digest& digest) const {
  digest.Add((open_everywhere_ ? 1u : 0u) | (arbitrates_ ? 2ull << 32 : 0u) |
             (polls_pending_ ? 2u : 0u) | (settings_.restart_threshold << 2));
  digest.Add(lost_);
  for (const Group& group : groups_) {
    digest.Add(static_cast<std::uint64_t>(group.owner));
    digest.Add(static_cast<std::uint64_t>(group.moving_to + 1));
    digest.Add((group.wanted ? 1u : 0u) | (group.failing_over ? 2u : 0u) | (group.tried << 2));
  }
  for (int n = 0; n < stage_.nodes(); ++n) {
    for (int r = 0; r < stage_.resources(); ++r) {
      const Slot& slot = At(n, r);
      digest.Add((slot.clean ? 1u : 0u) | (slot.reopened ? 2u : 0u) | (slot.monitor ? 4u : 0u) |
                 (slot.starting ? 8u : 0u) | (static_cast<std::uint64_t>(slot.state) << 8));
      if (slot.monitor) slot.monitor->Describe(digest, stage_.NodeTime(n));
    }
  }
}

std::uint64_t Wsfc::Meaning(const Pending& event) const {
  if (event.kind == EventKind::kMonitorTimer) return 0;
  if (event.kind == EventKind::kCluster) {
    const Slot& slot = At(event.node, event.resource);
    return slot.monitor && slot.life == event.number && IsPending(slot.state) ? 1 : 0;
  }
  return 1 + event.number;
}

std::unique_ptr<Cluster> Wsfc::Copy() const {
  auto copy = std::make_unique<Wsfc>(stage_, settings_);
  copy->Become(*this);
  return copy;
}

void Wsfc::Become(const Cluster& other) {
  const auto& from = static_cast<const Wsfc&>(other);
  settings_ = from.settings_;
  open_everywhere_ = from.open_everywhere_;
  arbitrates_ = from.arbitrates_;
  polls_pending_ = from.polls_pending_;
  lost_ = from.lost_;
  slots_ = from.slots_;
  groups_ = from.groups_;
  pending_ = from.pending_;
}

}  // namespace tidegate::sim
