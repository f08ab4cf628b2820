// A Host is a running Tidegate: scheduler, Env, engine, and the resources of a configuration.
//
// What cannot be hosted, because its policy is broken or its configuration wrong, keeps no other
// resource down: it has an entry without a lane, is Failed with the reason, and is hosted when a
// reload or a swap brings what it needs.
//
// Threading: everything may be called from any thread, but Change, Remove and Shutdown from one at
// a time; lanes run on the scheduler's. What waits holds nobody else up, and End() ends it.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/apps/shared/versions.h"
#include "host/apps/tidegate/config.h"
#include "host/apps/tidegate/trace_files.h"
#include "host/apps/tidegate/unique_values.h"
#include "host/core/fault_env.h"
#include "host/core/trace_env.h"
#include "host/engine/engine.h"
#include "host/env/host_env.h"
#include "host/env/host_locks.h"
#include "host/env/scheduler.h"

namespace tidegate {

class Volumes;

struct HostOptions {
  std::string node;
  std::string state_dir;
  std::string runtime_dir;
  std::function<void(Level, std::string_view resource, std::string_view text)> log;
  // Performs cluster.*; none: a cluster of this one node.
  std::function<Reply(ResourceId, const Call&)> cluster;
  // Told of every status, on the lane's thread.
  std::function<void(const std::string& resource, const Status&)> reported;
  // Stands between Env and engine: a story. What it answers itself it posts to `mail`.
  std::function<std::unique_ptr<EnvTap>(Env&, EventSink& mail)> tap;
  // What resources of other hosts have for themselves; none: there are no others.
  std::function<std::vector<UniqueValues>()> others;
  // Injected into what the resources do; those of other nodes are ignored.
  Plan faults;
  bool keep_traces = false;                  // of failures and of the end, in the state directory
  int healthy = limits::kSwapHealthy;        // verdicts that end a version's probation, see swap.h
  int quarantine = limits::kSwapQuarantine;  // after so many rollbacks
  int lane_threads = limits::kLaneThreads;
  bool records = true;     // by the flight recorder, which has room for thousands of resources
  Duration lock_patience;  // for how long the lock of a resource is waited for
  bool monitored = true;  // false: nothing polls or restarts, entry points are performed one by one
  bool any_mode = false;  // of the runtime directory, see HostLocks::Open
  // Policies and a state directory that other users could change are refused (guarded.h).
  bool guarded = false;
};

// Another version, read once: what was verified is what runs.
struct NewVersion {
  std::filesystem::path policy;
  PolicySource source;
  std::shared_ptr<const CompiledPolicy> program;

  HistoryEntry EntryBy(std::string who) const;
};

struct SwapOrder {
  std::string by;  // who asks
  Duration within = limits::kSwapWithin;
  bool force = false;  // cancels what is in flight after that
  bool lift = false;   // of a version that is quarantined
};

// Of a resource that is not hosted: because another process has it.
bool IsElsewhere(const Error& trouble);

class Host {
 public:
  static Result<std::unique_ptr<Host>> Create(HostOptions options);
  ~Host();

  // --- Its resources (host_resources.cc). ---
  // Takes the resource's lock, compiles (unless `program` is there) and checks its policy. Nothing
  // runs before Begin().
  Outcome Add(const ResourceConfig& config, std::shared_ptr<const CompiledPolicy> program = {});
  // Adds each as well as it can be: by the policy that is configured, else by the version that
  // served last, else as one that is not hosted. The names of those that can Begin().
  std::vector<std::string> Admit(const std::vector<ResourceConfig>& configs);
  // Opens the resource and, if the configuration says so, brings it online.
  void Begin(const std::string& name);
  // SIGHUP: what can change while it runs.
  Outcome Change(const ResourceConfig& config);
  // Takes it offline, waits, and lets go of it.
  Outcome Remove(const std::string& name, Duration timeout);
  // Why it is not hosted, or not as its configuration says.
  std::optional<Error> TroubleOf(const std::string& name) const;
  bool Hosts(const std::string& name) const;
  std::string Troubles() const;  // "; 2 of 50 are not as it says: vol1, vol2", or nothing
  std::vector<UniqueValues> Unique() const;

