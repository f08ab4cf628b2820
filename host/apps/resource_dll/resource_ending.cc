// How a resource ends: Terminate, Cancel and Close, and letting go of its lane.
//
// Terminate has three steps, within ClusterWait of the policy in all. Whoever waits for the
// resource is told that it was aborted, the I/O under way is cancelled, and the policy's terminate
// runs. When that has answered, what was cancelled is waited for: a driver may keep a request for a
// while. And if such a request came back only after terminate had answered, terminate runs once
// more, because the request may have brought online what terminate had just taken offline.
//
// A terminate that runs is never cancelled by another one: that drops what was asked for since, and
// waits with the first.
//
// Close terminates what may be online, asks for the policy's close, and lets go of the lane when
// nothing of it is under way and resource.state is on disk. It does so on a job's thread, so that
// the cluster waits no longer than that; the job then goes on by itself.
#include <chrono>
#include <utility>

#include "host/apps/resource_dll/resource_instance.h"
#include "host/core/cluster_wait.h"
#include "host/core/text.h"
#include "host/env/clock.h"

namespace tidegate {
namespace {

// How often what is under way is looked at: at first as a healthy device answers, then as a driver
// that takes its time.
constexpr Duration kLookSoon = Milliseconds(1);
constexpr Duration kLookLate = Milliseconds(20);

std::chrono::nanoseconds Chrono(Duration d) { return std::chrono::nanoseconds(d.ns); }

bool IsTerminated(const Lane& lane) { return lane.abandoned() == 0 && !lane.terminating(); }

bool IsAtRest(const Lane& lane) { return lane.abandoned() == 0 && !lane.busy() && !lane.saving(); }

}  // namespace

Duration ResourceInstance::Patience() const {
  const std::scoped_lock lock(mutex_);
  return hosted_ ? ClusterWait(hosted_->policy->manifest) : limits::kTerminateTimeout;
}

void ResourceInstance::Terminate() {
  Cause cause{.kind = CauseKind::kOperator, .message = "the cluster terminates the resource"};
  {
    const std::scoped_lock lock(mutex_);
    if (last_cause_) cause = last_cause_;
  }
  TerminateAndWait(cause);
}

void ResourceInstance::TerminateAndWait(const Cause& cause) {
  const Duration wait = Patience();
  const Instant until = MonotonicNow() + wait;
  for (bool again = true; again;) {
    const auto ended = std::make_shared<bool>(false);
    std::optional<Hosted> hosted;
    {
      const std::scoped_lock lock(mutex_);
      hosted = hosted_;
      if (hosted) {
        asked_[Index(EntryPoint::kTerminate)].push_back(
            [self = shared_from_this(), ended](const Verdict&) {
              const std::scoped_lock answered(self->mutex_);
              *ended = true;
              self->changed_.notify_all();
            });
      }
    }
    Abort(cause);
    if (!hosted) return;
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, Chrono(until - MonotonicNow()), [&] { return *ended; })) break;
    lock.unlock();
    if (!AwaitLane(*hosted, &IsTerminated, until)) break;
    lock.lock();
    again = still_acts_ && hosted->policy->manifest.Has(EntryPoint::kTerminate);
    if (!again) return;
  }
  Log(Level::kError,
      "not terminated after " + Text(wait) +
          ", which goes on: until it has ended, the volume may still be in use here");
}

// Tells those who wait, and has the policy's terminate run. Waits for nothing.
void ResourceInstance::Abort(const Cause& cause) {
  std::optional<Hosted> hosted;
  std::vector<OnVerdict> waiting;
  {
    const std::scoped_lock lock(mutex_);
    if (operation_ != nullptr && !operation_->ended) {
      operation_->ended = true;
      operation_->code = static_cast<abi::Dword>(ErrorCode::kOperationAborted);
    }
    phase_ = Phase::kOffline;
    maintenance_ = false;
    for (LastVerdict& last : last_) last.Clear();
    polls_ = {};
    waiting = TakeAsked();
    hosted = hosted_;
    changed_.notify_all();
  }
  TellAborted(waiting);
  if (!hosted) return;
  Rest(hosted->id);
  parts_.host->Run(hosted->id, [host = parts_.host, id = hosted->id, lane = hosted->lane, cause] {
    // Before the policy hears of it: terminate's own I/O must not be caught, nor that of one that
    // runs already.
    if (!lane->terminating()) host->CancelIo(id);
    lane->Kill(cause);
  });
}

// Closes what is kept between polls, on another thread: that may block.
void ResourceInstance::Rest(tidegate::ResourceId id) {
  const auto rested = [self = shared_from_this()] {
    const std::scoped_lock lock(self->mutex_);
    --self->resting_;
    self->changed_.notify_all();
  };
  {
    const std::scoped_lock lock(mutex_);
    ++resting_;
  }
  const bool started = jobs().Start([host = parts_.host, id, rested] {
    host->Rest(id);
    rested();
  });
  if (!started) rested();
}

