// HostEnv is the Env of a real host, whatever its system: clock, timers, workers, the store, the
// volumes and the cluster that it is given, and the board of what was reported.
//
// Ownership: the sink and the callbacks outlive Stop(). `volumes` and `cluster` must own all that a
// call needs (capture a shared_ptr): a call stuck in the kernel outlives this object. Threading:
// any.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/core/env.h"
#include "host/env/names.h"
#include "host/env/store.h"
#include "host/env/timers.h"
#include "host/env/worker.h"

namespace tidegate {

struct HostEnvOptions {
  std::string node;             // empty: the system's name
  std::string state_directory;  // made if need be
  // Performs volume.*, on a worker thread; none: not supported.
  std::function<Reply(ResourceId, const Call&)> volumes;
  // Performs cluster.*, on a worker thread; none: a cluster of this one node.
  std::function<Reply(ResourceId, const Call&)> cluster;
  std::function<void(Level, std::string_view resource, std::string_view text)> log;
  // Told each report, on the lane's thread.
  std::function<void(ResourceId, const Status&)> reported;
  WorkerOptions workers;
  // Without a thread: a call that blocks is performed where it is asked for, and whoever has this
  // fires timers(). For a process that looks once, is watched from outside and left by _exit.
  bool in_turn = false;
};

class HostEnv final : public Env {
 public:
  static Result<std::unique_ptr<HostEnv>> Create(EventSink& sink, HostEnvOptions options);
  ~HostEnv() override;

  // A resource's name for logs and the store; before its first event. Unless it works in turn it
  // cleans up what an interrupted store.set left, so that the resource's lock must be held.
  void Register(ResourceId id, std::string name);
  // Its name stays known as long as a call of it is under way: what is written late is written to
  // its own folder.
  void Forget(ResourceId id);

  Instant Now() const override;
  void Submit(ResourceId id, Ticket ticket, const Call& call) override;
  void Arm(ResourceId id, Ticket ticket, Instant due) override;
  void Report(ResourceId id, const Status& status) override;
  void Log(ResourceId id, Level level, std::string_view text) override;

  std::optional<Status> Reported(ResourceId id) const;
  std::vector<StuckCall> Stuck() const { return workers_->Stuck(); }
  const Names& names() const { return *names_; }
  Timers& timers() { return timers_; }
  const std::string& node() const { return options_.node; }
  // Ends timers and workers; calls that run get `grace`, then they are left behind. Afterwards
  // nothing is posted or logged. With Stuck() not empty leave by _exit: nothing can join those
  // threads.
  void Stop(Duration grace = {});

 private:
  HostEnv(EventSink& sink, HostEnvOptions options, Store store);
  Reply Answer(const Call& call) const;

  EventSink& sink_;
  const HostEnvOptions options_;
  const Store store_;
  const std::shared_ptr<Names> names_;  // shared with calls that may outlive us
  Workers::Perform perform_;
  Timers timers_;
  std::unique_ptr<Workers> workers_;
  mutable std::mutex mutex_;
  std::unordered_map<std::uint32_t, Status> reported_;
};

}  // namespace tidegate