  Outcome Want(const std::string& name, bool online, const Cause& cause);
  // --- Swaps (swap/host_swap.cc). ---
  // `digest`, where it is given, is what the caller has tried: another one is refused.
  Result<NewVersion> ReadVersion(const std::filesystem::path& policy,
                                 const std::string& digest = {});
  // What resource.state would be under it; the error says why it cannot take over.
  Result<std::string> Rehearse(const std::string& name, const NewVersion& version,
                               const SwapOrder& order);
  // Has it take over when no entry point is in flight, and waits for that. The swap's number; 0:
  // the resource was not hosted, and is now.
  Result<std::uint64_t> Switch(const std::string& name, const NewVersion& version,
                               const SwapOrder& order);
  // Waits until what serves, and its history, is on disk: then the next host serves it, too. What
  // cannot be kept is rolled back. The error says so, or that the swap was rolled back meanwhile.
  Outcome Settle(const std::string& name, std::uint64_t number);
  // Both.
  Result<std::uint64_t> Swap(const std::string& name, const NewVersion& version,
                             const SwapOrder& order);
  Outcome GoBack(const std::string& name, const std::string& by);
  Outcome SetPin(const std::string& name, std::optional<Pin> pin, const std::string& by);
  Result<VersionRecord> HistoryOf(const std::string& name);
  // Without a monitor: performs one entry point and waits for its answer, which its timeout bounds,
  // and for resource.state to be on disk. What has not answered `within` is terminated,
  // but for a poll, which changes nothing and is given up.
  Result<Answer> Perform(const std::string& name, EntryPoint entry, const Arguments& arguments = {},
                         Duration within = limits::kDurationMax);

  std::optional<LaneView> View(const std::string& name);
  // Whether what is known of its versions is on disk.
  bool Written(const std::string& name) const { return versions_->Written(name); }
  std::vector<LaneView> Views();
  std::vector<StuckCall> Stuck() const { return env_->Stuck(); }
  // A file or folder that the host reads: no volume is in it, and nothing is mounted there.
  void KeepOff(const std::string& path);
  std::string NameOf(ResourceId id) const { return env_->names().Of(id); }
  std::vector<std::string> names() const;
  std::optional<ResourceConfig> ConfigOf(const std::string& name) const;
  Instant Now() const { return env_->Now(); }

  // What the flight recorder has of it.
  Result<Trace> TakeTrace(const std::string& name, const std::string& reason);
  // Of the faults that were to be injected, those that met no operation.
  Plan FaultsNotApplied() const { return faults_ ? faults_->NotApplied() : Plan(); }

  // Waits until `done` holds of the resource; false when `timeout` came first.
  bool WaitFor(const std::string& name, Duration timeout,
               const std::function<bool(const LaneView&)>& done);
  // Whoever waits is told that the host is ending; from now on only Shutdown waits.
  void End();
  // Lets go of the resources' locks, for a process that leaves by _exit.
  void LetGo() { locks_->LetGo(); }
  // Takes everything offline, last added first; what has not gone when 2 *
  // limits::kTerminateTimeout are left is terminated. What did not end offline is in the error.
  Outcome Shutdown(Duration timeout, CauseKind kind = CauseKind::kShutdown);

  Scheduler& scheduler() { return scheduler_; }
  const HostOptions& options() const { return options_; }

 private:
  // What is known of a resource's swaps, besides what its lane knows.
  struct Swapping : Succession {
    std::optional<SwapNews> began;  // refused or switched
    std::uint64_t rolled_back = 0;  // the latest that was
    std::string asking;             // who waits for one to begin
  };
  struct Entry {
    const std::string name;
    const ResourceId id = {};
    Lane* const lane = nullptr;  // null: it is not hosted
    bool begun = false;          // of one whose entry points are performed one by one
    // mutex_ guards the rest.
    ResourceConfig config = {};
    std::string configured = {};        // digest of the configuration's policy
    std::optional<Error> trouble = {};  // why it is not as its configuration says
    bool instead = false;               // of what is configured another version serves for that
    Instant since = {};                 // not hosted
    UniqueValues unique = {};
    Swapping swap = {};
  };
  // With which version a resource begins.
  struct Start {
    NewVersion version;
    std::optional<NewVersion> before = {};  // `version` is on probation
    std::string configured = {};            // digest, as far as it is known
    std::string policy = {};                // what the configuration's policy is called
    std::optional<Error> trouble = {};      // why it is not the configuration's
    std::vector<HistoryEntry> notes = {};   // what its history gets when it begins so
    std::vector<std::pair<Level, std::string>> said = {};
    UniqueValues unique = {};
  };

