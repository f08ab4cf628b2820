// A Recorder listens to what lanes do besides what passes an Env: steps, wishes, policy versions.
//
// Why beside Env: which task of a policy asked what is known to its lane alone, and it is what a
// replay needs.
//
// Threading: told on the lane's turn, as Env is. An implementation neither waits nor calls back.
#pragma once

#include <cstdint>
#include <string>

#include "host/core/capability.h"
#include "host/core/effect.h"
#include "host/core/property.h"

namespace tidegate {

// Which policy version serves a resource, and with what.
struct Hosting {
  std::string resource;
  std::string node;
  std::string policy;   // "volume.lua"
  std::string version;  // the policy's own text
  std::string digest;   // of the policy's text
  Properties properties;
  Capabilities granted = Capabilities::None();
  std::int64_t memory_bytes = 0;  // the sandbox's limits
  std::int64_t fuel = 0;
  Duration running_time;
  bool operator==(const Hosting&) const = default;
};

class Recorder {
 public:
  virtual ~Recorder() = default;
  // A sandbox of this policy begins to serve the resource: the first one, one after a kill, another
  // version.
  virtual void Hosts(ResourceId id, Instant at, const Hosting& hosting) = 0;
  virtual void Wants(ResourceId id, Instant at, bool online, const Cause& cause) = 0;
  // resource.state as it was read back, or is kept from now on.
  virtual void KeepsState(ResourceId id, Instant at, const std::string& json) = 0;
  // Before its effects are performed.
  virtual void Stepped(ResourceId id, const Event& event, const Effects& effects) = 0;
  // The nth time that the policy was told in this turn, where it is not that of the turn's event,
  // in milliseconds: finer times no policy sees.
  virtual void ToldTime(ResourceId id, Task task, int nth, Instant now) = 0;
};

}  // namespace tidegate
