// A Lane is one hosted resource: its state machine, its monitor if it has one, and its policy. What
// one of them answers, the lane carries to the others and to Env.
//
// Ownership: owns all three; Env and the policies. compiled policies are shared. Threading: none.
// Events of one lane come one at a time, those of different lanes may come on different threads.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/core/env.h"
#include "host/core/monitor.h"
#include "host/core/resource.h"
#include "host/core/token_bucket.h"
#include "host/engine/state_file.h"
#include "host/engine/swap.h"
#include "host/lua/policy.h"

namespace tidegate {

// Makes the policies of a lane in another way than Policy::Create.
class PolicyMaker {
 public:
  virtual ~PolicyMaker() = default;
  virtual Result<std::unique_ptr<Policy>> Make(const std::shared_ptr<const CompiledPolicy>& program,
                                               const SandboxLimits& limits, PolicyHost& host) = 0;
};

struct LaneSpec {
  ResourceId id;
  std::string name;
  std::string node;
  Properties properties;  // as given; validated against each policy version
  Capabilities granted = Capabilities::All();
  bool promoted = false;  // by the cluster, before this
  SandboxLimits limits;
  bool filters_health = true;  // false: each poll is a question of its own, one bad one the answer
  std::optional<MonitorSettings> monitor;  // none: a cluster, or a caller, does what it does
  PolicyMaker* maker = nullptr;            // outlives the lane; null: Policy::Create
};

// A lane between two events, for a lane of the same spec to go on from. Only where understudies
// take the policies' turns.
struct LaneState {
  struct Version {
    std::shared_ptr<const CompiledPolicy> program;  // null: there is none
    std::unique_ptr<Understudy> policy;
  };
  Version now;
  Version next;
  Version before;
  PolicySwap::Course swap;
  std::optional<Resource> resource;
  std::vector<Event> before_state;
  bool state_ready = false;
  std::string saved_state;
  bool save_again = false;
  bool saving = false;
  bool setting_aside = false;
  std::string next_save;
  std::uint32_t watches = 0;
  TokenBucket log_budget{limits::kLogLinesPerSecond};
};

// What there is to see of a lane at one moment.
struct LaneView {
  std::string name;
  Status status;
  Verdict last_verdict;
  Instant last_verdict_at;
  bool has_verdict = false;
  bool wants_online = false;
  bool gave_up = false;
  bool settled = false;
  int restarts = 0;
  int outstanding = 0;
  std::string policy;
  std::string version;
  std::string digest;
  Policy::Usage usage;
  // Of its latest swap.
  struct {
    PolicySwap::Phase phase = PolicySwap::Phase::kNone;
    bool waiting = false;
    std::uint64_t number = 0;
    int healthy = 0;
    int needed = 0;
    std::string before;  // digest of the version that is kept, if any
    std::optional<SwapNews> news;
  } swap;
  // Whether its resource.state, and with it which version serves, is on disk as it is.
  enum class Saved : std::uint8_t { kYes, kUnderWay, kNo } saved = Saved::kYes;
};

class Lane final : public PolicyHost {
 public:
  using OnAnswer = std::function<void(const Answer&)>;

  static Result<std::unique_ptr<Lane>> Create(Env& env, LaneSpec spec,
                                              std::shared_ptr<const CompiledPolicy> policy);

  // From Env.
  void Handle(Event&& event);

  // Reads back resource.state, then opens the resource; requests made meanwhile wait.
  void Begin();
  void Want(bool online, const Cause& cause);
  // For a lane without a monitor: perform one entry point.
  void Request(EntryPoint entry, Arguments arguments = {});
  void Kill(const Cause& cause) { Handle(Event{env_.Now(), Terminated{cause}}); }
  // Checks that `policy` can take over here, then does when no entry point is in flight. A number
  // that news of it will bear.
  Result<std::uint64_t> Offer(std::shared_ptr<const CompiledPolicy> policy,
                              const SwapTerms& terms = {});
  // Before Begin(): a host before this one left the version on probation, `before` is kept. The
  // error says why that one cannot be.
  Outcome ResumeProbation(const std::shared_ptr<const CompiledPolicy>& before, int healthy);
  // What resource.state would be if `policy` took over now; the error says why it cannot.
  Result<std::string> Rehearse(const std::shared_ptr<const CompiledPolicy>& policy);
  // The version on probation is given up, as if it had failed.
  Outcome GoBack(std::string why);
  void Change(const MonitorSettings& settings) {
    if (monitor_) monitor_->Change(settings);
  }
  // Told of every answer, and of what becomes of swaps. On the lane's thread.
  void Listen(OnAnswer on_answer) { on_answer_ = std::move(on_answer); }
  void ListenSwap(std::function<void(const SwapNews&)> on_swap) { on_swap_ = std::move(on_swap); }

  // resource.state is on its way to the disk.
  bool saving() const { return saving_ || setting_aside_; }
  // An entry point runs, or terminate.
  bool busy() const { return resource_->Busy(); }
  bool terminating() const { return resource_->Running(Task::kTerminate); }
  // Operations that have not been answered although what asked for them is over; and whether one of
  // them may still change something.
  int abandoned() const { return resource_->abandoned(); }
  bool StillActs() const { return resource_->StillActs(); }
  // The policy looks after the resource by resource:watch.
  bool watching() const { return watches_ != 0; }

