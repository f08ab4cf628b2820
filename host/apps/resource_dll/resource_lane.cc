// A resource's lane: making it, asking it, hearing from it, letting go of it.
#include <chrono>
#include <utility>

#include "host/apps/resource_dll/private_properties.h"
#include "host/apps/resource_dll/resource_instance.h"
#include "host/core/text.h"
#include "host/core/trace.h"
#include "host/env/clock.h"

namespace tidegate {
namespace {

std::chrono::nanoseconds Chrono(Duration d) { return std::chrono::nanoseconds(d.ns); }

Verdict Failed(EntryPoint entry, const Error& error) {
  Verdict verdict{false, {.kind = CauseKind::kPolicyError, .entry = entry, .code = error.code}};
  verdict.cause.message = error.detail;
  return verdict;
}

}  // namespace

void ResourceInstance::Perform(const std::shared_ptr<Operation>& op, const Arguments& arguments) {
  const std::scoped_lock hosting(hosting_);
  if (const Outcome prepared = Prepare(*op); !prepared) {
    return End(op, Failed(op->entry, prepared.error()), false);
  }
  Hosted hosted;
  {
    const std::scoped_lock lock(mutex_);
    if (op->ended) return;
    if (!hosted_) {  // nothing was ever online here, and nobody said what could be
      op->asked = true;
    } else {
      hosted = *hosted_;
    }
  }
  if (hosted.lane == nullptr) return End(op, {}, false);
  parts_.host->Rest(hosted.id);
  parts_.host->Run(hosted.id, [self = shared_from_this(), op, arguments, lane = hosted.lane] {
    {
      const std::scoped_lock lock(self->mutex_);
      if (op->ended) return;  // terminated meanwhile
      op->asked = true;
    }
    lane->Request(op->entry, arguments);
    const std::scoped_lock lock(self->mutex_);
    op->yielded = true;
    self->changed_.notify_all();
  });
}

// Sees to it that the lane runs the policy and the properties that are stored now.
Outcome ResourceInstance::Prepare(const Operation& op) {
  const bool online = op.entry == EntryPoint::kOnline;
  const std::shared_ptr<const LoadedPolicy> now = running();
  if (!online && now != nullptr) return Ok();  // what brought it online takes it offline
  const Result<Properties> stored = parts_.parameters->Read();
  if (!stored) return stored.error();
  const Result<Properties> ours = TypedValues(PrivateSpecs({}), *stored);
  if (!ours) return ours.error();
  const std::string path = TextOf(*ours, kPolicyPath);
  if (!online && path.empty()) return Ok();
  const PolicyResult policy = LoadPolicy(path);
  if (!policy) return policy.error();
  if (const Outcome same = CheckDigest(*ours, **policy); !same) return same;
  const Result<Grants> grants = GrantsIn(*ours);
  if (!grants) return grants.error();
  if (const Outcome granted = CheckGranted(*grants, **policy); online && !granted) return granted;
  Result<Properties> values = TypedValues((*policy)->manifest.properties, *stored);
  if (!values) return values.error();
  {
    const std::scoped_lock lock(mutex_);
    if (closed_ || op.ended) return Error{ErrorCode::kOperationAborted, "", "terminated"};
    if (hosted_ && hosted_->policy == *policy && hosted_->properties == *values &&
        hosted_->grants == *grants) {
      return Ok();
    }
  }
  if (now != nullptr) LetGo();
  Result<Hosted> hosted = Host(*policy, std::move(*values), *grants);
  if (!hosted) return hosted.error();
  Serves(*hosted);
  {
    const std::scoped_lock lock(mutex_);
    hosted_ = std::move(*hosted);
  }
  if (!online) return Ok();
  const Duration timeout = (*policy)->manifest.Timeout(EntryPoint::kOpen) + Seconds(1);
  const std::optional<Verdict> opened = AskAndWait(EntryPoint::kOpen, timeout, &op);
  if (opened && opened->ok) return Ok();
  if (!opened) return Error{ErrorCode::kTimeout, "", "open did not end, or was not begun"};
  return Error{opened->cause.code, "", Text(opened->cause)};
}

Result<ResourceInstance::Hosted> ResourceInstance::Host(std::shared_ptr<const LoadedPolicy> policy,
                                                        Properties properties,
                                                        const Grants& grants) {
  const std::weak_ptr<ResourceInstance> weak = weak_from_this();
  ResourceHost::Guest guest;
  guest.name = parts_.name;
  guest.reported = [weak](const Status& status) {
    if (const auto self = weak.lock()) self->OnStatus(status);
  };
  guest.log = [weak](Level level, std::string_view text) {
    if (const auto self = weak.lock()) self->Log(level, text);
  };
  const auto made = parts_.host->Add(guest, *policy, properties, grants);
  if (!made) return made.error();
  const auto [id, lane] = *made;
  parts_.host->Run(id, [weak, lane = lane] {
    lane->Listen([weak](const Answer& answer) {
      if (const auto self = weak.lock()) self->OnAnswer(answer);
    });
    lane->ListenSwap([weak](const SwapNews& news) {
      if (const auto self = weak.lock()) self->OnSwap(news);
    });
    lane->Begin();
  });
  if (grants.inject_faults)
    Log(Level::kWarning, "InjectFaults is set: faults may be injected here");
  return Hosted{id, lane, std::move(policy), std::move(properties), grants};
}

bool ResourceInstance::Ask(EntryPoint entry, Arguments arguments, OnVerdict done,
                           const Operation* op) {
  const std::scoped_lock lock(mutex_);
  if (!hosted_ || (op != nullptr && op->ended)) return false;
  asked_[Index(entry)].push_back(std::move(done));
  parts_.host->Run(hosted_->id, [lane = hosted_->lane, entry, arguments = std::move(arguments)] {
    lane->Request(entry, arguments);
  });
  return true;
}

std::optional<Verdict> ResourceInstance::AskAndWait(EntryPoint entry, Duration timeout,
                                                    const Operation* op) {
  const auto answer = std::make_shared<std::optional<Verdict>>();
  const auto answered = [self = shared_from_this(), answer](const Verdict& verdict) {
    const std::scoped_lock lock(self->mutex_);
    *answer = verdict;
    self->changed_.notify_all();
  };
  if (!Ask(entry, {}, answered, op)) return std::nullopt;
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, Chrono(timeout), [&] { return answer->has_value(); });
  return *answer;
}

