// How a resource answers each event. Task bookkeeping comes first, the meaning of entry points
// after.
#include "host/core/resource.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace tidegate {

Effects Resource::Step(const Event& event) {
  Effects out;
  out_ = &out;
  now_ = event.at;
  std::visit([this](const auto& what) { On(what); }, event.what);
  return out;
}

int Resource::outstanding() const {
  return static_cast<int>(orphans_.size()) +
         static_cast<int>(std::ranges::count_if(
             tasks_, [](const TaskRun& run) { return run.active && run.waiting; }));
}

bool Resource::StillActs() const {
  return std::ranges::any_of(orphans_, [](const Orphan& orphan) { return !orphan.closes; });
}

void Resource::Describe(Digest& digest) const {
  digest.Add(static_cast<std::uint64_t>(status_.state));
  for (const int attempts : attempts_) digest.Add(static_cast<std::uint64_t>(attempts));
  health_.Describe(digest, manifest_->health);
  // Whoever has no looks_alive of its own answers it with the latest verdict.
  const bool told = !last_verdict_.ok && !manifest_->Has(EntryPoint::kLooksAlive);
  digest.Add(static_cast<std::uint64_t>(told ? last_verdict_.cause.code : ErrorCode::kSuccess));
  std::uint64_t bits = 0;
  for (const TaskRun& run : tasks_) {
    bits = bits << 8 | (run.active ? 1 + static_cast<std::uint64_t>(run.entry) : 0);
  }
  digest.Add(bits);
  bits = (advanced_ ? 1u : 0u) | (swap_waits_ ? 2u : 0u) | (known_offline_ ? 4u : 0u);
  for (const bool waits : watch_waits_) bits = bits << 1 | (waits ? 1 : 0);
  digest.Add(bits);
  for (const Requested& request : requests_) {
    digest.Add(static_cast<std::uint64_t>(request.entry) | (request.if_online ? 256u : 0u));
  }
  digest.Add((std::uint64_t{handles_.size()} << 32) | orphans_.size());
  if (Of(Task::kTerminate).active) digest.Add(static_cast<std::uint64_t>(terminating_.kind));
}

int Resource::Meaning(Ticket ticket) const {
  if (ticket == heartbeat_ && IsPending(status_.state)) return 1;
  for (int i = 0; i < kTasks; ++i) {
    const TaskRun& run = tasks_[static_cast<std::size_t>(i)];
    if (!run.active) continue;
    if (run.waiting == ticket) return 2 + i;
    if (run.deadline == ticket) return 2 + kTasks + i;
  }
  return std::ranges::find(orphans_, ticket, &Orphan::ticket) == orphans_.end() ? 0
                                                                                : 2 + 2 * kTasks;
}

int Resource::HolderOf(VolumeHandle volume) const {
  const auto it = std::ranges::find(handles_, volume, &OpenHandle::volume);
  return it == handles_.end() ? 0 : 1 + static_cast<int>(it->task);
}

bool Resource::Busy() const {
  return tasks_[Index(Task::kEntry)].active || tasks_[Index(Task::kTerminate)].active;
}

void Resource::Enter(ResourceState state, Cause cause) {
  assert(IsLegal(status_.state, state));
  const bool heartbeat = state == status_.state && IsPending(state);
  if (heartbeat) {
    ++status_.checkpoint;
  } else {
    status_.checkpoint = 0;
    status_.since = now_;
    status_.progress = {};
  }
  status_.state = state;
  status_.wait_hint = IsPending(state) ? limits::kHeartbeat * 2 : Duration{};
  status_.cause = std::move(cause);
  Emit(Report{status_});
}

// --- Tasks ---

void Resource::StartTask(Task task, EntryPoint entry, const Arguments& arguments) {
  TaskRun& run = Of(task);
  assert(!run.active);
  run = {.active = true, .entry = entry, .deadline = {}, .waiting = {}, .waiting_for = nullptr};
  Instant deadline = now_ + limits::kDurationMax;
  if (!IsWatch(task)) {  // a watch lives as long as the resource is online
    deadline = now_ + manifest_->Timeout(entry);
    run.deadline = NewTicket();
    EmitArm(run.deadline, deadline);
  }
  Run& effect = Emit<Run>();
  effect.task = task;
  effect.entry = entry;
  effect.arguments = arguments;
  effect.deadline = deadline;
}