  LaneView View() const;
  // Everything that decides how it goes on, but for what Meaning and HolderOf tell, and, without an
  // understudy, for what a policy remembers.
  void Describe(Digest& digest) const;
  // What an answer to the ticket would be to it; 0: nothing any more.
  int Meaning(Ticket ticket) const;
  int HolderOf(VolumeHandle volume) const { return resource_->HolderOf(volume); }
  void Save(LaneState& to);
  void Restore(const LaneState& from);
  const std::string& name() const { return spec_.name; }
  Policy& policy() { return *policy_; }
  const Policy& policy() const { return *policy_; }
  const std::shared_ptr<const CompiledPolicy>& program() const { return program_; }

 private:
  // What a lane's own doing brings about. It lives on the stack: there are many more lanes than
  // threads, and between two calls there is nothing in it.
  using Inbox = ShortList<Event, 4>;
  // Around whatever a call does: when that is done, takes what it brought about.
  class Turnaround;

  Lane(Env& env, LaneSpec spec) : env_(env), recorder_(env.recorder()), spec_(std::move(spec)) {}

  // PolicyHost
  Instant Now() override;
  void Log(Level level, std::string_view text) override;
  void Progress(std::string_view text) override;
  bool Cancelled() override { return false; }
  std::optional<Task> AllotWatch() override;

  Result<std::unique_ptr<Policy>> MakePolicy(const std::shared_ptr<const CompiledPolicy>& program);
  void Take(Event& event);
  void PerformAll(const Effects& effects);
  void Perform(const Run& effect);
  void Perform(const Resume& effect);
  void Perform(const Cancel& effect);
  void Perform(const Submit& effect) { env_.Submit(spec_.id, effect.ticket, effect.call); }
  void Perform(const Arm& effect) { env_.Arm(spec_.id, effect.ticket, effect.due); }
  void Perform(const Report& effect);
  void Perform(const Answer& effect);
  void Perform(const Swap& effect);
  void Perform(const Note& effect) { env_.Log(spec_.id, effect.level, effect.text); }
  void Perform(const Ask& effect) { Enqueue(Requested{effect.entry, {}, effect.if_online}); }
  void Perform(const Terminate& effect) { Enqueue(Terminated{effect.cause}); }
  void BeginTurn(Task task);
  void TookTurn(Task task, const Turn& turn);
  void TellRecorder(const Manifest& manifest);
  template <class What>
  void Enqueue(What what) {
    inbox_->Add(now_, std::move(what));
  }
  // To be filled in where it lies, for what every turn has.
  template <class What>
  What& Enqueue() {
    return std::get<What>(inbox_->Add(now_, std::in_place_type<What>).what);
  }
  void StateArrived(const Reply& reply);
  Outcome TakeState(std::string_view text);
  void SaveState();
  void KeepState(std::string state);
  void Write(std::string state_file);
  // The policy at that task: the one that serves, or the one before it, asked in its place.
  Policy& At(Task task) {
    const bool before = swap_ != nullptr && swap_->lent() && task == Task::kEntry;
    return before ? *swap_->before.policy : *policy_;
  }

  // --- lane_swap.cc ---
  // Of a version that takes over: the state of the one before it, and what it makes of it.
  Result<std::string> Carry(Policy& to, const std::string& state, const std::string& from,
                            std::uint32_t& watches);
  void TakeOver();
  void GiveBack();
  void Serve(PolicySwap::Version version, std::uint32_t watches);
  bool Withheld(const Answer& answer);
  void AskBefore();
  void AskOwed();
  bool TakeProbation(const StateFile& file);
  void Refuse(Error why);
  void SwapDue(Ticket ticket);
  void Tell(SwapNews::What what, std::uint64_t number, const std::string& from,
            const std::string& to, Error why = {});

  Env& env_;
  Recorder* const recorder_;  // null: nobody listens
  Inbox* inbox_ = nullptr;    // of the call that is being carried out
  LaneSpec spec_;
  std::shared_ptr<const CompiledPolicy> program_;
  std::unique_ptr<Policy> policy_;
  std::optional<Resource> resource_;
  std::optional<Monitor> monitor_;
  std::unique_ptr<PolicySwap> swap_;    // null: there never was one
  std::uint32_t* migrating_ = nullptr;  // the watches of a version that is taking over

  std::vector<Event> before_state_;  // what came before resource.state was read back
  bool state_ready_ = false;
  Instant now_;
  std::string saved_state_;
  bool save_again_ = false;  // although it is the same: it was not kept, or not by this version
  bool saving_ = false;
  bool setting_aside_ = false;  // a state that this lane could not take
  std::string next_save_;       // what waits for that: of two at once either might be the last
  std::uint32_t watches_ = 0;   // bit n: watch n is in use
  Task turn_ = Task::kEntry;    // whose turn it is
  int told_ = 0;                // how often it asked for the time
  std::int64_t told_ms_ = 0;    // what it was told last
  TokenBucket log_budget_{limits::kLogLinesPerSecond};
  Verdict last_verdict_;
  Instant last_verdict_at_;
  bool has_verdict_ = false;
  OnAnswer on_answer_;
  std::function<void(const SwapNews&)> on_swap_;
  std::optional<SwapNews> news_;  // the latest
};

}  // namespace tidegate
