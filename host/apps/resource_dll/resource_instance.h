// A ResourceInstance is one resource that the Resource Monitor has opened: what its entry points
// do.
//
// None of them runs a policy on the caller's thread. They hand over to the resource's lane, wait
// limits::kEntryPointWait at most, and answer with what came, with "pending", or with what was last
// known. Why they wait at all: an Online that is done in a millisecond need not go pending, and a
// verdict is worth most when it is new.
//
// Terminate and Close wait longer, until nothing of the resource is under way any more:
// cluster_wait.h says for how long and why. What hangs is cancelled first, so that with a driver
// that gives requests back Terminate takes a millisecond or two (tests/windows/dll_bench.cc). With
// one that does not it takes its whole time; then the log says that the volume may still be in use.
//
// A policy is read anew for every Online. The lane is made then, and made anew when policy or
// properties have changed.
//
// Threading: any. Terminate may run beside everything else.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/apps/resource_dll/abi.h"
#include "host/apps/resource_dll/last_verdict.h"
#include "host/apps/resource_dll/monitor_callbacks.h"
#include "host/apps/resource_dll/resource_host.h"
#include "host/apps/resource_dll/system.h"
#include "host/apps/shared/versions.h"
#include "host/env/mutex.h"

namespace tidegate {

class ResourceInstance final : public std::enable_shared_from_this<ResourceInstance> {
 public:
  struct Parts {
    std::string name;
    System* system = nullptr;
    std::shared_ptr<ParameterStore> parameters;
    std::shared_ptr<ResourceHost> host;
    MonitorCallbacks monitor;
    abi::ResourceHandle handle = nullptr;
  };
  explicit ResourceInstance(Parts parts) : parts_(std::move(parts)) {}
  ~ResourceInstance();

  // --- Entry points. ---
  abi::Dword Online(Arguments arguments, abi::Handle* event);
  abi::Dword Offline(Arguments arguments) {
    return Begin(EntryPoint::kOffline, arguments, nullptr);
  }
  void Terminate();
  bool Poll(EntryPoint entry);
  abi::Dword Arbitrate(abi::QuorumResourceLost lost);
  abi::Dword Release();
  // Of a pending Online or Offline.
  abi::Dword Cancel();
  // Takes it out of use; `done` comes when nothing of it is left, on another thread.
  void Close(std::function<void()> done);
  // How long the cluster waits for that, and for Terminate.
  Duration Patience() const;
  // No callback is made from now on.
  void Silence() { silent_ = true; }

  // --- For control codes, on a job's thread: they may block. ---
  struct OwnedVolume {
    tidegate::ResourceId id;
    std::string path;
  };
  using PolicyResult = Result<std::shared_ptr<const LoadedPolicy>>;
  PolicyResult LoadPolicy(const std::string& path) { return parts_.host->library().Load(path); }
  ParameterStore& parameters() { return *parts_.parameters; }
  // The policy that runs now, null if none does.
  std::shared_ptr<const LoadedPolicy> running() const;
  struct SwapOrder {
    std::shared_ptr<const LoadedPolicy> policy;
    HistoryEntry entry;  // what its history calls it
    // When the policy has taken over, or why it did not.
    std::function<void(const Outcome&)> done;
    // When it is rolled back later, on a job's thread. Of a version that took the place of one on
    // probation, that one's is called next, for it knows what was before both.
    std::function<void()> undone;
  };
  void Swap(SwapOrder order);
  // What the flight recorder has, as text; nothing when no policy runs. `done` comes on any thread.
  void DumpTrace(std::function<void(std::optional<std::string>)> done);
  // What its operations meet from now on. `done` comes on any thread.
  void InjectFaults(Plan plan, std::function<void(const Outcome&)> done);
  // The volume that the resource owns, while it is online; empty when its policy names none.
  Result<OwnedVolume> Volume() const;
  // False: the policy answers no control codes, or is busy.
  bool AskControl(abi::Dword code, std::string input, std::function<void(const Verdict&)> done);

  // --- For control codes, at once. ---
  std::string last_reason() const;
  bool InUse() const;  // online, or on its way there or back
  bool IsOnline() const;
  bool maintenance() const { return maintenance_; }
  bool SetMaintenance(bool on);  // false: not online
  void Log(Level level, std::string_view text) const;
  System& system() const { return *parts_.system; }
  Jobs& jobs() { return parts_.host->jobs(); }
  const std::string& name() const { return parts_.name; }
  const std::shared_ptr<ResourceHost>& host() const { return parts_.host; }
  const MonitorCallbacks& monitor() const { return parts_.monitor; }

