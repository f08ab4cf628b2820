// A Resource is the state machine of one cluster resource: Step(Event) -> Effects, and nothing
// else.
//
// It decides what runs when (one entry point at a time, terminate beside it), what is reported
// (legal transitions, rising checkpoints, and only when the policy made progress), when time is up,
// and that nothing of a cancelled task is ever heard of again: its answers name tickets that mean
// nothing any more, its handles are closed.
//
// Ownership: refers to the manifest of the policy version in force; Adopt() changes it on a swap.
// Threading: none. The caller serializes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "host/core/effect.h"
#include "host/core/event.h"
#include "host/core/health.h"
#include "host/core/manifest.h"

namespace tidegate {

class Resource {
 public:
  // `filters_health` false: every verdict is answered as it is, for callers that ask once.
  explicit Resource(const Manifest& manifest, bool filters_health = true)
      : manifest_(&manifest), filters_health_(filters_health) {}

  Effects Step(const Event& event);

  // Another policy version takes over. Only between a Swap effect and the next Step.
  void Adopt(const Manifest& manifest) { manifest_ = &manifest; }

  const Status& status() const { return status_; }
  // Why terminate runs, or ran last.
  const Cause& terminating() const { return terminating_; }
  bool Running(Task task) const { return tasks_[Index(task)].active; }
  bool Running(EntryPoint entry) const {
    const TaskRun& run = tasks_[Index(Task::kEntry)];
    return run.active && run.entry == entry;
  }
  // An operation under way since long ago is how a stuck device shows.
  int outstanding() const;
  // Of these, those whose task is over; and whether one of them, no close, may still change
  // something.
  int abandoned() const { return static_cast<int>(orphans_.size()); }
  bool StillActs() const;
  bool Busy() const;  // an entry point runs, or terminate
  const HealthFilter& health() const { return health_; }
  // What IsAlive said last, before it was filtered; good where nothing is filtered.
  const Verdict& raw_verdict() const { return last_verdict_; }
  // A bad verdict of IsAlive just now was the policy's fault and no sign of ill health.
  void Forgive() {
    if (!last_verdict_.ok) health_ = health_before_;
  }
  // PolicyReady is taken back.
  void Withdraw() { swap_waits_ = false; }
  // Everything that decides how it goes on, but for what a policy remembers and for what Meaning
  // and HolderOf tell of tickets and handles: the simulator does not try the same twice.
  void Describe(Digest& digest) const;
  // What an answer to this ticket would be to it; 0: nothing any more.
  int Meaning(Ticket ticket) const;
  // For which task the volume is open; 0: for none.
  int HolderOf(VolumeHandle volume) const;

 private:
  struct TaskRun {
    bool active = false;
    EntryPoint entry = EntryPoint::kOpen;
    Ticket deadline;
    Ticket waiting;  // the operation or sleep it waits for
    const OpInfo* waiting_for = nullptr;
  };
  struct OpenHandle {
    Task task;
    VolumeHandle volume;
  };
  struct Orphan {  // an operation whose task is gone; a handle that it opens must be closed
    Ticket ticket;
    bool closes;
  };

  static std::size_t Index(Task task) { return static_cast<std::size_t>(task); }
  TaskRun& Of(Task task) { return tasks_[Index(task)]; }
  const TaskRun& Of(Task task) const { return tasks_[Index(task)]; }
  Ticket NewTicket() { return {++last_ticket_}; }

  void On(const Requested& e);
  void On(const Due& e);
  void On(const Completed& e);
  void On(const Terminated& e);
  void On(const Yielded& e);
  void On(const Progressed& e);
  void On(const WatchStarted& e);
  void On(const Returned& e);
  void On(const PolicyReady& e);

  void Disown(Ticket ticket, bool closes) { orphans_.push_back({ticket, closes}); }
  bool AnsweredAlready(const Requested& request);
  void Begin(const Requested& request);
  void StartTask(Task task, EntryPoint entry, const Arguments& arguments);
  void ResumeTask(Task task, const Reply& reply);
  void StopTask(Task task);
  void CancelTask(Task task);
  void CancelWatches();
  void Expire(Task task);
  void EndEntry(EntryPoint entry, Verdict&& verdict);
  void EndPoll(EntryPoint entry, Verdict&& verdict);
  void EndTerminate(const Verdict& verdict);
  void Heartbeat();
  void Next();
  void Enter(ResourceState state, Cause cause);
  template <class E>
  void Emit(E effect) {
    out_->Add(std::move(effect));
  }
  // To be filled in where it lies, for what every poll has.
  template <class E>
  E& Emit() {
    return std::get<E>(out_->Add(std::in_place_type<E>));
  }
  void EmitArm(Ticket ticket, Instant due) {
    Arm& arm = Emit<Arm>();
    arm.ticket = ticket;
    arm.due = due;
  }
  void EmitAnswer(EntryPoint entry, Verdict&& verdict) {
    Answer& answer = Emit<Answer>();
    answer.entry = entry;
    answer.verdict = std::move(verdict);
  }

  // What a poll needs comes first: with thousands of resources each one is found in memory anew.
  const Manifest* manifest_;
  Effects* out_ = nullptr;  // of the step that is being made
  Instant now_;
  std::uint64_t last_ticket_ = 0;
  HealthFilter health_;
  HealthFilter health_before_;  // the latest verdict
  bool filters_health_;
  // By its own offline, and by nothing else: a host before this one may have left it online, and
  // terminate ends what it can.
  bool known_offline_ = false;
  bool advanced_ = false;
  bool swap_waits_ = false;
  // Registered by online, started when it is done.
  std::array<bool, limits::kWatches> watch_waits_{};
  std::array<TaskRun, kTasks> tasks_;
  std::array<int, kEntryPoints> attempts_{};
  Ticket heartbeat_;
  Status status_;
  std::vector<OpenHandle> handles_;
  std::vector<Orphan> orphans_;
  std::vector<Requested> requests_;
  Verdict last_verdict_;
  Cause terminating_;
};

}  // namespace tidegate
