// A Checker watches one run for violated invariants. Each invariant is one function.
//
// It sees the run from outside and keeps little of its own: what an instance said and did is in the
// Instance, what is true is in the World.
#pragma once

#include "host/core/digest.h"
#include "host/core/effect.h"
#include "host/core/manifest.h"
#include "host/sim/instance.h"
#include "host/sim/invariant.h"
#include "host/sim/outcome.h"

namespace tidegate::sim {

class Simulation;

// What hung when faults stopped is answered at once, and may fail its resource so long after.
inline constexpr Duration kGrace = Seconds(2);

class Checker {
 public:
  explicit Checker(Simulation& run) : run_(run) {}
  void Reset();

  // What happens in the run, told before it has its effect unless said otherwise.
  void Deviated(Fate fate, int node, int resource);
  void Harmed(int resource) { seen_.harmed |= 1u << resource; }
  void Submitted(int node, int resource, const Operation& op);
  void Answered(int node, int resource, const Operation& op, const Reply& reply);  // after
  void Reported(int node, int resource, const Status& status);
  void Answer(int node, int resource, const tidegate::Answer& answer);
  void Terminated(int node, int resource);
  void Swapped(int node, int resource);
  void ApplicationStarts(int node, int resource);
  void Stepped(int resource);  // after each event
  void Repeating(int resource);
  void FaultsStop() { seen_.faults_stopped = true; }
  void Recovered();  // every resource that should be is online
  void NotRecovered(int resource);
  void Livelock();
  void Demand() { Count(Invariant::kScenario); }  // of a scenario: looked at
  void Demanded(std::string what);                // and not so
  void Ended();

  // What it has seen of the run so far, to go back to.
  struct Marks {
    std::uint32_t harmed = 0;  // resources with a fault, a bit each
    bool all_harmed = false;   // a fault of a whole node
    bool faults_stopped = false;
    bool recovered = false;
    bool repeating = false;
    Instant recovered_at;
    std::vector<Instant> disturbed;   // when its volume was last changed by a fault; -1: never
    std::vector<Instant> dead_since;  // of a disk, while its resource says Online; -1: not
  };
  const Marks& marks() const { return seen_; }
  void GoBack(const Marks& to) {
    seen_ = to;
    violation_.reset();
  }

  const std::optional<Violation>& violation() const { return violation_; }
  const Evaluations& evaluations() const { return evaluations_; }
  void Describe(Digest& digest) const;
  template <class Visit>
  void ForEachCount(Visit visit) {
    for (std::uint64_t& times : evaluations_) visit(times);
  }

 private:
  bool Count(Invariant i) {
    ++evaluations_[static_cast<std::size_t>(i)];
    return true;
  }
  void Violated(Invariant i, int node, int resource, std::string what);

  // safety.cc
  void SingleOwner(int d);
  void DismountBeforeOffline(int node, int resource, const Operation& op);
  void NoIoAfterOffline(int node, int resource, const Operation& op);
  void TruthfulStatus(int node, int resource, const Status& status);
  void DeadIndeed(int node, int resource);
  void NoLostWrite(int node, int resource, bool offline);
  void Idempotent(int node, int resource, const Status& status);
  void HarmlessAgain(int node, int resource, const tidegate::Answer& answer);
  void OneEntryPoint(int node, int resource, const Operation& op);
  void DeadAfterTerminate(int node, int resource, const Operation& op);
  void LegalTransition(int node, int resource, const Status& status);
  void Bounded(int node, int resource, const Operation& op);
  void Capability(int node, int resource, const Operation& op);
  void OneVersion(int node, int resource);
  void ProbeIsPure(int node, int resource, const Operation& op);
  void NoSilentFailure(int node, int resource, const Status& status);
  void NeighboursUnharmed(int node, int resource, const Status& status);
  // liveness.cc
  void PendingEnds(int r);
  void NoFlapping(int node, int resource, const std::string& failed);
  void Detects(int r);
  void NoFalseAlarm(int node, int resource, const Status& status);
  void FailSafe();

  bool Excused(int node, int resource) const;

  Simulation& run_;
  std::optional<Violation> violation_;
  Evaluations evaluations_{};
  Marks seen_;
};

}  // namespace tidegate::sim
