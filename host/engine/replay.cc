// Playing a policy against a recording.
#include "host/engine/replay.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "host/core/text.h"
#include "host/lua/policy.h"

namespace tidegate {
namespace {

using Kind = ReplayLine::Kind;

std::string Version(const std::string& name, const std::string& digest) {
  return name + " " + digest.substr(0, 8);
}

// "volume.open path=/dev/x", "ok", "failed: online: volume.lock failed: ERROR_BUSY (170)"
std::string TextOf(const Turn& turn) {
  if (const auto* call = std::get_if<Call>(&turn)) return Text(*call);
  return "returns " + Text(std::get<Verdict>(turn));
}

// What a decision is: the texts of a verdict and the line that it names may differ.
bool Same(const Turn& a, const Turn& b, bool cut) {
  if (a.index() != b.index()) return false;
  if (const auto* call = std::get_if<Call>(&a)) {
    const Call& other = std::get<Call>(b);
    return cut ? call->index() == other.index() : *call == other;
  }
  const Verdict& x = std::get<Verdict>(a);
  const Verdict& y = std::get<Verdict>(b);
  return x.ok == y.ok && x.cause.kind == y.cause.kind && x.cause.code == y.cause.code &&
         x.cause.op == y.cause.op;
}

bool IsError(const Turn& turn) {
  const auto* verdict = std::get_if<Verdict>(&turn);
  if (verdict == nullptr || verdict->ok) return false;
  const CauseKind kind = verdict->cause.kind;
  return IsKill(kind) || kind == CauseKind::kPolicyError || kind == CauseKind::kProtocol;
}

class Player final : public PolicyHost {
 public:
  Player(const Trace& trace, const std::shared_ptr<const CompiledPolicy>& policy,
         std::vector<WhatIf> what_ifs)
      : trace_(trace), program_(policy), what_ifs_(std::move(what_ifs)), used_(what_ifs_.size()) {}

  Result<ReplayReport> Play() {
    if (Outcome begun = Begin(); !begun) return begun.error();
    for (record_ = 0; record_ < trace_.records.size() && !over_; ++record_) {
      const Record& record = trace_.records[record_];
      now_ = record.at;
      std::visit([&](const auto& what) { On(what); }, record.what);
    }
    for (std::size_t i = 0; i < what_ifs_.size(); ++i) {
      if (!used_[i]) report_.not_applied.push_back(what_ifs_[i].text);
    }
    return std::move(report_);
  }

 private:
  struct Playing {
    bool active = false;  // begun here, and waiting for a reply
    EntryPoint entry = EntryPoint::kOpen;
    Instant deadline;
    std::optional<Call> asked;
  };

  // PolicyHost
  Instant Now() override {
    ++told_;
    for (; next_time_ < times_.size() && times_[next_time_].nth <= told_; ++next_time_) {
      now_ = times_[next_time_].now;
    }
    return now_;
  }
  void Log(Level, std::string_view text) override {
    if (beyond_) Tell(Kind::kEvent, "log: " + std::string(text));
  }
  void Progress(std::string_view) override {}
  bool Cancelled() override { return false; }
  std::optional<Task> AllotWatch() override {
    for (int n = 0; n < limits::kWatches; ++n) {
      if (!std::exchange(watches_[static_cast<std::size_t>(n)], true)) return Watch(n);
    }
    return std::nullopt;
  }

  Outcome Begin();
  Outcome MakePolicy(const std::string& state);
  void Tell(Kind kind, std::string text, std::string where = {}, const Record* of = nullptr) {
    const auto record =
        of == nullptr ? record_ : static_cast<std::size_t>(of - trace_.records.data());
    report_.lines.push_back({kind, Instant{} + (now_ - trace_.clock), std::move(text),
                             std::move(where), beyond_, record});
  }
  void Note(std::string text) {
    if (std::ranges::find(report_.notes, text) == report_.notes.end()) {
      report_.notes.push_back(std::move(text));
    }
  }
  Playing& Of(Task task) { return playing_[static_cast<std::size_t>(task)]; }