 private:
  enum class Phase { kOffline, kOnlinePending, kOnline, kOfflinePending, kFailed };
  struct Hosted {
    tidegate::ResourceId id;
    Lane* lane = nullptr;
    std::shared_ptr<const LoadedPolicy> policy;
    Properties properties;
    Grants grants;
  };
  // An Online or Offline, from the call to its end.
  struct Operation {
    explicit Operation(EntryPoint e) : entry(e) {}
    const EntryPoint entry;
    bool asked = false;    // the lane has been asked: an answer is this operation's
    bool yielded = false;  // the policy waits for something
    bool pending = false;  // ERROR_IO_PENDING was answered: reports are owed
    bool ended = false;
    abi::Dword code = abi::kSuccess;
    abi::Handle event = nullptr;
    abi::Dword checkpoint = 0;
    std::string progress;
  };
  struct PollRun {
    std::optional<Instant> asked;
    bool ok = true;  // the last verdict
    std::uint64_t answers = 0;
    int waiting = 0;
  };
  using OnVerdict = std::function<void(const Verdict&)>;

  abi::Dword Begin(EntryPoint entry, const Arguments& arguments, abi::Handle* event);
  void Perform(const std::shared_ptr<Operation>& op, const Arguments& arguments);
  Outcome Prepare(const Operation& op);
  Outcome HostNow();
  Result<Hosted> Host(std::shared_ptr<const LoadedPolicy> policy, Properties properties,
                      const Grants& grants);
  void End(const std::shared_ptr<Operation>& op, const Verdict& verdict, bool watching);
  // --- resource_ending.cc ---
  void Abort(const Cause& cause);
  void Rest(tidegate::ResourceId id);
  void TerminateAndWait(const Cause& cause);
  bool AwaitLane(const Hosted& hosted, bool (*is_so)(const Lane&), Instant until);
  void LetGo();
  std::vector<OnVerdict> TakeAsked();
  static void TellAborted(const std::vector<OnVerdict>& waiting);
  // --- resource_swap.cc ---
  void Serves(const Hosted& hosted);
  void NotProved();
  void Switched(const SwapOrder& order);
  void Swapped(const Outcome& outcome);
  void OnSwap(const SwapNews& news);

  // On the lane's thread.
  void OnAnswer(const Answer& answer);
  void OnStatus(const Status& status);
  void OnVerdictOf(PollRun& run, LastVerdict& last, const Verdict& verdict);
  void FoundFailed(const Cause& cause);

  // Asks the lane; `done` comes once, on any thread: an abort when the resource is terminated
  // first. False, and nothing comes: there is no lane, or the operation that it is for has ended.
  bool Ask(EntryPoint entry, Arguments arguments, OnVerdict done, const Operation* op = nullptr);
  // The same, and waits. Nothing when the answer did not come in time.
  std::optional<Verdict> AskAndWait(EntryPoint entry, Duration timeout,
                                    const Operation* op = nullptr);
  static std::size_t Index(EntryPoint entry) { return static_cast<std::size_t>(entry); }
  PollRun& RunOf(EntryPoint entry) { return polls_[entry == EntryPoint::kIsAlive ? 1 : 0]; }
  LastVerdict& LastOf(EntryPoint entry) { return last_[entry == EntryPoint::kIsAlive ? 1 : 0]; }

  const Parts parts_;
  Mutex hosting_;  // one thread makes or removes the lane; taken before mutex_

  mutable Mutex mutex_;
  Condition changed_;
  std::optional<Hosted> hosted_;
  std::shared_ptr<Operation> operation_;
  Phase phase_ = Phase::kOffline;
  std::array<PollRun, 2> polls_;
  std::array<std::vector<OnVerdict>, kEntryPoints> asked_;
  std::optional<SwapOrder> swap_;               // the one that is under way
  std::function<void()> on_roll_back_;          // not null: a version is on probation
  std::shared_ptr<const LoadedPolicy> before_;  // what it goes back to
  Succession succession_;
  abi::QuorumResourceLost quorum_lost_ = nullptr;
  abi::Handle event_ = nullptr;
  Cause last_cause_;
  bool still_acts_ = false;  // something cancelled, when terminate answered last
  int resting_ = 0;          // calls of Rest under way
  bool closed_ = false;

  std::array<LastVerdict, 2> last_;
  std::atomic<bool> maintenance_ = false;
  std::atomic<bool> silent_ = false;
};

}  // namespace tidegate
