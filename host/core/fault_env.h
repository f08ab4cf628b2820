// A FaultEnv injects what a plan says into a running host: the same lines, at the same seam, as the
// simulator.
//
// Why a tap around the real Env: the operations are really performed or really not, and what the
// policy meets is what it would meet from a device that does so.
//
// It does what can be taken back by ending the host: answers instead of the device, and delays.
// What needs a world to break (power, disks, networks, clocks) it refuses by name. A fault applies
// once; an operation that hangs is answered with ERROR_OPERATION_ABORTED after limits::kFaultHangs,
// long after its entry point's deadline has cancelled it.
//
// Threading: as Env; applied() from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/core/env.h"
#include "host/core/fault.h"

namespace tidegate {

// Why a running host cannot do this; empty when it can.
std::string_view Refusal(Fate fate);

// Checks each line: fates a running host can do, operations that exist, codes that they declare.
// The error names file and line.
Outcome CheckFaults(const Plan& plan, std::string_view file);

class FaultEnv final : public EnvTap {
 public:
  // Lines of other nodes are ignored. `mail` takes what is answered here: never from inside the
  // call.
  FaultEnv(Env& inner, EventSink& mail, Plan plan, std::string_view node);

  // Before the resource's first event. `name` is what lines call it.
  void Register(ResourceId id, const std::string& name);
  // The resource is gone.
  void Forget(ResourceId id) { resources_[id.index].reset(); }
  // Told of each fault that is applied, on the lane's thread: "volume.dismount#1 fails BUSY".
  void Listen(std::function<void(ResourceId, const std::string&)> applied) {
    told_ = std::move(applied);
  }

  // Lines for a registered resource alone, whatever names they carry, in place of those that it was
  // given before; operations are counted anew. In the resource's turn. No lines: all is well again.
  void Inject(ResourceId id, Plan plan);

  void Submit(ResourceId id, Ticket ticket, const Call& call) override;
  void Post(ResourceId id, Event event) override;

  // The lines of this node that no operation met so far.
  Plan NotApplied() const;

 private:
  struct Line {
    Deviation deviation;
    std::atomic<bool> applied = false;
  };
  // What still happens to an operation that was asked for.
  struct Waiting {
    Ticket ticket;  // the lane's
    Call call;
    Fault fault;
  };
  struct Faulted {
    std::string name;
    std::map<std::string_view, int, std::less<>> counts;
    Plan injected;
    std::map<std::string_view, ErrorCode, std::less<>> fails_from_now_on;
    std::map<std::uint64_t, Waiting> waiting;  // by our ticket or the lane's
    std::uint64_t last_ticket = 0;
  };

  std::optional<Fault> Meets(ResourceId id, Faulted& resource, std::string_view what);
  Fault Meet(ResourceId id, Faulted& resource, std::string_view what, int nth, const Fault& fault);
  Ticket NewTicket(Faulted& resource);
  void Apply(ResourceId id, Faulted& resource, Ticket ticket, const Call& call, const Fault& fault);
  void Answer(ResourceId id, Ticket ticket, Reply reply);
  // False: the event is ours alone.
  bool Intercept(ResourceId id, Faulted& resource, Event& event);

  EventSink& mail_;
  const std::string node_;
  std::vector<std::unique_ptr<Line>> lines_;
  std::vector<std::unique_ptr<Faulted>> resources_;  // by id; never resized
  std::function<void(ResourceId, const std::string&)> told_;
};

}  // namespace tidegate
