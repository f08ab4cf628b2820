// Workers is a bounded pool of threads for calls that block: a Call goes in, Completed comes out.
//
// Why threads that can be given up: a read from a device that died can hold its thread in the
// kernel for ever, and nothing can interrupt it. Such a thread is not waited for, not even when the
// process ends. A call that is slow no longer counts against the pool's size, so others go on at
// once; one that is stuck is quarantined: named in the log once, listed in Stuck(), and replaced up
// to a bound. Past the bound new calls fail at once with ERROR_BUSY instead of waiting behind dead
// threads. If the kernel lets go after all, the call is answered and its thread is a worker again.
//
// Fairness: resources take turns; one resource has at most limits::kOperationsOutstanding calls,
// and at most half of the workers while its calls are not slow.
//
// Ownership: `perform` must own all that a call needs, because a stuck call outlives the pool; the
// sink and `log` are not used once Stop() has returned. Threading: any.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/core/env.h"
#include "host/core/limits.h"

namespace tidegate {

struct WorkerOptions {
  int workers = limits::kWorkers;
  int workers_per_resource = limits::kWorkersPerResource;
  int quarantined = limits::kWorkersQuarantined;
  Duration slow_after = limits::kWorkerSlowAfter;
  Duration stuck_after = limits::kWorkerStuckAfter;
  std::size_t queue = limits::kWorkQueue;
};

// A call that did not come back for WorkerOptions::stuck_after.
struct StuckCall {
  ResourceId id;
  std::string op;  // "volume.probe"
  Instant since;
  int thread = 0;  // the system's number, as in /proc/PID/task
};

class Workers {
 public:
  using Perform = std::function<Reply(ResourceId, const Call&)>;
  using Log = std::function<void(ResourceId, Level, std::string_view)>;

  Workers(EventSink& sink, Perform perform, Log log, WorkerOptions options = {});
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Never blocks; exactly one Completed{ticket} answers, unless the pool is stopped first.
  void Submit(ResourceId id, Ticket ticket, const Call& call);
  // Drops what waits, gives what runs up to `grace` to end, then leaves it behind.
  void Stop(Duration grace = {});

  std::vector<StuckCall> Stuck() const;
  // Calls under way or waiting, stuck ones included.
  std::size_t outstanding() const;
  bool HasCallsOf(ResourceId id) const;
  int threads() const;

 private:
  struct Pool;  // shared with the threads, the last one of which deletes it
  std::shared_ptr<Pool> pool_;
};

}  // namespace tidegate
