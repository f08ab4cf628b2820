// How a lane carries effects to where they belong.
#include "host/engine/lane.h"

#include <cassert>
#include <utility>

#include "host/core/recorder.h"
#include "host/core/text.h"
#include "host/engine/lane_tickets.h"

namespace tidegate {
namespace {

// What is aside is not Tidegate's own, and is for a person to look at.
constexpr std::string_view kStateAsideRecord = "state.aside";

KeptState KeptBy(const Manifest& manifest, std::string json) {
  return {manifest.name, manifest.version, manifest.digest, std::move(json)};
}

}  // namespace

Result<std::unique_ptr<Lane>> Lane::Create(Env& env, LaneSpec spec,
                                           std::shared_ptr<const CompiledPolicy> policy) {
  std::unique_ptr<Lane> lane(new Lane(env, std::move(spec)));
  Result<std::unique_ptr<Policy>> made = lane->MakePolicy(policy);
  if (!made) return made.error();
  lane->program_ = std::move(policy);
  lane->policy_ = std::move(*made);
  lane->resource_.emplace(lane->policy_->manifest(), lane->spec_.filters_health);
  if (lane->spec_.monitor) lane->monitor_.emplace(*lane->spec_.monitor);
  lane->TellRecorder(lane->policy_->manifest());
  return lane;
}

// Which version serves from now on.
void Lane::TellRecorder(const Manifest& manifest) {
  if (recorder_ == nullptr) return;
  const Result<Properties> properties = Validate(manifest.properties, spec_.properties);
  recorder_->Hosts(spec_.id, env_.Now(),
                   {.resource = spec_.name,
                    .node = spec_.node,
                    .policy = manifest.name,
                    .version = manifest.version,
                    .digest = manifest.digest,
                    .properties = properties ? *properties : Properties(),
                    .granted = spec_.granted,
                    .memory_bytes = static_cast<std::int64_t>(spec_.limits.memory_bytes),
                    .fuel = spec_.limits.fuel,
                    .running_time = spec_.limits.running_time});
}

Result<std::unique_ptr<Policy>> Lane::MakePolicy(
    const std::shared_ptr<const CompiledPolicy>& program) {
  Result<std::unique_ptr<Policy>> policy = spec_.maker != nullptr
                                               ? spec_.maker->Make(program, spec_.limits, *this)
                                               : Policy::Create(program, spec_.limits, *this);
  if (!policy) return policy;
  Result<Properties> properties = Validate((*policy)->manifest().properties, spec_.properties);
  if (!properties) {
    Error error = properties.error();
    error.detail = (*policy)->manifest().name + ": " + error.detail;
    return error;
  }
  (*policy)->Bind({spec_.name, spec_.node, std::move(*properties), spec_.granted, spec_.promoted});
  return policy;
}

class Lane::Turnaround {
 public:
  explicit Turnaround(Lane& lane) : lane_(lane), outer_(lane.inbox_ == nullptr) {
    if (outer_) lane_.inbox_ = &inbox_;
  }
  ~Turnaround() {
    if (!outer_) return;
    for (std::size_t next = 0; next < inbox_.size(); ++next) lane_.Take(inbox_[next]);
    lane_.inbox_ = nullptr;
  }
  Turnaround(const Turnaround&) = delete;
  Turnaround& operator=(const Turnaround&) = delete;
  bool outer() const { return outer_; }