void Resource::ResumeTask(Task task, const Reply& reply) {
  TaskRun& run = Of(task);
  run.waiting = {};
  advanced_ = true;
  if (const VolumeHandle* opened = OpenedHandle(reply)) handles_.push_back({task, *opened});
  Resume& effect = Emit<Resume>();
  effect.task = task;
  effect.reply = reply;
}

// The task is over, one way or another: what it left open is closed, what it waits for is orphaned.
void Resource::StopTask(Task task) {
  TaskRun& run = Of(task);
  if (run.waiting && run.waiting_for->name != TimerSleep::Info().name) {
    Disown(run.waiting, run.waiting_for->does.effect == OpEffect::kGivesBack);
  }
  run = {};
  std::erase_if(handles_, [&](const OpenHandle& open) {
    if (open.task != task) return false;
    const Ticket ticket = NewTicket();
    Disown(ticket, true);
    Emit(Submit{ticket, VolumeClose{open.volume}});
    return true;
  });
}

void Resource::CancelTask(Task task) {
  if (!Of(task).active) return;
  Emit(Cancel{task});
  StopTask(task);
}

void Resource::CancelWatches() {
  for (int n = 0; n < limits::kWatches; ++n) {
    if (std::exchange(watch_waits_[static_cast<std::size_t>(n)], false)) Emit(Cancel{Watch(n)});
    CancelTask(Watch(n));
  }
}

void Resource::On(const Yielded& e) {
  TaskRun& run = Of(e.task);
  if (!run.active) return;
  run.waiting = NewTicket();
  run.waiting_for = &Info(e.call);
  if (e.task == Task::kEntry) advanced_ = true;
  if (const auto* sleep = std::get_if<TimerSleep>(&e.call)) {
    EmitArm(run.waiting, now_ + std::max(sleep->duration, Duration{}));
    return;
  }
  if (outstanding() > limits::kOperationsOutstanding) {
    // Each one orphaned by a cancelled task still counts: a device that answers nothing must not
    // collect threads.
    ResumeTask(e.task, Failure(ErrorCode::kNotEnoughQuota,
                               std::to_string(limits::kOperationsOutstanding) +
                                   " operations of this resource have not been answered"));
    return;
  }
  if (const auto* close = std::get_if<VolumeClose>(&e.call)) {
    std::erase_if(handles_, [&](const OpenHandle& open) { return open.volume == close->volume; });
  }
  Submit& submit = Emit<Submit>();
  submit.ticket = run.waiting;
  submit.call = e.call;
}

void Resource::On(const Completed& e) {
  for (int i = 0; i < kTasks; ++i) {
    const TaskRun& run = tasks_[static_cast<std::size_t>(i)];
    if (run.active && run.waiting == e.ticket) return ResumeTask(static_cast<Task>(i), e.reply);
  }
  // Too late for its task. A handle that it opened would otherwise stay open for ever.
  const auto is_this = [&](const Orphan& orphan) { return orphan.ticket == e.ticket; };
  if (std::erase_if(orphans_, is_this) == 0) return;
  if (const VolumeHandle* opened = OpenedHandle(e.reply)) {
    const Ticket ticket = NewTicket();
    Disown(ticket, true);
    Emit(Submit{ticket, VolumeClose{*opened}});
  }
}

void Resource::On(const Due& e) {
  if (heartbeat_ == e.ticket) return Heartbeat();
  for (int i = 0; i < kTasks; ++i) {
    const TaskRun& run = tasks_[static_cast<std::size_t>(i)];
    if (!run.active) continue;
    if (run.waiting == e.ticket) return ResumeTask(static_cast<Task>(i), Success());
    if (run.deadline == e.ticket) return Expire(static_cast<Task>(i));
  }
}

void Resource::Expire(Task task) {
  const TaskRun run = Of(task);
  Cause cause{.kind = CauseKind::kDeadline, .entry = run.entry, .code = ErrorCode::kTimeout};
  cause.message = "no result within " + Text(manifest_->Timeout(run.entry));
  if (run.waiting) {
    cause.op = run.waiting_for->name;
    cause.message += ", waiting for " + cause.op;
  }
  Emit(Cancel{task});
  On(Returned{task, Verdict{false, std::move(cause)}});
}

