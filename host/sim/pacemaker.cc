// The scheduler and the executor, as far as one resource sees them.
#include "host/sim/pacemaker.h"

#include "host/core/text.h"

namespace tidegate::sim {
namespace {

constexpr Duration kMonitorInterval = Seconds(10);
constexpr Duration kStartTimeout = Seconds(200);
constexpr Duration kStopTimeout = Seconds(100);
constexpr Duration kMonitorTimeout = Seconds(20);
constexpr Duration kMargin = Seconds(15);  // before the timeout, for Terminate
constexpr Duration kFenceAfter = Seconds(5);
constexpr Duration kFailureTimeout = Minutes(10);  // bans end

// Meanings of kCluster events.
constexpr std::uint64_t kExit = 1;
constexpr std::uint64_t kTimeout = 2;
constexpr std::uint64_t kKill = 3;
constexpr std::uint64_t kMonitorDue = 4;
constexpr std::uint64_t kBansEnd = 5;
constexpr std::uint64_t Numbered(std::uint64_t meaning, std::uint32_t number) {
  return meaning | (std::uint64_t{number} << 8);
}

Cause OutOfTime() {
  return {.kind = CauseKind::kDeadline,
          .code = ErrorCode::kResourceCallTimedOut,
          .message = "the cluster's timeout for the action is near"};
}

}  // namespace

Pacemaker::Pacemaker(Stage& stage) : stage_(stage) {
  groups_.resize(static_cast<std::size_t>(stage.resources()));
}

void Pacemaker::Begin() {
  terminates_ = !stage_.OtherReading(0, "killed_at_timeout");
  monitor_bans_ = stage_.OtherReading(0, "exit_1_is_hard");
  for (Group& group : groups_) group.unknown = (1u << stage_.nodes()) - 1;
  for (int r = 0; r < stage_.resources(); ++r) Decide(r);
}

// --- The operator. ---

void Pacemaker::Online(int resource, int node) {
  Of(resource).wanted = true;
  Of(resource).target = node;
  Decide(resource);
}

void Pacemaker::Move(int resource, int to) {
  Group& group = Of(resource);
  if (to < 0) to = Allowed(group, group.target);
  if (to < 0) return;
  group.target = to;
  Decide(resource);
}

void Pacemaker::Offline(int resource) {
  Of(resource).wanted = false;
  Decide(resource);
}

void Pacemaker::Repeat(int resource) {
  Of(resource).repeat = true;
  Decide(resource);
}

int Pacemaker::Allowed(const Group& group, int from) const {
  for (int i = 1; i <= stage_.nodes(); ++i) {
    const int node = (from + i) % stage_.nodes();
    if (Usable(node) && (group.banned >> node & 1u) == 0) return node;
  }
  return -1;
}

// --- What is next. ---

void Pacemaker::Decide(int resource) {
  Group& group = Of(resource);
  if (group.action != Action::kNone || group.fencing != 0) return;
  for (int n = 0; n < stage_.nodes(); ++n) {
    if ((group.unknown >> n & 1u) != 0 && Usable(n)) return Start(resource, n, Action::kProbe);
  }
  if (group.wanted && (!Usable(group.target) || (group.banned >> group.target & 1u) != 0)) {
    const int other = Allowed(group, group.target);
    if (other >= 0) group.target = other;
  }
  const bool there = group.running == group.target && group.wanted && !group.failed;
  if (group.running >= 0 && !there) {
    if (Usable(group.running)) return Start(resource, group.running, Action::kStop);
    return;  // it will be fenced
  }
  if (group.running < 0 && group.wanted) {
    const bool banned = (group.banned >> group.target & 1u) != 0;
    if (Usable(group.target) && !banned) return Start(resource, group.target, Action::kStart);
    return;
  }
  if (std::exchange(group.repeat, false)) {
    const int node = group.running >= 0 ? group.running : group.target;
    if (Usable(node)) {
      return Start(resource, node, group.running >= 0 ? Action::kStart : Action::kStop);
    }
  }
  if (group.running >= 0) {
    stage_.Schedule(kMonitorInterval, EventKind::kCluster, group.running, resource,
                    Numbered(kMonitorDue, group.number));
  }
}

void Pacemaker::Start(int resource, int node, Action action) {
  Group& group = Of(resource);
  if (action == Action::kStart) stage_.GiveAccess(node, resource);
  if (action == Action::kStop) stage_.StopApplication(node, resource);
  if (!stage_.StartHost(node, resource, true)) return;
  group.action = action;
  group.node = node;
  group.ok = true;
  group.ends = false;
  group.knows = false;
  ++group.number;
  const bool starts = action == Action::kStart;
  const bool stops = action == Action::kStop;
  const Duration timeout = starts ? kStartTimeout : stops ? kStopTimeout : kMonitorTimeout;
  stage_.Request(node, resource,
                 starts  ? EntryPoint::kOnline
                 : stops ? EntryPoint::kOffline
                         : EntryPoint::kIsAlive);
  if (starts || stops) {
    stage_.Schedule(timeout - kMargin, EventKind::kCluster, node, resource,
                    Numbered(kTimeout, group.number));
  }
  stage_.Schedule(timeout, EventKind::kCluster, node, resource, Numbered(kKill, group.number));
}

// --- What the action's process says. ---

void Pacemaker::OnAnswer(int node, int resource, const Answer& answer) {
  Group& group = Of(resource);
  if (group.action == Action::kNone || group.node != node || group.ends) return;
  const bool terminated = answer.entry == EntryPoint::kTerminate;
  if (!terminated) group.ok = answer.verdict.ok;
  if (!terminated) group.knows = answer.verdict.ok || IsCertainNo(answer.verdict.cause);
  const bool cleans_up = !terminated && !answer.verdict.ok &&
                         (group.action == Action::kStart || group.action == Action::kStop);
  // Terminate answers for the entry point that it cancels, too: that is not the end.
  if (cleans_up) {
    if (answer.verdict.cause.code != ErrorCode::kOperationAborted) {
      stage_.Terminate(node, resource, answer.verdict.cause);
    }
    return;
  }
  // A stop that failed did not succeed by its Terminate: nothing has said that it is stopped.
  group.ends = true;
  stage_.Schedule({}, EventKind::kCluster, node, resource, Numbered(kExit, group.number));
}

void Pacemaker::On(const Pending& event) {
  const int resource = event.resource;
  Group& group = Of(resource);
  if (event.kind == EventKind::kHostStarts) {
    --pending_;
    for (int r = 0; r < stage_.resources(); ++r) Decide(r);
    return;
  }
  if (event.kind == EventKind::kMembership) {
    --pending_;
    if (event.number == 1) {
      for (int r = 0; r < stage_.resources(); ++r) {
        Group& g = Of(r);
        g.fencing &= ~(1u << event.node);
        if (g.running == event.node) {
          g.running = -1;
          g.failed = false;
        }
        Decide(r);
      }
    } else if (stage_.Up(event.node)) {
      stage_.Fence(event.node);
    }
    return;
  }
  if (event.kind != EventKind::kCluster) return;
  const std::uint64_t meaning = event.number & 0xff;
  if (meaning == kBansEnd) {
    group.banned = 0;
    return Decide(resource);
  }
  if (event.number >> 8 != group.number) return;
  if (meaning == kExit && group.action != Action::kNone) End(resource);
  if (meaning == kTimeout || meaning == kKill) TimedOut(resource, event.number, meaning == kKill);
  if (meaning == kMonitorDue && group.action == Action::kNone && group.running == event.node &&
      Usable(event.node)) {
    Start(resource, event.node, Action::kMonitor);
  }
}

void Pacemaker::TimedOut(int resource, std::uint64_t, bool killed) {
  Group& group = Of(resource);
  if (group.action == Action::kNone) return;
  if (!killed && terminates_) {
    group.ok = false;
    return stage_.Terminate(group.node, resource, OutOfTime());
  }
  if (!killed) return;
  stage_.Tell(group.node, resource, "the action is out of time: its process is killed");
  group.ok = false;
  End(resource);
}

void Pacemaker::End(int resource) {
  stage_.StopHost(Of(resource).node, resource);
  Finished(resource);
}

void Pacemaker::Ban(Group& group, int node, int resource) {
  group.banned |= 1u << node;
  stage_.Schedule(kFailureTimeout, EventKind::kCluster, node, resource, kBansEnd);
}

void Pacemaker::Finished(int resource) {
  Group& group = Of(resource);
  const Action action = std::exchange(group.action, Action::kNone);
  const int node = group.node;
  switch (action) {
    case Action::kProbe:
      group.unknown &= ~(1u << node);
      // Where it runs and nobody started it, or where nobody knows, it is stopped first.
      if ((group.ok || !group.knows) && group.running != node) {
        if (group.running < 0) group.running = node;
        group.failed = true;
      }
      break;
    case Action::kStart:
      group.running = node;
      group.failed = !group.ok;
      if (group.ok) {
        stage_.StartApplication(node, resource);
      } else {
        Ban(group, node, resource);
      }
      break;
    case Action::kStop:
      if (group.ok) {
        if (group.running == node) group.running = -1;
        group.failed = false;
      } else {
        group.fencing |= 1u << node;
        stage_.Fence(node);
      }
      break;
    case Action::kMonitor:
      if (!group.ok) {
        group.failed = true;
        if (monitor_bans_) Ban(group, node, resource);
        stage_.StopApplication(node, resource);
      }
      break;
    case Action::kNone:
      break;
  }
  Decide(resource);
}

// --- The world. ---

void Pacemaker::NodeDied(int node) {
  ++pending_;
  for (int r = 0; r < stage_.resources(); ++r) {
    Group& group = Of(r);
    group.unknown &= ~(1u << node);
    // Whatever it was doing there has an unknown end: it counts as running until it is fenced.
    if (group.action != Action::kNone && group.node == node) {
      if (group.action == Action::kStart) group.running = node;
      group.action = Action::kNone;
    }
    group.fencing |= 1u << node;
  }
  stage_.Schedule(kFenceAfter, EventKind::kMembership, node, 0, 1);
}

void Pacemaker::NodeBooted(int node) {
  for (int r = 0; r < stage_.resources(); ++r) {
    Of(r).unknown |= 1u << node;
    Decide(r);
  }
}

// Actions under way there have failed. The next one is a process of its own.
void Pacemaker::HostDied(int node) {
  ++pending_;
  stage_.Schedule(Nanoseconds(1), EventKind::kHostStarts, node, 0, 0);
  for (int r = 0; r < stage_.resources(); ++r) {
    Group& group = Of(r);
    if (group.action == Action::kNone || group.node != node) continue;
    group.ok = false;
    Finished(r);
  }
}

void Pacemaker::Partitioned(int node, bool) {
  ++pending_;
  stage_.Schedule(kFenceAfter, EventKind::kMembership, node, 0, 2);
}

int Pacemaker::Owner(int resource) const {
  const Group& group = Of(resource);
  return group.running >= 0 ? group.running : group.target;
}

bool Pacemaker::IsOnline(int resource) const {
  const Group& group = Of(resource);
  return group.running >= 0 && !group.failed &&
         (group.action == Action::kNone || group.action == Action::kMonitor) &&
         Usable(group.running);
}

Duration Pacemaker::IsAliveInterval() const { return kMonitorInterval; }

bool Pacemaker::Settled() const {
  if (pending_ > 0) return false;
  for (const Group& group : groups_) {
    if (group.action != Action::kNone && group.action != Action::kMonitor) return false;
    if (group.fencing != 0 || group.repeat) return false;
    if (group.running >= 0 && (group.failed || !group.wanted || group.running != group.target)) {
      return false;
    }
    if (group.wanted && group.running < 0 && Allowed(group, 0) >= 0) return false;
  }
  return true;
}

void Pacemaker::Describe(Digest& digest) const {
  digest.Add((terminates_ ? 1u : 0u) | (monitor_bans_ ? 2u : 0u));
  for (const Group& g : groups_) {
    digest.Add((g.wanted ? 1u : 0u) | (g.failed ? 2u : 0u) | (g.repeat ? 4u : 0u) |
               (g.ends ? 8u : 0u) | (g.ok ? 16u : 0u) | (g.knows ? 32u : 0u));
    digest.Add(static_cast<std::uint64_t>(g.target));
    digest.Add(static_cast<std::uint64_t>(g.running + 1));
    digest.Add((std::uint64_t{g.unknown} << 32) | g.banned);
    digest.Add(g.fencing);
    digest.Add(static_cast<std::uint64_t>(g.action));
    digest.Add(static_cast<std::uint64_t>(g.node + 1));
  }
}

std::uint64_t Pacemaker::Meaning(const Pending& event) const {
  if (event.kind != EventKind::kCluster) return 1 + event.number;
  const std::uint64_t meaning = event.number & 0xff;
  if (meaning == kBansEnd) return meaning;
  const Group& group = Of(event.resource);
  if (event.number >> 8 != group.number) return 0;
  if (meaning == kMonitorDue) {
    const bool due = group.action == Action::kNone && group.running == event.node;
    return due ? meaning : 0;
  }
  return group.action != Action::kNone ? meaning : 0;
}

std::unique_ptr<Cluster> Pacemaker::Copy() const {
  auto copy = std::make_unique<Pacemaker>(stage_);
  copy->Become(*this);
  return copy;
}

void Pacemaker::Become(const Cluster& other) {
  const auto& from = static_cast<const Pacemaker&>(other);
  terminates_ = from.terminates_;
  monitor_bans_ = from.monitor_bans_;
  groups_ = from.groups_;
  pending_ = from.pending_;
}

}  // namespace tidegate::sim