 private:
  Lane& lane_;
  const bool outer_;
  Inbox inbox_;
};

void Lane::Begin() {
  const Turnaround turnaround(*this);
  now_ = env_.Now();
  env_.Submit(spec_.id, kStateRead, RecordGet{std::string(kStateRecord)});
  env_.Arm(spec_.id, kStateReadDue, now_ + limits::kOpenTimeout);
  if (monitor_) PerformAll(monitor_->Begin(now_));
}

void Lane::Want(bool online, const Cause& cause) {
  assert(monitor_);
  const Turnaround turnaround(*this);
  now_ = env_.Now();
  if (recorder_ != nullptr) recorder_->Wants(spec_.id, now_, online, cause);
  PerformAll(monitor_->Want(online, cause, now_));
}

void Lane::Request(EntryPoint entry, Arguments arguments) {
  Handle(Event{env_.Now(), Requested{entry, std::move(arguments)}});
}

void Lane::Handle(Event&& event) {
  const Turnaround turnaround(*this);
  now_ = event.at;
  if (const auto* due = std::get_if<Due>(&event.what); due && IsLanes(due->ticket)) {
    if (due->ticket != kStateReadDue) return SwapDue(due->ticket);
    // A resource must not stay closed because the disk with its state does not answer.
    return StateArrived(
        Failure(ErrorCode::kTimeout, "no answer within " + Text(limits::kOpenTimeout)));
  }
  if (const auto* completed = std::get_if<Completed>(&event.what)) {
    if (completed->ticket == kStateRead) return StateArrived(completed->reply);
    if (completed->ticket == kStateWritten) {
      saving_ = false;
      if (!completed->reply.ok()) {
        save_again_ = true;  // when the next entry point ends
        env_.Log(spec_.id, Level::kError,
                 "resource.state was not saved: " + Text(completed->reply));
      }
      if (!next_save_.empty()) Write(std::exchange(next_save_, {}));
      return;
    }
    if (completed->ticket == kStateAside) {
      setting_aside_ = false;
      if (completed->reply.ok()) return;
      return env_.Log(spec_.id, Level::kError,
                      "what was in resource.state was not set aside: " + Text(completed->reply));
    }
  }
  if (!turnaround.outer()) {
    inbox_->Add(std::move(event));
  } else {
    Take(event);
  }
}

// What the entry points before this host left in resource.state.
void Lane::StateArrived(const Reply& reply) {
  if (std::exchange(state_ready_, true)) return;  // the deadline, or an answer that came after it
  if (reply.ok()) {
    const std::string& text = std::get<std::string>(reply.value);
    if (const Outcome taken = TakeState(text); !taken) {
      (void)policy_->ImportState("{}");
      saved_state_.clear();
      save_again_ = true;
      setting_aside_ = true;
      env_.Submit(spec_.id, kStateAside, RecordSet{std::string(kStateAsideRecord), text});
      env_.Log(spec_.id, Level::kError,
               "resource.state begins empty: " + taken.error().detail +
                   "; what was there is set aside as " + std::string(kStateAsideRecord));
    }
  } else if (reply.code != ErrorCode::kNotFound) {
    env_.Log(spec_.id, Level::kError, "resource.state begins empty: " + Text(reply));
  }
  for (Event& event : before_state_) inbox_->Add(std::move(event));
  before_state_ = {};
}

// The version that wrote it may have been another one: as in a swap, but nothing is on probation.
Outcome Lane::TakeState(std::string_view text) {
  Result<StateFile> file = ParseStateFile(text);
  if (!file) return file.error();
  const Manifest& manifest = policy_->manifest();
  KeptState* kept = &file->now;
  const bool on_probation = TakeProbation(*file);
  if (!on_probation && file->before && file->before->digest == manifest.digest) {
    if (file->before->json.empty()) file->before->json = std::move(kept->json);
    kept = &*file->before;
  }
  const bool same = kept->digest == manifest.digest;
  save_again_ = !same || (file->before && !on_probation);
  if (same) {
    saved_state_ = std::move(kept->json);
    if (recorder_ != nullptr) recorder_->KeepsState(spec_.id, now_, saved_state_);
    return policy_->ImportState(saved_state_);
  }
  std::uint32_t watches = 0;
  Result<std::string> carried = Carry(*policy_, kept->json, kept->version, watches);
  for (int n = 0; n < limits::kWatches; ++n) policy_->Cancel(Watch(n));  // online starts its own
  if (!carried) return carried.error();
  saved_state_ = std::move(*carried);
  if (recorder_ != nullptr) recorder_->KeepsState(spec_.id, now_, saved_state_);
  env_.Log(spec_.id, Level::kInformation,
           "resource.state is from " + kept->policy + " " + kept->digest.substr(0, 8) +
               (manifest.Has(EntryPoint::kMigrate) ? ", migrated" : ""));
  return Ok();
}

void Lane::SaveState() {
  if (!policy_->HasState() && saved_state_.empty() && !save_again_) return;  // most have none
  if (policy_->dead()) return;
  Result<std::string> state = policy_->ExportState();
  if (!state) {
    env_.Log(spec_.id, Level::kError, "resource.state was not saved: " + Text(state.error()));
    return;
  }
  const bool same = *state == saved_state_ || (saved_state_.empty() && *state == "{}");
  if (!same || save_again_) KeepState(std::move(*state));
}

void Lane::KeepState(std::string state) {
  saved_state_ = std::move(state);
  save_again_ = false;
  if (recorder_ != nullptr) recorder_->KeepsState(spec_.id, now_, saved_state_);
  StateFile file{KeptBy(policy_->manifest(), saved_state_), {}};
  if (swap_ != nullptr && swap_->on_trial()) {
    const PolicySwap::Course& course = swap_->course;
    file.before = KeptBy(swap_->before.policy->manifest(),
                         course.same_shape ? std::string() : course.before_state);
    file.before->watched = course.watched;
  }
  if (saving_) {
    next_save_ = Text(file);
  } else {
    Write(Text(file));
  }
}

void Lane::Write(std::string state_file) {
  saving_ = true;
  env_.Submit(spec_.id, kStateWritten, RecordSet{std::string(kStateRecord), std::move(state_file)});
}

void Lane::Take(Event& event) {
  now_ = event.at;
  if (const auto* due = std::get_if<Due>(&event.what); due && Monitor::Owns(due->ticket)) {
    if (monitor_) PerformAll(monitor_->On(*due, now_));
  } else if (!state_ready_) {
    before_state_.push_back(std::move(event));
  } else {
    const Effects effects = resource_->Step(event);
    if (recorder_ != nullptr) recorder_->Stepped(spec_.id, event, effects);
    PerformAll(effects);
  }
}

void Lane::PerformAll(const Effects& effects) {
  for (const Effect& effect : effects) {
    std::visit([this](const auto& what) { Perform(what); }, effect);
  }
}

void Lane::Perform(const Run& effect) {
  if (swap_ != nullptr && swap_->on_trial()) [[unlikely]] {
    if (swap_->going_back() && policy_->dead()) {
      GiveBack();
    } else if (swap_->Begins(effect)) {
      AskBefore();
    }
  }
  if (policy_->dead()) [[unlikely]] {
    // A watch's function died with its sandbox; that the turn was a kill is in the inbox already.
    if (IsWatch(effect.task)) return;
    // A killed sandbox is never entered again; a new one starts from the same bytecode.
    Result<std::unique_ptr<Policy>> fresh = MakePolicy(program_);
    if (!fresh) {
      Cause cause{.kind = CauseKind::kPolicyError, .code = fresh.error().code};
      cause.message = fresh.error().detail;
      return Enqueue(Returned{effect.task, {false, std::move(cause)}});
    }
    policy_ = std::move(*fresh);
    resource_->Adopt(policy_->manifest());
    TellRecorder(policy_->manifest());
    if (!saved_state_.empty()) (void)policy_->ImportState(saved_state_);
  }
  BeginTurn(effect.task);
  if (IsWatch(effect.task)) return TookTurn(effect.task, policy_->StartWatch(effect.task));
  TookTurn(effect.task, At(effect.task)
                            .Start(effect.task, effect.entry, effect.arguments,
                                   resource_->terminating(), effect.deadline));
}

void Lane::Perform(const Resume& effect) {
  BeginTurn(effect.task);
  TookTurn(effect.task, At(effect.task).Resume(effect.task, effect.reply));
}

void Lane::BeginTurn(Task task) {
  turn_ = task;
  told_ = 0;
  told_ms_ = now_.ns / 1'000'000;
}

// A policy sees milliseconds. What it was told is an input like any other: recorded where it is not
// the time of the event that the turn began with.
Instant Lane::Now() {
  const Instant now = env_.Now();
  ++told_;
  if (recorder_ != nullptr && migrating_ == nullptr &&
      std::exchange(told_ms_, now.ns / 1'000'000) != now.ns / 1'000'000) {
    recorder_->ToldTime(spec_.id, turn_, told_, now);
  }
  return now;
}

void Lane::TookTurn(Task task, const Turn& turn) {
  if (const auto* call = std::get_if<Call>(&turn)) {
    Yielded& yielded = Enqueue<Yielded>();
    yielded.task = task;
    yielded.call = *call;
    return;
  }
  if (IsWatch(task)) watches_ &= ~(1u << (static_cast<int>(task) - static_cast<int>(Task::kWatch)));
  Returned& returned = Enqueue<Returned>();
  returned.task = task;
  returned.verdict = std::get<Verdict>(turn);
}

void Lane::Perform(const Cancel& effect) {
  if (IsWatch(effect.task)) {
    watches_ &= ~(1u << (static_cast<int>(effect.task) - static_cast<int>(Task::kWatch)));
  }
  At(effect.task).Cancel(effect.task);
}

void Lane::Perform(const Report& effect) {
  env_.Report(spec_.id, effect.status);
  if (monitor_) PerformAll(monitor_->On(effect.status, now_));
}

void Lane::Perform(const Answer& effect) {
  if (swap_ != nullptr && !swap_->idle() && Withheld(effect)) [[unlikely]]
    return;
  if (IsPoll(effect.entry)) {
    last_verdict_ = effect.verdict;
    last_verdict_at_ = now_;
    has_verdict_ = true;
  }
  SaveState();
  if (on_answer_) on_answer_(effect);
  if (monitor_) PerformAll(monitor_->On(effect, now_));
  if (swap_ != nullptr && swap_->on_trial() && IsPoll(effect.entry)) [[unlikely]]
    AskOwed();
}

void Lane::Log(Level level, std::string_view text) {
  if (!log_budget_.Take(env_.Now())) return;
  if (const std::uint64_t dropped = log_budget_.TakeDropped(); dropped > 0) {
    env_.Log(spec_.id, Level::kWarning, std::to_string(dropped) + " lines of the policy dropped");
  }
  env_.Log(spec_.id, level, text);
}

// Only the latest text of a turn counts: a policy that says it in a loop fills nothing.
void Lane::Progress(std::string_view text) {
  if (inbox_ == nullptr) return;  // of a version that tries itself out: nobody waits for it
  if (!inbox_->empty()) {
    if (auto* last = std::get_if<Progressed>(&inbox_->back().what)) {
      last->text.assign(text);
      return;
    }
  }
  Enqueue(Progressed{std::string(text)});
}

std::optional<Task> Lane::AllotWatch() {
  std::uint32_t& used = migrating_ != nullptr ? *migrating_ : watches_;
  for (int n = 0; n < limits::kWatches; ++n) {
    if ((used >> n) & 1u) continue;
    used |= 1u << n;
    if (migrating_ == nullptr) Enqueue(WatchStarted{Watch(n)});
    return Watch(n);
  }
  return std::nullopt;
}

void Lane::Describe(Digest& digest) const {
  digest.Add((state_ready_ ? 1u : 0u) | (policy_->dead() ? 2u : 0u) | (save_again_ ? 4u : 0u) |
             (saving_ ? 256u : 0u) | (setting_aside_ ? 512u : 0u));
  digest.Add(saved_state_);
  digest.Add(next_save_);
  digest.Add(reinterpret_cast<std::uintptr_t>(program_.get()));
  for (const Event& event : before_state_) digest.Add(event.what.index());
  resource_->Describe(digest);
  if (const Understudy* understudy = policy_->understudy()) digest.Add(understudy->Standing());
  if (monitor_) monitor_->Describe(digest, env_.Now());
  if (swap_ != nullptr && !swap_->idle()) swap_->Describe(digest);
}

int Lane::Meaning(Ticket ticket) const {
  if (ticket == kStateRead || ticket == kStateReadDue) return state_ready_ ? 0 : 1000;
  if (ticket == kStateWritten) return 1001;
  if (IsLanes(ticket)) return 0;
  return resource_->Meaning(ticket);
}

void Lane::Save(LaneState& to) {
  const auto save = [](LaneState::Version& copy, const auto& program, const auto& policy) {
    copy.program = program;
    if (program == nullptr) return;
    const Understudy& of = *policy->understudy();
    if (copy.policy != nullptr) return copy.policy->Become(of);
    copy.policy = of.Copy();
  };
  save(to.now, program_, policy_);
  to.next.program = to.before.program = nullptr;
  to.swap = {};
  if (swap_ != nullptr) {
    save(to.next, swap_->next.program, swap_->next.policy);
    save(to.before, swap_->before.program, swap_->before.policy);
    to.swap = swap_->course;
  }
  to.resource = resource_;
  to.before_state = before_state_;
  to.state_ready = state_ready_;
  to.saved_state = saved_state_;
  to.save_again = save_again_;
  to.saving = saving_;
  to.setting_aside = setting_aside_;
  to.next_save = next_save_;
  to.watches = watches_;
  to.log_budget = log_budget_;
}

void Lane::Restore(const LaneState& from) {
  const auto restore = [](PolicySwap::Version& version, const LaneState::Version& then) {
    version.program = then.program;
    version.policy.reset();
    if (then.program != nullptr) version.policy = then.policy->Copy();
  };
  program_ = from.now.program;
  policy_->understudy()->Become(*from.now.policy);
  if (swap_ == nullptr && from.swap.number != 0) swap_ = std::make_unique<PolicySwap>();
  if (swap_ != nullptr) {
    restore(swap_->next, from.next);
    restore(swap_->before, from.before);
    swap_->course = from.swap;
  }
  resource_ = from.resource;
  if (inbox_ != nullptr) inbox_->clear();  // a run may begin anew in the middle of a turn
  before_state_ = from.before_state;
  state_ready_ = from.state_ready;
  saved_state_ = from.saved_state;
  save_again_ = from.save_again;
  saving_ = from.saving;
  setting_aside_ = from.setting_aside;
  next_save_ = from.next_save;
  watches_ = from.watches;
  log_budget_ = from.log_budget;
}

LaneView Lane::View() const {
  LaneView view;
  view.name = spec_.name;
  view.status = resource_->status();
  view.last_verdict = last_verdict_;
  view.last_verdict_at = last_verdict_at_;
  view.has_verdict = has_verdict_;
  view.outstanding = resource_->outstanding();
  if (monitor_) {
    view.wants_online = monitor_->wants_online();
    view.gave_up = monitor_->gave_up();
    view.settled = monitor_->settled();
    view.restarts = monitor_->restarts();
  }
  view.policy = policy_->manifest().name;
  view.version = policy_->manifest().version;
  view.digest = policy_->manifest().digest;
  view.usage = policy_->usage();
  view.swap.news = news_;
  view.saved = saving_       ? LaneView::Saved::kUnderWay
               : save_again_ ? LaneView::Saved::kNo
                             : LaneView::Saved::kYes;
  if (swap_ == nullptr) return view;
  const PolicySwap::Course& course = swap_->course;
  view.swap.phase = course.phase;
  view.swap.waiting = swap_->waiting();
  view.swap.number = course.number;
  view.swap.healthy = course.healthy;
  view.swap.needed = course.needed;
  if (swap_->on_trial()) view.swap.before = swap_->before.program->digest();
  return view;
}

}  // namespace tidegate