  // What the recording says that the task did next; nothing when it ends before, or cancels it.
  const Record* Decision(Task task);
  void TakeTimes(Task task, const Record* until);
  void Turned(Task task, const Turn& turn, const Record* recorded);
  void Deviate(Task task, const WhatIf& what_if);
  bool Answered(Task task, const Call& call, Turn& turn);
  Turn ResumeWith(Task task, const Reply& reply);
  void Hang(Task task);
  const WhatIf* Applies(const Call& call);

  void On(const Hosting& hosting);
  void On(const StateIs& state);
  void On(const Run& run);
  void On(const Resume& resume);
  void On(const Cancel& cancel);
  void On(const Terminated& terminated) {
    terminating_ = terminated.cause;
    Tell(Kind::kEvent, "terminated, " + Text(terminated.cause));
  }
  void On(const Requested& e) { Tell(Kind::kEvent, "requested " + std::string(Name(e.entry))); }
  void On(const Report& e) { Tell(Kind::kEvent, "reported " + Text(e.status)); }
  void On(const Wanted& e) {
    Tell(Kind::kEvent,
         std::string("wanted ") + (e.online ? "online: " : "offline: ") + Text(e.cause));
  }
  template <class Other>
  void On(const Other&) {}

  const Trace& trace_;
  const std::shared_ptr<const CompiledPolicy> program_;
  const std::vector<WhatIf> what_ifs_;
  std::vector<bool> used_;
  std::unique_ptr<Policy> policy_;
  Hosting hosting_;
  ReplayReport report_;