bool ResourceInstance::AskControl(abi::Dword code, std::string input, OnVerdict done) {
  {
    const std::scoped_lock lock(mutex_);
    if (!hosted_ || !hosted_->policy->manifest.Has(EntryPoint::kControl)) return false;
    if (phase_ != Phase::kOnline && phase_ != Phase::kOffline) return false;
    // One at a time: requests of one kind share an answer.
    if (!asked_[Index(EntryPoint::kControl)].empty()) return false;
  }
  return Ask(EntryPoint::kControl, {code, std::move(input)}, std::move(done));
}

void ResourceInstance::DumpTrace(std::function<void(std::optional<std::string>)> done) {
  std::optional<Hosted> hosted;
  {
    const std::scoped_lock lock(mutex_);
    hosted = hosted_;
  }
  if (!hosted) return done(std::nullopt);
  parts_.host->Run(hosted->id, [self = shared_from_this(), hosted = *hosted, done] {
    std::optional<Trace> trace = self->parts_.host->TakeTrace(hosted.id);
    if (!trace) return done(std::nullopt);
    trace->tool = TIDEGATE_VERSION;
    trace->reason = "asked for by control code";
    trace->file = hosted.policy->source.name;
    // A long text is no work for the lane.
    const bool started =
        self->jobs().Start([trace = std::move(*trace), done] { done(Text(trace)); });
    if (!started) done(std::nullopt);
  });
}

Result<ResourceInstance::OwnedVolume> ResourceInstance::Volume() const {
  const std::scoped_lock lock(mutex_);
  if (!hosted_) return Error{ErrorCode::kResourceNotOnline, "", "not online"};
  const std::string path = TextOf(hosted_->properties, kVolumePath);
  if (!path.empty() && phase_ != Phase::kOnline) {
    return Error{ErrorCode::kResourceNotOnline, "", "not online"};
  }
  return OwnedVolume{hosted_->id, path};
}

void ResourceInstance::InjectFaults(Plan plan, std::function<void(const Outcome&)> done) {
  std::optional<Hosted> hosted;
  {
    const std::scoped_lock lock(mutex_);
    hosted = hosted_;
  }
  if (!hosted) return done(Error{ErrorCode::kResourceNotOnline, "", "no policy runs here"});
  if (!hosted->grants.inject_faults) {
    return done(Error{ErrorCode::kAccessDenied, "",
                      "faults may not be injected here: set the property InjectFaults to 1 and "
                      "bring the resource online again"});
  }
  parts_.host->Run(hosted->id, [self = shared_from_this(), id = hosted->id, plan, done] {
    self->parts_.host->Inject(id, plan);
    done(Ok());
  });
}

void ResourceInstance::OnAnswer(const Answer& answer) {
  std::shared_ptr<Operation> op;
  std::vector<OnVerdict> waiting;
  bool watching = false;
  {
    const std::scoped_lock lock(mutex_);
    waiting.swap(asked_[Index(answer.entry)]);
    if (operation_ != nullptr && operation_->asked && operation_->entry == answer.entry) {
      op = operation_;
    }
    watching = hosted_ && hosted_->lane->watching();
    if (hosted_ && answer.entry == EntryPoint::kTerminate) {
      still_acts_ = hosted_->lane->StillActs() || parts_.host->LeftBehind(hosted_->id) > 0;
    }
  }
  for (const OnVerdict& done : waiting) done(answer.verdict);
  if (op != nullptr) End(op, answer.verdict, watching);
  if (IsPoll(answer.entry)) {
    OnVerdictOf(RunOf(answer.entry), LastOf(answer.entry), answer.verdict);
  }
}

void ResourceInstance::OnVerdictOf(PollRun& run, LastVerdict& last, const Verdict& verdict) {
  bool nobody_waits = false;
  {
    const std::scoped_lock lock(mutex_);
    if (phase_ != Phase::kOnline) return;
    if (!verdict.ok) last_cause_ = verdict.cause;
    nobody_waits = run.waiting == 0;
    run.waiting = 0;
    run.asked.reset();
    run.ok = verdict.ok;
    ++run.answers;
    last.Set(verdict.ok, MonotonicNow());
    changed_.notify_all();
  }
  if (verdict.ok) return;
  Log(Level::kError, Text(verdict.cause));
  if (nobody_waits && &run == &RunOf(EntryPoint::kIsAlive)) FoundFailed(verdict.cause);
}

// Nobody asked, or nobody waits any more: the cluster is told at once.
void ResourceInstance::FoundFailed(const Cause& cause) {
  if (silent_) return;
  abi::Handle event = nullptr;
  abi::QuorumResourceLost lost = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    event = operation_ != nullptr ? operation_->event : nullptr;
    lost = std::exchange(quorum_lost_, nullptr);
  }
  if (lost != nullptr) lost(parts_.handle);
  const bool told =
      parts_.monitor.SignalFailure(parts_.handle, static_cast<abi::Dword>(cause.code));
  if (!told && event != nullptr) parts_.system->SetEvent(event, true);
}

}  // namespace tidegate
