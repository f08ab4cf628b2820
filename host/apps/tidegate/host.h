// A Host is a running Tidegate: scheduler, Env, engine, and the resources of a configuration.
//
// Threading: everything may be called from any thread, but Add, Change, Remove and Shutdown from
// one at a time; lanes run on the scheduler's. What waits holds nobody else up, and End() ends it.
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
  // Injected into what the resources do; those of other nodes are ignored.
  Plan faults;
  bool keep_traces = false;                  // of failures and of the end, in the state directory
  int healthy = limits::kSwapHealthy;        // verdicts that end a version's probation
  int quarantine = limits::kSwapQuarantine;  // after so many rollbacks
  int lane_threads = limits::kLaneThreads;
  bool records = true;    // by the flight recorder, which has room for thousands of resources
  bool monitored = true;  // false: nothing polls or restarts, entry points are performed one by one
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

class Host {
 public:
  static Result<std::unique_ptr<Host>> Create(HostOptions options);
  ~Host();

  // Takes the resource's lock, compiles (unless `program` is there) and checks its policy. Nothing
  // runs before Begin().
  Outcome Add(const ResourceConfig& config, std::shared_ptr<const CompiledPolicy> program = {});
  // Opens the resource and, if the configuration says so, brings it online.
  void Begin(const std::string& name);
  // Takes it offline, waits, and lets go of it.
  Outcome Remove(const std::string& name, Duration timeout);

  Outcome Want(const std::string& name, bool online, const Cause& cause);
  // --- Swaps (swap/host_swap.cc). ---
  // `digest`, where it is given, is what the caller has tried: another one is refused.
  Result<NewVersion> ReadVersion(const std::filesystem::path& policy,
                                 const std::string& digest = {});
  // What resource.state would be under it; the error says why it cannot take over.
  Result<std::string> Rehearse(const std::string& name, const NewVersion& version,
                               const SwapOrder& order);
  // Has it take over when no entry point is in flight, and waits for that. The swap's number.
  Result<std::uint64_t> Swap(const std::string& name, const NewVersion& version,
                             const SwapOrder& order);
  Outcome GoBack(const std::string& name, const std::string& by);
  Outcome SetPin(const std::string& name, std::optional<Pin> pin, const std::string& by);
  Result<VersionRecord> HistoryOf(const std::string& name);
  Outcome Change(const ResourceConfig& config);  // SIGHUP: what can change while it runs

  // Without a monitor: performs one entry point and waits for its answer, which its timeout bounds,
  // and for resource.state to be on disk. What has not answered `within` is terminated,
  // but for a poll, which changes nothing and is given up.
  Result<Answer> Perform(const std::string& name, EntryPoint entry, const Arguments& arguments = {},
                         Duration within = limits::kDurationMax);

  std::optional<LaneView> View(const std::string& name);
  // Whether what its lane has to keep is not on disk yet.
  bool Saving(const std::string& name);
  std::vector<LaneView> Views();
  std::vector<StuckCall> Stuck() const { return env_->Stuck(); }
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
  void LetGo() { locks_.reset(); }
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
    const ResourceId id;
    Lane* const lane;
    bool begun = false;  // of one whose entry points are performed one by one
    // mutex_ guards the rest.
    ResourceConfig config = {};
    std::string configured = {};  // digest of the configuration's policy
    Swapping swap = {};
  };

  explicit Host(HostOptions options)
      : options_(std::move(options)), scheduler_(options_.lane_threads) {}
  void Connect();
  void KeepTraces();
  std::string PolicyFileOf(ResourceId id);
  void NotePolicyFile(ResourceId id, const std::filesystem::path& policy);
  Result<std::shared_ptr<const CompiledPolicy>> Compile(const std::filesystem::path& policy);
  // What the resource ran last, if an operator swapped it in and the configuration is the same
  // since; else `configured`.
  NewVersion VersionFor(const ResourceConfig& config,
                        std::shared_ptr<const CompiledPolicy> configured);
  std::shared_ptr<const CompiledPolicy> Kept(const VersionRecord& record, const KeptState& kept,
                                             std::filesystem::path& file);
  // A copy for the next host, in case the file is another one by then.
  Outcome Keep(const NewVersion& version);
  void OnSwap(Entry& entry, const SwapNews& news);
  void Log(Level level, const std::string& resource, const std::string& text) const {
    if (options_.log) options_.log(level, resource, text);
  }
  std::shared_ptr<Entry> Find(const std::string& name) const;
  Error Unknown(const std::string& name) const;
  // Runs `job` in the resource's turn and waits for it; false: it has not run, or not yet.
  bool OnLane(const Entry& entry, const std::function<void(Lane&)>& job);
  bool Settled(const std::string& name, Instant until, bool ends,
               const std::function<bool(const LaneView&)>& done);
  Result<std::uint64_t> Offer(Entry& entry, const NewVersion& version, const SwapOrder& order);

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
  std::map<std::filesystem::path, std::shared_ptr<const CompiledPolicy>> programs_;

  mutable std::mutex mutex_;  // what follows, and what in an entry changes
  std::map<std::string, std::shared_ptr<Entry>> entries_;
  std::vector<std::string> order_;
  std::map<ResourceId, std::string> policy_files_;
  std::condition_variable reported_;
  std::uint64_t reports_ = 0;
  bool ending_ = false;
};

}  // namespace tidegate