  std::size_t record_ = 0;
  Instant now_;
  int told_ = 0;
  std::vector<ToldTime> times_;  // of the turn that runs
  std::size_t next_time_ = 0;
  std::array<Playing, kTasks> playing_;
  std::array<bool, limits::kWatches> watches_{};
  std::map<std::string, int, std::less<>> counts_;  // of operations
  std::map<std::string, ErrorCode, std::less<>> fails_from_now_on_;
  Cause terminating_;
  std::string state_;
  bool ran_ = false;
  bool beyond_ = false;
  bool over_ = false;
};

Outcome Player::Begin() {
  const auto* hosting =
      trace_.records.empty() ? nullptr : std::get_if<Hosting>(&trace_.records.front().what);
  if (hosting == nullptr) {
    return Error{ErrorCode::kInvalidData, "",
                 "the trace does not begin with the policy that it is of"};
  }
  hosting_ = *hosting;
  report_.recorded = Version(hosting_.policy, hosting_.digest);
  report_.replayed = Version(program_->name(), program_->digest());
  report_.other_version = hosting_.digest != program_->digest();
  if (trace_.lost > 0) {
    Note("the recording begins after " + std::to_string(trace_.lost) +
         " records that are gone: what the policy kept outside of resource.state is not known");
  }
  return MakePolicy("");
}

Outcome Player::MakePolicy(const std::string& state) {
  SandboxLimits limits;
  if (hosting_.memory_bytes > 0)
    limits.memory_bytes = static_cast<std::size_t>(hosting_.memory_bytes);
  if (hosting_.fuel > 0) limits.fuel = hosting_.fuel;
  if (hosting_.running_time.ns > 0) limits.running_time = hosting_.running_time;
  limits.memory_bytes = std::min(limits.memory_bytes, limits::kMemoryBytesMax);
  limits.fuel = std::min(limits.fuel, limits::kFuelMax);
  Result<std::unique_ptr<Policy>> made = Policy::Create(program_, limits, *this);
  if (!made) return made.error();
  const std::vector<PropertySpec>& specs = (*made)->manifest().properties;
  Properties given;
  for (const auto& recorded : hosting_.properties) {
    const std::string& name = recorded.first;
    const bool known =
        std::ranges::any_of(specs, [&](const PropertySpec& spec) { return spec.name == name; });
    if (known) {
      given[name] = recorded.second;
    } else {
      Note("this version has no property " + name + ", which was recorded");
    }
  }
  const Result<Properties> properties = Validate(specs, given);
  if (!properties) return properties.error();
  policy_ = std::move(*made);
  policy_->Bind({hosting_.resource, hosting_.node, *properties, hosting_.granted});
  if (!state.empty() && !policy_->ImportState(state)) {
    Note("the recorded resource.state is not one that this version reads; it begins empty");
  }
  playing_.fill({});
  watches_.fill(false);
  return Ok();
}

void Player::On(const Hosting& hosting) {
  if (record_ == 0) return;
  if (hosting.digest != hosting_.digest) {
    Tell(Kind::kNote, "swapped: " + Version(hosting_.policy, hosting_.digest) + " -> " +
                          Version(hosting.policy, hosting.digest) +
                          (hosting.digest == program_->digest() ? "" : ", which is not replayed"));
    const Result<std::string> state = policy_->ExportState();
    if (state) state_ = *state;
  }
  hosting_ = hosting;
  if (const Outcome made = MakePolicy(state_); !made) {
    Note(made.error().detail);
    over_ = true;
  }
}

void Player::On(const StateIs& state) {
  state_ = state.json;
  if (trace_.records[record_].cut) {
    Note("resource.state was longer than the recorder keeps; the policy begins without it");
    state_.clear();
  }
  if (!ran_ && !state_.empty()) (void)policy_->ImportState(state_);
}

const Record* Player::Decision(Task task) {
  for (std::size_t i = record_ + 1; i < trace_.records.size(); ++i) {
    const Record& record = trace_.records[i];
    const auto* yielded = std::get_if<Yielded>(&record.what);
    const auto* returned = std::get_if<Returned>(&record.what);
    if (yielded != nullptr && yielded->task == task) return &record;
    if (returned != nullptr && returned->task == task) return &record;
    const auto* run = std::get_if<Run>(&record.what);
    const auto* cancel = std::get_if<Cancel>(&record.what);
    if (run != nullptr && run->task == task) return nullptr;
    if (cancel != nullptr && cancel->task == task) return nullptr;
  }
  return nullptr;
}

// The times that the policy was told in the turn that begins now.
void Player::TakeTimes(Task task, const Record* until) {
  times_.clear();
  told_ = 0;
  next_time_ = 0;
  if (until == nullptr) return;
  for (const Record* r = &trace_.records[record_]; r != until; ++r) {
    const auto* time = std::get_if<ToldTime>(&r->what);
    if (time != nullptr && time->task == task) times_.push_back(*time);
  }
}

void Player::On(const Run& run) {
  if (policy_->dead() && !IsWatch(run.task)) {
    if (const Outcome made = MakePolicy(state_); !made) {
      over_ = true;
      return Note(made.error().detail);
    }
  }
  Playing& playing = Of(run.task);
  if (policy_->dead() || policy_->Running(run.task)) return;
  if (IsWatch(run.task)) {
    const int n = static_cast<int>(run.task) - static_cast<int>(Task::kWatch);
    if (!watches_[static_cast<std::size_t>(n)]) {
      return Note("a watch was registered before the recording begins; it is not replayed");
    }
  }
  ran_ = true;
  playing = {.active = true, .entry = run.entry, .deadline = run.deadline, .asked = {}};
  ++report_.entry_points;
  Tell(Kind::kEvent,
       IsWatch(run.task) ? Name(run.task) + " begins" : std::string(Name(run.entry)) + " begins");
  const Record* recorded = Decision(run.task);
  TakeTimes(run.task, recorded);
  Turned(run.task,
         IsWatch(run.task)
             ? policy_->StartWatch(run.task)
             : policy_->Start(run.task, run.entry, run.arguments, terminating_, run.deadline),
         recorded);
}

void Player::On(const Resume& resume) {
  Playing& playing = Of(resume.task);
  if (!playing.active || !playing.asked || policy_->dead() || !policy_->Running(resume.task)) {
    if (!playing.active) Note("the recording begins within an entry point; that one is left out");
    return;
  }
  if (trace_.records[record_].cut) {
    Note("a reply was longer than the recorder keeps; the replay ends there");
    over_ = true;
    return;
  }
  if (const WhatIf* what_if = Applies(*playing.asked)) return Deviate(resume.task, *what_if);
  Tell(Kind::kReply, Text(resume.reply));
  const Record* recorded = Decision(resume.task);
  TakeTimes(resume.task, recorded);
  Turned(resume.task, policy_->Resume(resume.task, resume.reply), recorded);
}

void Player::On(const Cancel& cancel) {
  if (Of(cancel.task).active) Tell(Kind::kEvent, Name(cancel.task) + " is cancelled");
  policy_->Cancel(cancel.task);
  Of(cancel.task) = {};
  if (IsWatch(cancel.task)) {
    watches_[static_cast<std::size_t>(cancel.task) - static_cast<std::size_t>(Task::kWatch)] =
        false;
  }
}

void Player::Turned(Task task, const Turn& turn, const Record* recorded) {
  const std::string where = policy_->Where(task);
  const Playing was = Of(task);
  if (const auto* call = std::get_if<Call>(&turn)) {
    Of(task).asked = *call;
    ++counts_[std::string(Info(*call).name)];
  } else {
    Of(task) = {};
    if (IsWatch(task)) {
      watches_[static_cast<std::size_t>(task) - static_cast<std::size_t>(Task::kWatch)] = false;
    }
  }
  if (recorded == nullptr) {
    Tell(Kind::kDecision, Name(task) + " " + TextOf(turn), where);
    return Note("the recording ends or cancels " + Name(task) + " while it decides");
  }
  const auto* yielded = std::get_if<Yielded>(&recorded->what);
  const Turn then =
      yielded != nullptr ? Turn(yielded->call) : Turn(std::get<Returned>(recorded->what).verdict);
  if (Same(turn, then, recorded->cut)) {
    ++report_.decisions;
    return Tell(Kind::kDecision, Name(task) + " " + TextOf(turn), where, recorded);
  }
  over_ = true;
  report_.fork = Fork{static_cast<std::size_t>(recorded - trace_.records.data()),
                      Instant{} + (now_ - trace_.clock),
                      IsWatch(task) ? Name(task) : std::string(Name(was.entry)),
                      TextOf(then),
                      TextOf(turn),
                      where,
                      IsError(turn)};
  if (report_.fork->where.empty()) {
    if (const auto* verdict = std::get_if<Verdict>(&turn))
      report_.fork->where = verdict->cause.where;
  }
  Tell(Kind::kFork, TextOf(turn) + " instead of " + TextOf(then), report_.fork->where, recorded);
}

const WhatIf* Player::Applies(const Call& call) {
  const std::string name(Info(call).name);
  const int nth = counts_[name];
  for (std::size_t i = 0; i < what_ifs_.size(); ++i) {
    if (used_[i] || what_ifs_[i].op != name || what_ifs_[i].nth != nth) continue;
    used_[i] = true;
    if (what_ifs_[i].fault.fate == Fate::kFailsFromNowOn) {
      fails_from_now_on_[name] = what_ifs_[i].fault.code;
    }
    return &what_ifs_[i];
  }
  return nullptr;
}

// From here on the recording no longer holds.
void Player::Deviate(Task task, const WhatIf& what_if) {
  beyond_ = over_ = true;
  Turn turn;
  Tell(Kind::kNote, "what if: " + what_if.text);
  if (what_if.fault.fate == Fate::kHangs) return Hang(task);
  turn = ResumeWith(task, what_if.reply ? *what_if.reply : Failure(what_if.fault.code, "what if"));
  while (const auto* call = std::get_if<Call>(&turn)) {
    const Call asked = *call;
    Tell(Kind::kDecision, Name(task) + " " + Text(asked), policy_->Where(task));
    ++counts_[std::string(Info(asked).name)];
    if (!Answered(task, asked, turn)) return;
  }
  const Verdict& verdict = std::get<Verdict>(turn);
  Tell(Kind::kDecision, Name(task) + " " + TextOf(turn), verdict.cause.where);
  Tell(Kind::kNote, "what the cluster does next is beyond the recording");
}

Turn Player::ResumeWith(Task task, const Reply& reply) {
  TakeTimes(task, nullptr);
  Tell(Kind::kReply, Text(reply));
  return policy_->Resume(task, reply);
}

// Whether anybody knows the answer.
bool Player::Answered(Task task, const Call& call, Turn& turn) {
  const std::string name(Info(call).name);
  if (const WhatIf* what_if = Applies(call)) {
    Tell(Kind::kNote, "what if: " + what_if->text);
    if (what_if->fault.fate == Fate::kHangs) return Hang(task), false;
    turn = ResumeWith(task,
                      what_if->reply ? *what_if->reply : Failure(what_if->fault.code, "what if"));
    return true;
  }
  if (const auto fails = fails_from_now_on_.find(name); fails != fails_from_now_on_.end()) {
    turn = ResumeWith(task, Failure(fails->second, "what if"));
    return true;
  }
  if (const auto* sleep = std::get_if<TimerSleep>(&call)) {
    const Instant wakes = now_ + std::clamp(sleep->duration, Duration{}, limits::kDurationMax);
    if (wakes >= Of(task).deadline && !IsWatch(task)) return Hang(task), false;
    now_ = wakes;
    turn = ResumeWith(task, Success());
    return true;
  }
  if (GivesBack(call)) {
    turn = ResumeWith(task, Success());
    return true;
  }
  Tell(Kind::kNote,
       "beyond the recording: what it is answered is not known; say it with --deviate '" + name +
           "#" + std::to_string(counts_[name]) + " ok', or fails CODE, or hangs");
  return false;
}

// No answer comes: the entry point's deadline cancels it, and terminate is told why.
void Player::Hang(Task task) {
  if (IsWatch(task)) return Tell(Kind::kNote, "the watch waits for ever");
  const Playing was = Of(task);
  now_ = std::max(now_, was.deadline);
  policy_->Cancel(task);
  Tell(Kind::kEvent, std::string(Name(was.entry)) + " is cancelled at its deadline");
  if (task == Task::kTerminate || !policy_->manifest().Has(EntryPoint::kTerminate)) return;
  terminating_ = {.kind = CauseKind::kDeadline, .entry = was.entry, .code = ErrorCode::kTimeout};
  terminating_.message = "no result in time";
  Of(Task::kTerminate) = {.active = true,
                          .entry = EntryPoint::kTerminate,
                          .deadline = now_ + policy_->manifest().Timeout(EntryPoint::kTerminate),
                          .asked = {}};
  Tell(Kind::kEvent, "terminate begins");
  TakeTimes(Task::kTerminate, nullptr);
  const Arguments none;
  Turn turn = policy_->Start(Task::kTerminate, EntryPoint::kTerminate, none, terminating_,
                             Of(Task::kTerminate).deadline);
  while (const auto* call = std::get_if<Call>(&turn)) {
    const Call asked = *call;
    Tell(Kind::kDecision, "terminate " + Text(asked), policy_->Where(Task::kTerminate));
    ++counts_[std::string(Info(asked).name)];
    if (!Answered(Task::kTerminate, asked, turn)) return;
  }
  Tell(Kind::kDecision, "terminate " + TextOf(turn));
}

}  // namespace

Result<ReplayReport> Replay(const Trace& trace, const std::shared_ptr<const CompiledPolicy>& policy,
                            std::vector<WhatIf> what_ifs) {
  return Player(trace, policy, std::move(what_ifs)).Play();
}

}  // namespace tidegate
