// Polling, PendingTimeout, DeadlockTimeout and the restart policy.
#include "host/core/monitor.h"

#include <algorithm>
#include <utility>

namespace tidegate {

void Monitor::Set(Timer& timer, Instant due) {
  timer = {{++last_ticket_}, due};
  Emit(Arm{timer.ticket, due});
}

bool Monitor::settled() const {
  if (terminating_ || IsPending(state_) || (restart_.ticket && !gave_up_)) return false;
  return wants_online_ ? state_ == ResourceState::kOnline || gave_up_
                       : state_ != ResourceState::kOnline;
}

void Monitor::Describe(Digest& digest, Instant now) const {
  digest.Add(static_cast<std::uint64_t>(state_));
  for (const bool b : {wants_online_, terminating_, asked_is_alive_, gave_up_}) {
    digest.Add(b ? 1 : 0);
  }
  digest.Add(wants_online_ ? failures_.size() : 0);  // asked to, it counts from zero
  for (const Timer* timer : {&looks_alive_, &is_alive_, &progress_, &answer_, &restart_}) {
    digest.Add(timer->ticket ? static_cast<std::uint64_t>((timer->due - now).ns) : ~0ull);
  }
}

Effects Monitor::Begin(Instant now) {
  Effects out;
  Collect(out, now);
  Emit(Ask{EntryPoint::kOpen});
  return out;
}

Effects Monitor::Want(bool online, const Cause& cause, Instant now) {
  Effects out;
  Collect(out, now);
  wants_online_ = online;
  failures_.clear();
  gave_up_ = false;
  Stop(restart_);
  switch (state_) {
    case ResourceState::kInitializing:
    case ResourceState::kOfflinePending:
      break;  // decided when it is done
    case ResourceState::kOnlinePending:
      if (!online && !terminating_) {
        terminating_ = true;
        Emit(Terminate{cause});
      }
      break;
    case ResourceState::kOnline:
      if (online) break;
      StopPolling();
      Emit(Ask{EntryPoint::kOffline});
      break;
    default:  // Offline, Failed: asking for what is there already is harmless
      if (online && !terminating_) Emit(Ask{EntryPoint::kOnline});
      if (!online && state_ == ResourceState::kFailed && !terminating_) {
        Emit(Ask{EntryPoint::kOffline});
      }
      break;
  }
  return out;
}

Effects Monitor::On(const Status& status, Instant now) {
  Effects out;
  Collect(out, now);
  const bool entered = status.state != state_;
  const bool opened = state_ == ResourceState::kInitializing;
  const bool rose = status.checkpoint > checkpoint_;
  state_ = status.state;
  checkpoint_ = status.checkpoint;
  if (IsPending(state_)) {
    if (entered || rose) {
      const Instant due = now + std::min(settings_.pending_timeout, settings_.deadlock_timeout);
      if (progress_.ticket) {
        progress_.due = due;  // the armed timer finds out when it comes due
      } else {
        Set(progress_, due);
      }
    }
    if (entered) StopPolling();
    return out;
  }
  Stop(progress_);
  if (!entered) return out;
  switch (state_) {
    case ResourceState::kOnline:
      gave_up_ = false;
      Set(looks_alive_, now + settings_.looks_alive_poll_interval);
      Set(is_alive_, now + settings_.is_alive_poll_interval);
      if (!wants_online_) Emit(Ask{EntryPoint::kOffline});
      break;
    case ResourceState::kOffline:
      StopPolling();
      if (wants_online_ && !terminating_) Emit(Ask{EntryPoint::kOnline});
      // A host that was killed may have left it online: nobody has looked yet.
      if (!wants_online_ && opened) Emit(Ask{EntryPoint::kOffline});
      break;
    default:
      Failed(status);
  }
  return out;
}

void Monitor::StopPolling() {
  Stop(looks_alive_);
  Stop(is_alive_);
  Stop(answer_);
  asked_is_alive_ = false;
}

// A resource that failed is terminated before anything else, so that nothing of it is left running.
void Monitor::Failed(const Status& status) {
  StopPolling();
  if (terminating_) return;
  terminating_ = true;
  Emit(Terminate{status.cause});
}

Effects Monitor::On(const Answer& answer, Instant now) {
  Effects out;
  Collect(out, now);
  switch (answer.entry) {
    case EntryPoint::kTerminate:
      AfterTerminate();
      break;
    case EntryPoint::kLooksAlive:
      if (state_ != ResourceState::kOnline) break;
      if (!asked_is_alive_) Stop(answer_);
      if (answer.verdict.ok || asked_is_alive_ || terminating_) break;
      Poll(EntryPoint::kIsAlive, is_alive_, settings_.is_alive_poll_interval);
      break;
    case EntryPoint::kIsAlive:
      asked_is_alive_ = false;
      Stop(answer_);
      if (state_ != ResourceState::kOnline || answer.verdict.ok || terminating_) break;
      StopPolling();
      terminating_ = true;
      Emit(Terminate{answer.verdict.cause});
      break;
    default:
      break;
  }
  return out;
}

void Monitor::Poll(EntryPoint entry, Timer& timer, Duration interval) {
  Emit(Ask{entry});
  Set(timer, std::max(timer.due + interval, now_ + interval / 2));
  Await(entry);
}

Effects Monitor::Look(EntryPoint poll, Instant now) {
  Effects out;
  Collect(out, now);
  if (state_ != ResourceState::kOnline || terminating_) return out;
  Emit(Ask{poll, true});
  Await(poll);
  return out;
}

void Monitor::Await(EntryPoint poll) {
  if (poll == EntryPoint::kIsAlive) asked_is_alive_ = true;
  const Instant due = now_ + settings_.deadlock_timeout;
  if (answer_.ticket) {
    answer_.due = due;
  } else {
    Set(answer_, due);
  }
}

Effects Monitor::On(const Due& due, Instant now) {
  Effects out;
  Collect(out, now);
  const auto is = [&](const Timer& timer) { return timer.ticket == due.ticket; };
  if (is(looks_alive_)) {
    Poll(EntryPoint::kLooksAlive, looks_alive_, settings_.looks_alive_poll_interval);
  } else if (is(is_alive_)) {
    Poll(EntryPoint::kIsAlive, is_alive_, settings_.is_alive_poll_interval);
  } else if (is(progress_) || is(answer_)) {
    Timer& timer = is(progress_) ? progress_ : answer_;
    if (timer.due > now) {
      Set(timer, timer.due);
      return out;
    }
    const bool pending = is(progress_);
    Stop(timer);
    terminating_ = true;
    Cause cause{.kind = pending ? CauseKind::kNoProgress : CauseKind::kDeadlock};
    cause.entry = !pending                                  ? EntryPoint::kIsAlive
                  : state_ == ResourceState::kOnlinePending ? EntryPoint::kOnline
                                                            : EntryPoint::kOffline;
    cause.code = ErrorCode::kResourceCallTimedOut;
    cause.message = pending
                        ? "pending without progress for PendingTimeout, " +
                              Text(std::min(settings_.pending_timeout, settings_.deadlock_timeout))
                        : "no answer for DeadlockTimeout, " + Text(settings_.deadlock_timeout);
    Emit(Terminate{std::move(cause)});
  } else if (is(restart_)) {
    Stop(restart_);
    if (gave_up_) failures_.clear();  // RetryPeriodOnFailure: start over
    gave_up_ = false;
    ++restarts_;
    Emit(Ask{EntryPoint::kOnline});
  }
  return out;
}

void Monitor::AfterTerminate() {
  terminating_ = false;
  if (!wants_online_) return;
  if (state_ == ResourceState::kFailed) {
    Restart();
  } else if (state_ == ResourceState::kOffline) {
    Emit(Ask{EntryPoint::kOnline});  // asked for again while it was being terminated
  }
}

void Monitor::Restart() {
  if (settings_.restart_action == RestartAction::kDontRestart) {
    gave_up_ = true;
    Emit(Note{Level::kError, "failed and stays so: RestartAction is 0"});
    return;
  }
  std::erase_if(failures_, [&](Instant then) { return now_ - then > settings_.restart_period; });
  failures_.push_back(now_);
  const std::string count = std::to_string(failures_.size()) + " of " +
                            std::to_string(settings_.restart_threshold) + " within " +
                            Text(settings_.restart_period);
  if (failures_.size() <= settings_.restart_threshold) {
    Emit(Note{Level::kWarning, "restart " + count + ", in " + Text(settings_.restart_delay)});
    Set(restart_, now_ + settings_.restart_delay);
    return;
  }
  gave_up_ = true;
  const bool move = settings_.restart_action == RestartAction::kRestartNotify;
  Emit(Note{Level::kError, "restart threshold passed (" +
                               std::to_string(settings_.restart_threshold) + " within " +
                               Text(settings_.restart_period) + "); " +
                               (move ? "no other node to move it to; " : "stays failed; ") +
                               "next try in " + Text(settings_.retry_period_on_failure)});
  Set(restart_, now_ + settings_.retry_period_on_failure);
}

}  // namespace tidegate
