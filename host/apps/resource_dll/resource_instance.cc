// The entry points of a resource.
#include "host/apps/resource_dll/resource_instance.h"

#include <chrono>
#include <utility>

#include "host/core/text.h"
#include "host/env/clock.h"

namespace tidegate {
namespace {

constexpr std::chrono::nanoseconds kWait{limits::kEntryPointWait.ns};

// What the cluster is told of a verdict.
abi::Dword CodeOf(const Verdict& verdict) {
  if (verdict.ok) return abi::kSuccess;
  const auto code = static_cast<abi::Dword>(verdict.cause.code);
  const bool says_failed = code != abi::kSuccess && code != abi::kIoPending;
  return says_failed ? code : static_cast<abi::Dword>(ErrorCode::kResourceFailed);
}

constexpr abi::Dword Number(ErrorCode code) { return static_cast<abi::Dword>(code); }

}  // namespace

ResourceInstance::~ResourceInstance() {
  if (event_ != nullptr) parts_.system->CloseEvent(event_);
}

abi::Dword ResourceInstance::Online(Arguments arguments, abi::Handle* event) {
  if (event != nullptr) *event = nullptr;
  return Begin(EntryPoint::kOnline, arguments, event);
}

abi::Dword ResourceInstance::Begin(EntryPoint entry, const Arguments& arguments,
                                   abi::Handle* event) {
  auto op = std::make_shared<Operation>(entry);
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) return abi::kResourceNotFound;
    if (operation_ != nullptr && !operation_->ended) return Number(ErrorCode::kInvalidState);
    operation_ = op;
    const bool online = entry == EntryPoint::kOnline;
    phase_ = online ? Phase::kOnlinePending : Phase::kOfflinePending;
    maintenance_ = false;
    for (LastVerdict& last : last_) last.Clear();
    polls_ = {};
    if (online) last_cause_ = {};
    if (online && event_ != nullptr) parts_.system->SetEvent(event_, false);
  }
  const bool started =
      jobs().Start([self = shared_from_this(), op, arguments] { self->Perform(op, arguments); });
  if (!started) {
    Verdict refused{false,
                    {.kind = CauseKind::kProtocol, .entry = entry, .code = ErrorCode::kBusy}};
    refused.cause.message = "too many policies are being read, or the system gives no thread";
    End(op, refused, false);
  }
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kWait, [&] { return op->ended || op->yielded; });
  if (op->ended) {
    if (event != nullptr) *event = op->event;
    return op->code;
  }
  op->pending = true;
  return abi::kIoPending;
}

void ResourceInstance::End(const std::shared_ptr<Operation>& op, const Verdict& verdict,
                           bool watching) {
  const bool online = op->entry == EntryPoint::kOnline;
  abi::ResourceStatusEx status;
  bool report = false;
  {
    const std::scoped_lock lock(mutex_);
    if (op->ended) return;
    op->ended = true;
    op->code = CodeOf(verdict);
    phase_ = !verdict.ok ? Phase::kFailed : online ? Phase::kOnline : Phase::kOffline;
    if (!verdict.ok) last_cause_ = verdict.cause;
    if (online && verdict.ok) {
      for (LastVerdict& last : last_) last.Set(true, MonotonicNow());
      if (watching && event_ == nullptr) event_ = parts_.system->MakeEvent();
      if (watching) op->event = event_;
    }
    report = op->pending;
    const ResourceState state = !verdict.ok ? ResourceState::kFailed
                                : online    ? ResourceState::kOnline
                                            : ResourceState::kOffline;
    status.state = static_cast<std::int32_t>(state);
    status.checkpoint = ++op->checkpoint;
    status.event = op->event;
    status.application_error = op->code;
    changed_.notify_all();
  }
  if (!verdict.ok) Log(Level::kError, Text(verdict.cause));
  if (report && !silent_) (void)parts_.monitor.Report(parts_.handle, status);
}

void ResourceInstance::OnStatus(const Status& status) {
  if (!IsPending(status.state)) return;  // the end is told with its verdict
  abi::ResourceStatusEx report;
  bool news = false;
  {
    const std::scoped_lock lock(mutex_);
    const std::shared_ptr<Operation> op = operation_;
    if (op == nullptr || op->ended || !op->asked) return;
    news = !status.progress.empty() && op->progress != status.progress;
    op->progress = status.progress;
    if (op->pending) report.checkpoint = ++op->checkpoint;
    report.state = static_cast<std::int32_t>(status.state);
    report.wait_hint = static_cast<abi::Dword>(status.wait_hint.ns / 1'000'000);
  }
  if (news) Log(Level::kInformation, status.progress);
  if (report.checkpoint == 0 || silent_) return;
  if (parts_.monitor.Report(parts_.handle, report)) return;
  Abort({.kind = CauseKind::kOperator, .message = "the Resource Monitor ends the operation"});
}