  explicit Host(HostOptions options)
      : options_(std::move(options)), scheduler_(options_.lane_threads) {}
  void Connect();
  void KeepTraces();
  std::string PolicyFileOf(ResourceId id);
  void NotePolicyFile(ResourceId id, const std::filesystem::path& policy);
  // --- With hosting_ held. ---
  // With its lock, and by one of the ways that its properties fit.
  Result<Start> Prepare(const ResourceConfig& config, bool last);
  Result<Start> Choose(const ResourceConfig& config, std::vector<Start> ways) const;
  Outcome EnterInTurn(const ResourceConfig& config, Start start, UniqueIndex& index);
  Outcome Enter(const ResourceConfig& config, Start start);
  void Remember(const Entry& entry, const Start& start);
  void LeaveOut(const ResourceConfig& config, const Error& why);
  std::vector<UniqueValues> Taken() const;
  Result<NewVersion> Read(const std::filesystem::path& policy);

  // --- Versions to begin with (swap/host_versions.cc). ---
  // What the configuration means, the best first. With `last` also what served last, for when what
  // is configured cannot.
  Result<std::vector<Start>> WaysToStart(const ResourceConfig& config, bool last);
  Start Continue(Start configured, const VersionRecord& record, const StateFile& state);
  Start GivenUp(Start configured, const VersionRecord& record, const StateFile& state);
  void OnProbationAgain(Start& start, const Start& configured, const VersionRecord& record,
                        const StateFile& state);
  std::optional<Start> ServedLast(const VersionRecord& record,
                                  const std::optional<StateFile>& state);
  // The file where it was, or the copy that was made of it.
  std::optional<NewVersion> Kept(const VersionRecord& record, const std::string& digest);
  std::optional<NewVersion> ReadKept(const VersionRecord& record, const std::string& digest) const;
  // A copy for the next host, in case the file is another one by then.
  Outcome Keep(const NewVersion& version);
  void OnSwap(Entry& entry, const SwapNews& news);
  void Log(Level level, const std::string& resource, const std::string& text) const {
    if (options_.log) options_.log(level, resource, text);
  }
  std::shared_ptr<Entry> Find(const std::string& name) const;
  // With a lane; the error says why there is none.
  Result<std::shared_ptr<Entry>> Hosted(const std::string& name) const;
  Error Unknown(const std::string& name) const;
  LaneView ViewOf(const Entry& entry) const;  // of one that is not hosted
  // Runs `job` in the resource's turn and waits for it; false: it has not run, or not yet.
  bool OnLane(const Entry& entry, const std::function<void(Lane&)>& job);
  bool Settled(const std::string& name, Instant until, bool ends,
               const std::function<bool(const LaneView&)>& done);
  Outcome Apply(Entry& entry, const ResourceConfig& config);
  Outcome CheckOrder(const std::string& name, const NewVersion& version, const SwapOrder& order);
  std::optional<UniqueValues> UniqueUnder(const Entry& entry, const NewVersion& version) const;
  Outcome CheckUnique(const Entry& entry, const NewVersion& version) const;
  Result<std::uint64_t> Offer(Entry& entry, const NewVersion& version, const SwapOrder& order);
  Result<std::uint64_t> Mend(const Entry& entry, const NewVersion& version, const SwapOrder& order);
  Result<std::string> RehearseStart(const ResourceConfig& config, const NewVersion& version) const;
  Outcome StillSwapped(const std::string& name, std::uint64_t number);
  Outcome Durable(const std::string& name);
  Outcome TakeBack(const std::string& name, const std::string& by);

  HostOptions options_;
  std::unique_ptr<HostLocks> locks_;
  Scheduler scheduler_;
  std::shared_ptr<Volumes> volumes_;
  std::unique_ptr<HostEnv> env_;
  std::unique_ptr<FaultEnv> faults_;
  std::unique_ptr<TraceEnv> recorder_;
  std::unique_ptr<EnvTap> tap_;
  std::unique_ptr<TraceFiles> traces_;
  std::unique_ptr<Versions> versions_;
  std::unique_ptr<Engine> engine_;

  std::mutex hosting_;  // one adds or removes resources; taken before mutex_
  // Read since the latest Admit() began, and by digest what an earlier host left.
  std::map<std::filesystem::path, NewVersion> programs_;
  std::map<std::string, NewVersion> kept_;

  mutable std::mutex mutex_;  // what follows, and what in an entry changes
  std::map<std::string, std::shared_ptr<Entry>> entries_;
  std::vector<std::string> order_;
  std::map<ResourceId, std::string> policy_files_;
  std::condition_variable reported_;
  std::uint64_t reports_ = 0;
  bool ending_ = false;
};

}  // namespace tidegate
