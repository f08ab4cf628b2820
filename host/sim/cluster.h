// A Cluster is the cluster engine's side of the contract: who calls what on which node, and when. A
// Stage is what it may do to the run.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "host/core/digest.h"
#include "host/core/effect.h"
#include "host/core/manifest.h"
#include "host/core/monitor.h"
#include "host/sim/event_queue.h"

namespace tidegate::sim {

class Stage {
 public:
  virtual ~Stage() = default;
  virtual Instant Now() const = 0;
  // Something for the cluster itself to hear of later: Cluster::On(event).
  virtual void Schedule(Duration in, EventKind kind, int node, int resource,
                        std::uint64_t number) = 0;
  virtual int nodes() const = 0;
  virtual int resources() const = 0;
  virtual bool Up(int node) const = 0;         // it has power
  virtual bool HostAlive(int node) const = 0;  // and the host process runs
  virtual bool Reachable(int node) const = 0;  // and the others hear it
  // The nodes' own clock, for the monitors there.
  virtual Instant NodeTime(int node) const = 0;
  // One resource of it. A host that serves one call answers each verdict as it is.
  virtual bool StartHost(int node, int resource, bool one_call) = 0;
  virtual void StopHost(int node, int resource) = 0;
  virtual void Request(int node, int resource, EntryPoint entry) = 0;
  virtual void Terminate(int node, int resource, const Cause& cause) = 0;
  virtual void Fence(int node) = 0;  // power off, and on again
  virtual void GiveAccess(int node, int resource) = 0;
  virtual void TakeAccess(int node, int resource) = 0;
  // Whether the policy takes and defends a reservation of its own.
  virtual bool Arbitrates() const = 0;
  virtual const Manifest& manifest() const = 0;  // of the policy that the run begins with
  virtual void StartApplication(int node, int resource) = 0;
  virtual void StopApplication(int node, int resource) = 0;
  // What the documentation leaves open; true for the other reading.
  virtual bool OtherReading(int resource, std::string_view what) = 0;
  virtual void Tell(int node, int resource, std::string text) = 0;
};

class Cluster {
 public:
  virtual ~Cluster() = default;
  virtual void Begin() = 0;

  // The operator.
  virtual void Online(int resource, int node) = 0;
  virtual void Move(int resource, int to) = 0;  // -1: to the next one
  virtual void Offline(int resource) = 0;
  virtual void Repeat(int resource) = 0;
  virtual void TerminateAgain(int resource) = 0;

  // The hosts.
  virtual void OnReport(int node, int resource, const Status& status) = 0;
  virtual void OnAnswer(int node, int resource, const Answer& answer) = 0;
  // The world.
  virtual void On(const Pending& event) = 0;
  virtual void NodeDied(int node) = 0;
  virtual void NodeBooted(int node) = 0;
  virtual void HostDied(int node) = 0;
  virtual void Partitioned(int node, bool one_way) = 0;
  virtual void Rejoined(int node) = 0;

  virtual bool Settled() const = 0;
  virtual bool Wanted(int resource) const = 0;
  virtual int Owner(int resource) const = 0;
  virtual bool IsOnline(int resource) const = 0;  // as the cluster sees it
  virtual Duration IsAliveInterval() const = 0;
  virtual void Describe(Digest& digest) const = 0;
  // What an event of its own means to it now; 0: nothing any more, or Describe tells of it.
  virtual std::uint64_t Meaning(const Pending& event) const = 0;
  virtual std::unique_ptr<Cluster> Copy() const = 0;
  virtual void Become(const Cluster& other) = 0;  // of the same kind, on the same stage
};

}  // namespace tidegate::sim
