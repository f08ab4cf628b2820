// A ResourceHost is scheduler, Env and engine of the DLL, for as long as a resource is open.
//
// Why not for as long as the DLL is loaded: nobody says when it is unloaded, and threads cannot be
// ended from DllMain. Ownership: shared by the resources; the last to leave calls Stop().
// Threading: any, but Remove and Stop not on a lane thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "host/apps/resource_dll/jobs.h"
#include "host/apps/resource_dll/policy_library.h"
#include "host/apps/resource_dll/system.h"
#include "host/apps/shared/versions.h"
#include "host/core/fault_env.h"
#include "host/core/trace_env.h"
#include "host/engine/engine.h"
#include "host/env/host_env.h"
#include "host/env/scheduler.h"

namespace tidegate {

class ResourceHost {
 public:
  // A resource and who hears of it.
  struct Guest {
    std::string name;
    std::function<void(const Status&)> reported;
    std::function<void(Level, std::string_view)> log;
  };

  static Result<std::shared_ptr<ResourceHost>> Start(System& system);
  ~ResourceHost();

  // Makes the lane; nothing runs before its Begin().
  Result<std::pair<ResourceId, Lane*>> Add(const Guest& guest, const LoadedPolicy& policy,
                                           Properties properties, const Grants& grants);
  // Waits for the lane's turn to end, then lets go of all it has.
  void Remove(ResourceId id);
  // What was recorded of it; in the resource's turn.
  std::optional<Trace> TakeTrace(ResourceId id) const { return recorder_->Take(id); }
  // In the resource's turn, and only when its grants allow it.
  void Inject(ResourceId id, Plan plan) { faults_->Inject(id, std::move(plan)); }
  // Cancels the I/O of the resource that is under way now.
  void CancelIo(ResourceId id);
  // Closes what is kept open between its polls. May block.
  void Rest(ResourceId id);
  // Requests of the resource that a driver has kept although they were cancelled, and has still.
  std::size_t LeftBehind(ResourceId id) const {
    return volumes_.left_behind ? volumes_.left_behind(id) : 0;
  }

  void Run(ResourceId id, Scheduler::Job job) { scheduler_.Run(id, std::move(job)); }
  Jobs& jobs() { return jobs_; }
  PolicyLibrary& library() { return library_; }
  Versions& versions() { return *versions_; }
  const std::string& node() const { return env_->node(); }
  const VolumeDriver& volumes() const { return volumes_; }
  void Stop();

 private:
  explicit ResourceHost(System& system) : system_(system), volumes_(system.MakeVolumes()) {}

  System& system_;
  VolumeDriver volumes_;
  const std::shared_ptr<Names> names_ = std::make_shared<Names>();  // for the cluster's answers
  Scheduler scheduler_;
  std::unique_ptr<HostEnv> env_;
  std::unique_ptr<FaultEnv> faults_;    // between env and recorder
  std::unique_ptr<TraceEnv> recorder_;  // between that and engine
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Versions> versions_;
  PolicyLibrary library_;
  Jobs jobs_;

  void Log(Level level, std::string_view resource, std::string_view text);
  void Invite(ResourceId id, const Guest& guest);
  void Dismiss(ResourceId id);

  Mutex adding_;  // the engine's list has one writer
  Mutex mutex_;   // of what follows
  std::map<std::uint32_t, Guest> guests_;
  std::map<std::string, std::uint32_t, std::less<>> by_name_;
};

}  // namespace tidegate