void Resource::On(const WatchStarted& e) {
  assert(IsWatch(e.task));
  const auto n = Index(e.task) - Index(Task::kWatch);
  if (status_.state == ResourceState::kOnline) {
    StartTask(e.task, EntryPoint::kOnline, {});
  } else {
    watch_waits_[n] = true;
  }
}

void Resource::On(const Progressed& e) {
  advanced_ = true;
  status_.progress = e.text;
}

void Resource::Heartbeat() {
  if (!IsPending(status_.state) || !Of(Task::kEntry).active) return;
  if (std::exchange(advanced_, false)) Enter(status_.state, {});
  heartbeat_ = NewTicket();
  EmitArm(heartbeat_, now_ + limits::kHeartbeat);
}

// --- Entry points ---

void Resource::On(const Requested& e) {
  if (!Busy()) return Begin(e);
  const auto waits = std::ranges::find(requests_, e.entry, &Requested::entry);
  const bool runs =
      Of(Task::kEntry).active && Of(Task::kEntry).entry == e.entry && !Of(Task::kTerminate).active;
  if (waits != requests_.end()) waits->if_online = waits->if_online && e.if_online;
  if (waits != requests_.end() || runs) return;  // one answer serves both
  if (requests_.size() < limits::kRequestsWaiting) return requests_.push_back(e);
  Emit(Answer{e.entry,
              {false,
               {.kind = CauseKind::kProtocol,
                .entry = e.entry,
                .code = ErrorCode::kBusy,
                .message = "too many requests wait"}}});
}

// A request that needs no run: the resource is there already, or the policy leaves it to the
// default.
bool Resource::AnsweredAlready(const Requested& request) {
  const EntryPoint entry = request.entry;
  if (entry == EntryPoint::kOnline && status_.state == ResourceState::kOnline) {
    Emit(Answer{entry, {}});
    return true;
  }
  if (entry == EntryPoint::kOffline && status_.state == ResourceState::kOffline && known_offline_) {
    Emit(Answer{entry, {}});
    return true;
  }
  if (manifest_->Has(entry)) return false;
  EndEntry(entry, entry == EntryPoint::kLooksAlive ? Verdict(last_verdict_) : Verdict{});
  return true;
}

void Resource::Begin(const Requested& request) {
  if (request.if_online && status_.state != ResourceState::kOnline) return;
  if (AnsweredAlready(request)) return;
  const EntryPoint entry = request.entry;
  ++attempts_[static_cast<std::size_t>(entry)];
  if (entry == EntryPoint::kOnline) known_offline_ = false;
  if (entry == EntryPoint::kOffline || entry == EntryPoint::kClose) CancelWatches();
  if (entry == EntryPoint::kOnline || entry == EntryPoint::kOffline) {
    Enter(entry == EntryPoint::kOnline ? ResourceState::kOnlinePending
                                       : ResourceState::kOfflinePending,
          {});
    advanced_ = false;
    heartbeat_ = NewTicket();
    EmitArm(heartbeat_, now_ + limits::kHeartbeat);
  }
  StartTask(Task::kEntry, entry, request.arguments);
}

void Resource::On(const Returned& e) {
  if (!Of(e.task).active) return;
  const EntryPoint entry = Of(e.task).entry;
  StopTask(e.task);
  if (IsKill(e.verdict.cause.kind)) {
    // One sandbox runs all tasks of a resource: they died together.
    CancelWatches();
    if (IsWatch(e.task)) On(Returned{Task::kEntry, e.verdict});
  }
  Verdict verdict = e.verdict;
  verdict.cause.entry = entry;
  if (e.task == Task::kTerminate) {
    EndTerminate(verdict);
  } else if (IsWatch(e.task)) {
    // A watch that ends is a failure found without a poll, as SignalFailure reports it.
    if (verdict.ok) {
      verdict.cause = {.kind = CauseKind::kUnhealthy,
                       .code = ErrorCode::kResourceFailed,
                       .message = "the watch ended"};
    }
    verdict.ok = false;
    verdict.cause.entry = EntryPoint::kIsAlive;
    EmitAnswer(EntryPoint::kIsAlive, std::move(verdict));
  } else {
    verdict.cause.attempt = attempts_[static_cast<std::size_t>(entry)];
    EndEntry(entry, std::move(verdict));
  }
  Next();
}

