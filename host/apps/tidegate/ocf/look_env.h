// A LookEnv is how a look touches the world. It reads without the resource's lock, so that a
// question keeps no action waiting and fails beside none; what changes the device or resource.state
// it does under the lock, one call at a time.
//
// Why resource.state may be forgotten: it was computed from what was read. An action that runs, or
// that ended meanwhile, writes what is newer. Values are put into place whole, the last one stays.
#pragma once

#include <functional>
#include <string>

#include "host/core/env.h"
#include "host/env/host_locks.h"
#include "host/env/store.h"

namespace tidegate::ocf {

struct LookWrites {
  std::string resource;
  bool forgets = false;            // a probe
  std::function<Duration()> left;  // for how long the lock may be waited for
};

class LookEnv final : public EnvWrapper {
 public:
  // Reads what resource.state is now; before the lane does.
  LookEnv(Env& inner, EventSink& mail, HostLocks& locks, Store store, LookWrites writes);
  void Submit(ResourceId id, Ticket ticket, const Call& call) override;

 private:
  void Keep(ResourceId id, Ticket ticket, const Call& call, const std::string& state);
  std::string State() const;

  EventSink& mail_;
  HostLocks& locks_;
  const Store store_;
  const LookWrites writes_;
  std::string state_;  // as it was read, or written here
};

}  // namespace tidegate::ocf
