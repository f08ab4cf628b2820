// A Runtime is the policy's side of the boundary while it runs: what a binding finds from its Lua
// state, and where it leaves the call that the policy waits for.
//
// Why strings for messages live here: Lua may jump out of any frame that calls it, so whatever has
// a destructor must live where no jump passes.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "host/lua/ending.h"
#include "host/lua/policy.h"
#include "host/lua/sandbox.h"

namespace tidegate {

// What a policy's registry holds, by number, after what Lua keeps there. Empty slots hold false.
namespace slot {
inline constexpr int kFirst = 3;
inline constexpr int kResource = kFirst;
inline constexpr int kState = 4;
inline constexpr int kLoaded = 5;       // modules by name
inline constexpr int kErrorMeta = 6;    // of error objects
inline constexpr int kFailureMeta = 7;  // of what resource:fail raises
inline constexpr int kThreads = 8;      // one per task
inline constexpr int kEntries = kThreads + kTasks;
inline constexpr int kWatches = kEntries + static_cast<int>(kEntryPoints);
inline constexpr int kPolicyEnd = kWatches + limits::kWatches;
}  // namespace slot

struct OpenVolume {
  std::uint32_t id;
  Task task;
  std::uint8_t reaching;  // bits of the capabilities whose scope reaches it; of a pack's policy
};

// What went wrong in a task so far. Most tasks have none.
struct Trouble {
  std::string raised_at;  // where the latest error left a function
  std::string_view op;    // the latest operation that failed and did not succeed since
  ErrorCode code = ErrorCode::kSuccess;
  std::string detail;
};

struct TaskState {
  bool running = false;      // begun and not ended
  std::uint8_t opening = 0;  // what will be OpenVolume::reaching of the volume being opened
  EntryPoint entry = EntryPoint::kOnline;
  Instant deadline;
  std::unique_ptr<Trouble> trouble;

  Trouble& HasTrouble() {
    if (trouble == nullptr) trouble = std::make_unique<Trouble>();
    return *trouble;
  }
};

struct Runtime {
  Sandbox* sandbox = nullptr;
  PolicyHost* host = nullptr;
  const CompiledPolicy* compiled = nullptr;
  const Manifest* manifest = nullptr;

  bool loading = true;
  bool seeded = false;                   // random numbers are in use
  bool asked = false;                    // `turn` is new: this yield is ours
  Task task = Task::kEntry;              // the running one
  const Arguments* arguments = nullptr;  // of the entry point that begins
  const Cause* cause = nullptr;
  const Reply* reply = nullptr;
  std::vector<OpenVolume> volumes;
  Ending ending;
  std::array<TaskState, kTasks> tasks;
  Turn turn;  // the latest that is not a plain yes

  PolicyContext context;
  std::string scratch;  // a message on its way to Lua
  void* job = nullptr;  // of the protected call that runs now

  static Runtime& Of(lua_State* L) { return *Sandbox::Of(L).runtime; }
  // The operation that the policy asks for, to be filled in.
  template <class Op>
  Op& Asks() {
    Call* call = std::get_if<Call>(&turn);
    return (call != nullptr ? *call : turn.emplace<Call>()).emplace<Op>();
  }
  TaskState& current() { return tasks[static_cast<std::size_t>(task)]; }

  void Opened(VolumeHandle volume) { volumes.push_back({volume.id, task, current().opening}); }
  const OpenVolume* FindVolume(std::uint32_t id) const {
    const auto it = std::ranges::find(volumes, id, &OpenVolume::id);
    return it == volumes.end() ? nullptr : &*it;
  }
  void Closed(VolumeHandle volume) {
    std::erase_if(volumes, [&](const OpenVolume& v) { return v.id == volume.id; });
  }
  void ClosedAllOf(Task gone) {
    if (volumes.empty()) return;
    std::erase_if(volumes, [&](const OpenVolume& v) { return v.task == gone; });
  }
};

}  // namespace tidegate