bool ResourceInstance::Poll(EntryPoint entry) {
  if (maintenance_) return true;
  if (const std::optional<bool> fresh = LastOf(entry).Fresh(MonotonicNow())) return *fresh;
  std::unique_lock lock(mutex_);
  if (phase_ == Phase::kOnlinePending || phase_ == Phase::kOfflinePending) return true;
  if (phase_ != Phase::kOnline || !hosted_) return false;
  PollRun& run = RunOf(entry);
  const std::uint64_t answers = run.answers;
  const Duration timeout = hosted_->policy->manifest.Timeout(entry);
  if (!run.asked) {
    run.asked = MonotonicNow();
    parts_.host->Run(hosted_->id, [lane = hosted_->lane, entry] { lane->Request(entry); });
  }
  ++run.waiting;
  changed_.wait_for(lock, kWait,
                    [&] { return run.answers != answers || phase_ != Phase::kOnline; });
  if (run.waiting > 0) --run.waiting;
  if (phase_ != Phase::kOnline) return false;
  if (run.answers != answers) return run.ok;
  // The last verdict stands for as long as the policy may take for the next one, and no longer.
  const bool stale = run.asked && MonotonicNow() - *run.asked > timeout + limits::kEntryPointWait;
  return run.ok && !stale;
}

abi::Dword ResourceInstance::Arbitrate(abi::QuorumResourceLost lost) {
  const Instant until = MonotonicNow() + limits::kEntryPointWait;
  if (const Outcome hosted = HostNow(); !hosted) {
    Log(Level::kError, "arbitrate: " + hosted.error().detail);
    return Number(hosted.error().code);
  }
  const std::shared_ptr<const LoadedPolicy> policy = running();
  if (policy == nullptr || !policy->manifest.Has(EntryPoint::kArbitrate)) {
    return abi::kNotQuorumCapable;
  }
  const std::optional<Verdict> verdict = AskAndWait(EntryPoint::kArbitrate, until - MonotonicNow());
  if (!verdict) {
    // Queued behind it: what is won too late is given back.
    (void)Ask(EntryPoint::kRelease, {}, [](const Verdict&) {});
    return Number(ErrorCode::kResourceNotAvailable);
  }
  const std::scoped_lock lock(mutex_);
  quorum_lost_ = verdict->ok ? lost : nullptr;
  return CodeOf(*verdict);
}

// A cluster may arbitrate for a resource that was never online here.
Outcome ResourceInstance::HostNow() {
  if (running() != nullptr) return Ok();
  const auto prepared = std::make_shared<std::optional<Outcome>>();
  const bool started = jobs().Start([self = shared_from_this(), prepared] {
    const std::scoped_lock hosting(self->hosting_);
    Outcome outcome =
        self->running() != nullptr ? Ok() : self->Prepare(Operation(EntryPoint::kOnline));
    const std::scoped_lock lock(self->mutex_);
    *prepared = std::move(outcome);
    self->changed_.notify_all();
  });
  const Error late{ErrorCode::kResourceNotAvailable, "", "its policy is not read yet"};
  if (!started) return late;
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kWait, [&] { return prepared->has_value(); });
  return *prepared ? **prepared : Outcome(late);
}

abi::Dword ResourceInstance::Release() {
  {
    const std::scoped_lock lock(mutex_);
    quorum_lost_ = nullptr;
  }
  const std::optional<Verdict> verdict = AskAndWait(EntryPoint::kRelease, limits::kEntryPointWait);
  return verdict ? CodeOf(*verdict) : Number(ErrorCode::kResourceCallTimedOut);
}

std::shared_ptr<const LoadedPolicy> ResourceInstance::running() const {
  const std::scoped_lock lock(mutex_);
  return hosted_ ? hosted_->policy : nullptr;
}

std::string ResourceInstance::last_reason() const {
  const std::scoped_lock lock(mutex_);
  return last_cause_ ? Text(last_cause_) : std::string();
}

bool ResourceInstance::InUse() const {
  const std::scoped_lock lock(mutex_);
  return phase_ != Phase::kOffline;
}

bool ResourceInstance::IsOnline() const {
  const std::scoped_lock lock(mutex_);
  return phase_ == Phase::kOnline;
}

bool ResourceInstance::SetMaintenance(bool on) {
  const std::scoped_lock lock(mutex_);
  if (phase_ != Phase::kOnline) return false;
  maintenance_ = on;
  // What was true before the maintenance need not be true after it.
  for (LastVerdict& last : last_) last.Clear();
  if (on && hosted_) {
    (void)jobs().Start([host = parts_.host, id = hosted_->id] { host->Rest(id); });
  }
  return true;
}

void ResourceInstance::Log(Level level, std::string_view text) const {
  if (!silent_) parts_.monitor.Log(parts_.handle, level, text);
}

}  // namespace tidegate
