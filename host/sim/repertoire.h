// A Repertoire is what is known of how a policy plays on one node: where it stands, what it hears,
// what it does and where it stands then. It is learnt from a sandbox, a turn at a time, when a turn
// comes up for the first time; from then on the sandbox is not asked again.
//
// Why: a simulation runs the same few thousand turns millions of times, and what a run must copy to
// go back to an earlier moment is a place in this graph instead of a sandbox.
//
// What makes it exact: a standing is everything that the sandbox can come back to
// (host/lua/memory.h), and everything that a policy can hear is a part of the question: the
// arguments, the reply, and the time where the turn read the clock. Two things are given names of
// their own, because their values mean nothing to a policy and would make every run another one:
// - Volumes are numbered from the highest number that the script can still name.
// - The clock counts from the beginning of the task. A policy that keeps timer.now() from one entry
//   point for another sees an hour that begins anew: such policies are not simulated faithfully.
//
// Threading: one thread. Ownership: players refer to it.
#pragma once

#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "host/engine/lane.h"
#include "host/sim/turn_table.h"

namespace tidegate::sim {

class Repertoire {
 public:
  // One turn's question: what the policy hears.
  struct Heard {
    enum class Kind : std::uint8_t { kStart, kStartWatch, kResume, kCancel, kImport };
    Kind kind = Kind::kStart;
    Task task = Task::kEntry;
    EntryPoint entry = EntryPoint::kOpen;
    Duration ago;   // since the task began
    Duration left;  // of its time, when it begins
    Arguments arguments;
    Cause cause;
    Reply reply;
    std::string json;
  };
  // What it asked of its host meanwhile.
  struct Said {
    enum class Kind : std::uint8_t { kLog, kProgress, kWatch };
    Kind kind;
    Level level;
    std::string text;
  };
  struct Standing;
  struct Played {
    Duration ago;
    Standing* to = nullptr;
    bool clocked = false;  // it read the clock: known for this `ago` only
    std::vector<Said> said;
    Turn turn;
    std::optional<Error> refused;  // of an import
  };
  struct Standing {
    std::uint64_t id = 0;
    Standing* from = nullptr;  // how it was reached first
    Heard heard;
    int turns = 0;              // since the beginning
    std::uint32_t handles = 0;  // numbers of volumes go on from here
    std::uint32_t watches = 0;  // in use, a bit each
    std::uint32_t running = 0;  // tasks, a bit each
    bool dead = false;
    std::string where;  // the line at which the latest task waits
    std::optional<Result<std::string>> state;
  };

  Repertoire(std::shared_ptr<const CompiledPolicy> compiled, const SandboxLimits& limits);
  ~Repertoire();
  // Loads the policy for the first time. Later ones, and Bind, change nothing.
  tidegate::Outcome Begin();
  void Bind(const PolicyContext& context);

  const std::shared_ptr<const CompiledPolicy>& compiled() const { return compiled_; }
  const Manifest& manifest() const { return manifest_; }
  Standing* beginning();
  // `key` stands for everything in what is heard but the time; `fill` writes it down.
  template <class Fill>
  const Played& Play(Standing& at, std::uint64_t key, Duration ago, Fill fill) {
    const std::uint64_t question = Mixed(at.id, key);
    const Played* known = known_.Find(question);
    if (known != nullptr && known->clocked && known->ago != ago) {
      known = known_.Find(Mixed(question, static_cast<std::uint64_t>(ago.ns)));
    }
    if (known != nullptr) return *known;
    Heard heard;
    heard.ago = ago;
    fill(heard);
    return Learn(at, question, std::move(heard));
  }
  const Result<std::string>& StateAt(Standing& at);

  std::size_t turns_learnt() const { return played_.size(); }

 private:
  class Stage;  // where the sandbox plays
  Result<std::unique_ptr<Policy>> NewPolicy();

  static std::uint64_t Mixed(std::uint64_t a, std::uint64_t b) {
    const std::uint64_t mixed = (a ^ (b + 0x9e3779b97f4a7c15)) * 0xff51afd7ed558ccd;
    return mixed ^ (mixed >> 33);
  }
  const Played& Learn(Standing& at, std::uint64_t question, Heard heard);
  void GoTo(Standing& at);
  Standing* StandingOf(Standing& from, std::uint64_t question, const Heard& heard,
                       std::uint32_t watches);
  static void Perform(Stage& stage, const Heard& heard, std::uint32_t handles, Played& played);

  std::shared_ptr<const CompiledPolicy> compiled_;
  SandboxLimits limits_;
  std::optional<PolicyContext> context_;
  Manifest manifest_;
  std::unique_ptr<Stage> stage_;
  std::deque<Played> played_;
  std::deque<Standing> standings_;
  TurnTable<Played> known_;
  std::unordered_map<std::uint64_t, Standing*> by_id_;
};

// Plays from a repertoire in a lane.
class Player final : public Understudy {
 public:
  Player(Repertoire& repertoire, PolicyHost& host) : repertoire_(&repertoire), host_(host) {}

  const std::shared_ptr<const CompiledPolicy>& compiled() const override {
    return repertoire_->compiled();
  }
  const Manifest& manifest() const override { return repertoire_->manifest(); }
  void Bind(PolicyContext context) override;
  const Turn& Start(Task task, EntryPoint entry, const Arguments& arguments, const Cause& cause,
                    Instant deadline) override;
  const Turn& StartWatch(Task task) override;
  const Turn& Resume(Task task, const Reply& reply) override;
  void Cancel(Task task) override;
  bool Running(Task task) const override { return (at_->running >> Index(task) & 1u) != 0; }
  std::string Where(Task task) const override { return task == latest_ ? at_->where : ""; }
  Task latest() const override { return latest_; }
  bool dead() const override { return at_->dead; }
  Result<std::string> ExportState() override { return repertoire_->StateAt(*at_); }
  tidegate::Outcome ImportState(std::string_view json) override;
  bool HasState() const override {
    const Result<std::string>& state = repertoire_->StateAt(*at_);
    return state && *state != "{}";
  }
  std::uint64_t Standing() const override;
  std::unique_ptr<Understudy> Copy() const override;
  void Become(const Understudy& other) override;

 private:
  static std::size_t Index(Task task) { return static_cast<std::size_t>(task); }
  Instant BeginsAt(Task task);
  Duration Ago(Task task) const { return host_.Now() - began_[Index(task)]; }
  template <class Fill>
  const Repertoire::Played& Play(std::uint64_t key, Duration ago, Fill fill);
  const Turn& Took(const Repertoire::Played& played);

  Repertoire* repertoire_;
  PolicyHost& host_;
  Repertoire::Standing* at_ = nullptr;
  Task latest_ = Task::kEntry;
  std::array<Instant, kTasks> began_{};
  std::vector<std::pair<std::uint32_t, std::uint32_t>> volumes_;  // its number, the world's
  Turn turn_;  // the latest one that names a volume, by the world's number
};

}  // namespace tidegate::sim