void Resource::EndEntry(EntryPoint entry, Verdict&& verdict) {
  if (verdict.ok) attempts_[static_cast<std::size_t>(entry)] = 0;
  switch (entry) {
    case EntryPoint::kOpen:
      if (status_.state == ResourceState::kInitializing) {
        Enter(verdict.ok ? ResourceState::kOffline : ResourceState::kFailed, verdict.cause);
      }
      break;
    case EntryPoint::kOnline:
      if (!verdict.ok) {
        CancelWatches();
        Enter(ResourceState::kFailed, verdict.cause);
        break;
      }
      health_.Reset();
      last_verdict_ = {};
      Enter(ResourceState::kOnline, {});
      for (int n = 0; n < limits::kWatches; ++n) {
        if (std::exchange(watch_waits_[static_cast<std::size_t>(n)], false)) {
          StartTask(Watch(n), EntryPoint::kOnline, {});
        }
      }
      break;
    case EntryPoint::kOffline:
      known_offline_ = verdict.ok;
      Enter(verdict.ok ? ResourceState::kOffline : ResourceState::kFailed, verdict.cause);
      break;
    case EntryPoint::kLooksAlive:
    case EntryPoint::kIsAlive:
      return EndPoll(entry, std::move(verdict));
    default:
      break;
  }
  EmitAnswer(entry, std::move(verdict));
}

// LooksAlive is a hint that IsAlive follows up at once, so only IsAlive is filtered. A killed
// sandbox is no matter of health: it fails the resource at once.
void Resource::EndPoll(EntryPoint entry, Verdict&& verdict) {
  if (entry == EntryPoint::kIsAlive && filters_health_) {
    last_verdict_ = verdict;
    health_before_ = health_;
    const bool healthy = health_.Take(verdict.ok, manifest_->health);
    if (!IsKill(verdict.cause.kind) && healthy && !verdict.ok) {
      const Health& health = manifest_->health;
      Emit(Note{Level::kWarning, Text(verdict.cause) + "; tolerated, " +
                                     std::to_string(health_.bad(health)) + " of " +
                                     std::to_string(health.fail_after) + " that fail it"});
      verdict = {};
    } else if (verdict.ok && !healthy) {
      verdict = {false,
                 {.kind = CauseKind::kUnhealthy,
                  .entry = entry,
                  .message = "not yet healthy long enough"}};
    }
  }
  EmitAnswer(entry, std::move(verdict));
}

void Resource::On(const Terminated& e) {
  if (Of(Task::kTerminate).active) {
    requests_.clear();  // a second one ends what was asked for since, and changes nothing else
    return;
  }
  terminating_ = e.cause;
  if (Of(Task::kEntry).active) {
    const EntryPoint entry = Of(Task::kEntry).entry;
    CancelTask(Task::kEntry);
    Cause cancelled = e.cause;
    cancelled.code = ErrorCode::kOperationAborted;
    Emit(Answer{entry, {false, std::move(cancelled)}});
  }
  CancelWatches();
  requests_.clear();
  const bool failure = e.cause.kind != CauseKind::kOperator && e.cause.kind != CauseKind::kShutdown;
  if (failure && status_.state != ResourceState::kFailed) Enter(ResourceState::kFailed, e.cause);
  if (!manifest_->Has(EntryPoint::kTerminate)) {
    EndTerminate({});
    return Next();
  }
  StartTask(Task::kTerminate, EntryPoint::kTerminate, {});
}

void Resource::EndTerminate(const Verdict& verdict) {
  known_offline_ = false;  // what could be ended is; that it is offline only offline can say
  if (!verdict.ok) {
    Emit(Note{Level::kError, "terminate did not succeed: " + Text(verdict.cause)});
    if (status_.state != ResourceState::kFailed) Enter(ResourceState::kFailed, verdict.cause);
  } else if (status_.state != ResourceState::kFailed && status_.state != ResourceState::kOffline) {
    Enter(ResourceState::kOffline, terminating_);
  }
  Emit(Answer{EntryPoint::kTerminate, verdict});
}

void Resource::On(const PolicyReady&) {
  swap_waits_ = true;
  Next();
}

void Resource::Next() {
  if (Busy()) return;
  if (std::exchange(swap_waits_, false)) {
    // Watches are the old version's code. The new one starts its own where it wants them.
    CancelWatches();
    Emit(Swap{});
  }
  while (!requests_.empty() && !Busy()) {
    const Requested next = std::move(requests_.front());
    requests_.erase(requests_.begin());
    Begin(next);
  }
}

}  // namespace tidegate