// Looks, in the lane's turn, until `is_so`, and until drivers have given back what was cancelled.
// False: not by `until`.
bool ResourceInstance::AwaitLane(const Hosted& hosted, bool (*is_so)(const Lane&), Instant until) {
  const auto is_gone = [&] { return !hosted_ || hosted_->id != hosted.id; };
  for (Duration pause = kLookSoon;; pause = std::min(pause * 2, kLookLate)) {
    const auto seen = std::make_shared<std::optional<bool>>();
    parts_.host->Run(hosted.id, [self = shared_from_this(), lane = hosted.lane, is_so, seen] {
      const bool so = is_so(*lane);
      const std::scoped_lock lock(self->mutex_);
      *seen = so;
      self->changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, Chrono(until - MonotonicNow()),
                      [&] { return seen->has_value() || is_gone(); });
    if (is_gone()) return true;  // somebody else has let go of it, and waited
    const bool drivers_done = resting_ == 0 && parts_.host->LeftBehind(hosted.id) == 0;
    if (seen->value_or(false) && drivers_done) return true;
    if (MonotonicNow() >= until) return false;
    changed_.wait_for(lock, Chrono(pause));
  }
}

// Those who wait for the policy wait in vain, except for its terminate. With the lock held.
std::vector<ResourceInstance::OnVerdict> ResourceInstance::TakeAsked() {
  std::vector<OnVerdict> all;
  for (std::size_t i = 0; i < kEntryPoints; ++i) {
    if (i == Index(EntryPoint::kTerminate)) continue;
    for (OnVerdict& done : asked_[i]) all.push_back(std::move(done));
    asked_[i].clear();
  }
  return all;
}

void ResourceInstance::TellAborted(const std::vector<OnVerdict>& waiting) {
  Verdict aborted{false, {.kind = CauseKind::kOperator}};
  aborted.cause.code = ErrorCode::kOperationAborted;
  aborted.cause.message = "the resource was terminated";
  for (const OnVerdict& done : waiting) done(aborted);
}

// Cancelled is not terminated: the cluster waits for the end to be reported.
abi::Dword ResourceInstance::Cancel() {
  std::shared_ptr<Operation> op;
  {
    const std::scoped_lock lock(mutex_);
    op = operation_;
    if (op == nullptr || op->ended) return abi::kSuccess;
  }
  Verdict cancelled{false, {.kind = CauseKind::kOperator, .entry = op->entry}};
  cancelled.cause.code = ErrorCode::kCancelled;
  cancelled.cause.message = "the cluster cancels it";
  End(op, cancelled, false);
  Abort(cancelled.cause);
  return abi::kSuccess;
}

void ResourceInstance::Close(std::function<void()> done) {
  bool in_use = false;
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    in_use = phase_ != Phase::kOffline;
    if (operation_ != nullptr && !operation_->ended) {
      operation_->ended = true;
      operation_->code = static_cast<abi::Dword>(ErrorCode::kOperationAborted);
    }
    changed_.notify_all();
  }
  const auto close = [self = shared_from_this(), in_use, done] {
    if (in_use) {
      self->TerminateAndWait({.kind = CauseKind::kShutdown, .message = "the resource is closed"});
    }
    {
      const std::scoped_lock hosting(self->hosting_);
      self->LetGo();
    }
    self->parts_.host->versions().Forget(self->parts_.name);
    done();
  };
  if (!jobs().Start(close)) close();  // no thread to be had: better late than never
}

// Lets go of the lane, which is not online, when it is done; with hosting_ held.
void ResourceInstance::LetGo() {
  std::optional<Hosted> hosted;
  {
    const std::scoped_lock lock(mutex_);
    hosted = hosted_;
  }
  if (!hosted) return;
  const Manifest& manifest = hosted->policy->manifest;
  (void)AskAndWait(EntryPoint::kClose, manifest.Timeout(EntryPoint::kClose) + Seconds(1));
  if (!AwaitLane(*hosted, &IsAtRest, MonotonicNow() + ClusterWait(manifest))) {
    Log(Level::kError,
        "let go of, but something that it asked for is still under way; resource.state may be "
        "older");
  }
  {
    const std::scoped_lock lock(mutex_);
    hosted_.reset();
  }
  parts_.host->Remove(hosted->id);
  std::vector<OnVerdict> waiting;
  {
    const std::scoped_lock lock(mutex_);
    waiting = TakeAsked();
    for (OnVerdict& terminated : asked_[Index(EntryPoint::kTerminate)]) {
      waiting.push_back(std::move(terminated));
    }
    asked_[Index(EntryPoint::kTerminate)].clear();
    changed_.notify_all();
  }
  TellAborted(waiting);
  Swapped(Error{ErrorCode::kOperationAborted, "", "the resource was closed"});
  NotProved();
}

}  // namespace tidegate
