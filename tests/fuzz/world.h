// A World hosts one policy as the engine does, answers its operations from a fuzzer's bytes, and
// checks at every turn what must hold whatever the policy is.
//
// Threading: none. Time is virtual and moves a step at each look, so that a run can be repeated.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "host/lua/policy.h"
#include "tests/fuzz/input.h"

namespace tidegate::fuzz {

// Small, so that an execution is quick: what a limit is does not change what must hold.
inline SandboxLimits SmallLimits() {
  return {.memory_bytes = 384 << 10, .block_bytes = 48 << 10, .fuel = 60'000};
}
// One in four so tight that any step may be the one that is refused.
inline SandboxLimits SomeLimits(Input& input) {
  SandboxLimits limits = SmallLimits();
  if (input.Pick(4) == 3) {
    limits.memory_bytes = (16 << 10) + input.Byte() * std::size_t{256};
    limits.fuel = 2'000 + input.Byte() * 50;
  }
  return limits;
}

class World final : public PolicyHost {
 public:
  World(Input& input, const SandboxLimits& limits);

  // False when the policy does not load, or wants properties that cannot be guessed.
  bool Load(const std::shared_ptr<const CompiledPolicy>& compiled);
  // One entry point to its end, with everything that may happen while it waits.
  void Run(EntryPoint entry, const Arguments& arguments);

  Policy& policy() { return *policy_; }
  // What happened so far, and the fuel it took: two runs of the same bytes have the same.
  std::uint64_t digest() const { return digest_; }

  // PolicyHost
  Instant Now() override;
  void Log(Level level, std::string_view text) override;
  void Progress(std::string_view text) override;
  bool Cancelled() override { return cancelled_; }
  std::optional<Task> AllotWatch() override;

 private:
  enum class WatchState : std::uint8_t { kFree, kAsked, kRunning };

  bool Bind();
  void Follow(Task task, Turn turn, int replies);
  void Meanwhile(Task task);
  void RunWatches();
  void Check(Task task, const Turn& turn);
  void CheckCall(Task task, const Call& call);
  void CheckVerdict(Task task, const Verdict& verdict);
  void CheckUsage();
  void TaskEnded(Task task);
  Reply Answer(Task task, const Call& call);
  Value AnyValue();
  void Note(std::string_view text);

  Input& input_;
  SandboxLimits limits_;
  std::shared_ptr<const CompiledPolicy> compiled_;
  std::unique_ptr<Policy> policy_;
  Capabilities granted_ = Capabilities::All();
  Instant now_;
  Duration tick_ = Milliseconds(1);
  bool cancelled_ = false;
  std::uint32_t last_handle_ = 0;
  std::map<std::uint32_t, Task> open_;
  std::array<WatchState, limits::kWatches> watches_{};
  std::int64_t fuel_ = 0;  // before the turn
  std::uint64_t digest_ = 14695981039346656037u;
};

}  // namespace tidegate::fuzz
