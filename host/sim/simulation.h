// A Simulation runs a scenario: production Engines, Resources and policies under virtual time, in a
// modelled World, under a modelled Cluster. One object does many runs, one after the other.
//
// Why everything is an event: whatever kills a host or a node comes from the queue, never from
// inside a lane that it destroys.
//
// Ownership: owns it all; the scenario's policies are shared. Threading: one thread.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "host/engine/engine.h"
#include "host/sim/checker.h"
#include "host/sim/choices.h"
#include "host/sim/cluster.h"
#include "host/sim/course.h"
#include "host/sim/scenario.h"
#include "host/sim/steady.h"
#include "host/sim/trace.h"
#include "host/sim/world.h"

namespace tidegate::sim {

struct RunOptions {
  bool story = false;                  // keep the lines of the trace
  std::vector<Site>* sites = nullptr;  // every site that was met, in order
  bool where = false;                  // with the line of the policy that asked
  bool repeats = true;  // a steady run's periods are told from a tape (steady.h); false: played
};

struct RunResult {
  std::uint64_t digest = 0;
  std::uint64_t events = 0;
  Duration simulated;
  Duration left_out;  // of that, what was told from a tape instead of played (steady.h)
  Plan applied;       // the deviations that took place, as they came
  std::optional<Violation> violation;
  Evaluations evaluations{};
  std::vector<Line> lines;
};

// Where a run is, to go back to.
struct Moment {
  Course course;
  std::vector<LaneState> lanes;  // of the instances that have one
  std::unique_ptr<Cluster> cluster;
  Checker::Marks marks;
  Trace::Mark trace;
  std::size_t applied = 0;
};

class Simulation final : public Stage, private Course {
 public:
  // The error says why the policy cannot host the scenario's resources.
  static Result<std::unique_ptr<Simulation>> Create(const Scenario& scenario);
  ~Simulation() override;

  RunResult Run(Choices& choices, const RunOptions& options = {});

  // The same in parts. The choices and options are used until the next Begin.
  void Begin(Choices& choices, const RunOptions& options);
  bool Advance();  // through the next event; false: the run is over
  RunResult Finish();
  // Between two events. Not with a script, which cannot go back, nor where Learns() is false.
  bool CanSave() const { return scenario_.learns && !scenario_.script; }
  void Save(Moment& to);
  void Restore(const Moment& from);
  // Two runs with the same number go on in the same way: see state.cc. Only where CanSave().
  std::uint64_t StateDigest();
  bool Quiet() const;  // no entry point runs or is about to
  Instant now() const { return now_; }
  bool MayDeviate() const { return faults_on_; }
  std::size_t applied() const { return result_.applied.size(); }
  bool violated() const { return checker_.violation().has_value(); }
  std::uint64_t digest() const { return trace_.digest(); }
  std::uint64_t events() const { return trace_.events(); }
  const Evaluations& evaluations() const { return checker_.evaluations(); }
  void Where(bool where) { options_.where = where; }

  const Scenario& scenario() const { return scenario_; }
  const Manifest& manifest() const override { return manifest_; }

 private:
  friend class Checker;
  friend class ScriptedSteps;
  class NodeEnv;
  struct Host {
    std::unique_ptr<NodeEnv> env;
    std::unique_ptr<Engine> engine;
  };
  class Casting;

  explicit Simulation(const Scenario& scenario);
  tidegate::Outcome ReadManifest();

  // Stage
  Instant Now() const override { return now_; }
  void Schedule(Duration in, EventKind kind, int node, int resource, std::uint64_t number) override;
  int nodes() const override { return scenario_.nodes; }
  int resources() const override { return scenario_.resources; }
  bool Up(int node) const override { return nodes_[Size(node)].up; }
  bool HostAlive(int node) const override { return Up(node) && nodes_[Size(node)].host; }
  bool Reachable(int node) const override { return Up(node) && nodes_[Size(node)].reachable; }
  Instant NodeTime(int node) const override {
    return now_ + nodes_[Size(node)].offset + nodes_[Size(node)].Gained(now_);
  }
  bool StartHost(int node, int resource, bool one_call) override;
  Lane* Hire(int node, int resource, bool one_call);
  void Park(int node, int resource);
  void StopHost(int node, int resource) override;
  void Request(int node, int resource, EntryPoint entry) override;
  void Terminate(int node, int resource, const Cause& cause) override;
  void Fence(int node) override;
  void GiveAccess(int node, int resource) override;
  void TakeAccess(int node, int resource) override;
  bool Arbitrates() const override;
  void StartApplication(int node, int resource) override;
  void StopApplication(int node, int resource) override;
  bool OtherReading(int resource, std::string_view what) override;
  void Tell(int node, int resource, std::string text) override;

  // Going back (state.cc)
  std::uint64_t DigestHere(const std::vector<std::uint64_t>& meanings);
  void DescribeOperation(Digest& digest, const Operation& op) const;
  std::uint64_t RankOf(std::uint32_t handle, int node, int resource) const;
  std::uint64_t DescribeEvent(const Pending& event) const;
  void DescribeInstance(Digest& digest, std::size_t cell) const;
  Duration Patience() const;

  // Periods (steady.cc)
  template <class Visit>
  void ForEachCount(Visit visit);
  Duration Period() const;
  std::uint64_t SteadyDigest();
  void LookForPeriod();
  void LeaveOut(std::uint64_t times, Duration period);
  void StopRecording();

  // The run (simulation.cc)
  void Reset();
  const Step* NextStep();
  const Step& Current() const { return scenario_.script ? step_now_ : scenario_.steps[step_]; }
  bool BeginStep(const Step& step);
  bool Over(const Step& step);
  void TakeEvent();
  void Dispatch(const Pending& event);
  void CallEntry(const Pending& event);
  int Pick(std::string_view node, int resource, std::string_view what, int nth, Menu menu,
           std::string_view where = {});
  std::string_view CallSite(int node, int resource);
  void Deviated(const Site& site, const sim::Outcome& outcome);

  // Env (operations.cc)
  void Submit(int node, ResourceId id, Ticket ticket, const Call& call);
  void Arm(int node, ResourceId id, Ticket ticket, Instant due);
  void Report(int node, ResourceId id, const Status& status);
  void Log(int node, ResourceId id, Level level, std::string_view text);
  sim::Outcome Decide(const Operation& op);
  void Perform(std::size_t number);
  void Complete(std::size_t number, Reply reply);
  Reply Effect(const Operation& op);
  const Operation& Of(std::size_t number) const;
  Reply NodeEffect(const Operation& op);
  Reply StoreEffect(const Operation& op);
  void EnterGate(std::size_t number);
  void LeaveGate(int node, int disk, std::size_t number);
  void OnAnswer(int node, int resource, const tidegate::Answer& answer);

  // Faults (faults.cc)
  void Befall(Fate fate, int node, int resource, Duration lasts = {});
  void Heal(Fate fate, int node, int resource);
  void FaultsStop();
  void PowerOff(int node);
  void KillHost(int node);
  void StepClock(int node);
  void Offer(int node, int resource);

  static std::size_t Size(int n) { return static_cast<std::size_t>(n); }
  std::size_t Cell(int node, int resource) const {
    return Size(node) * Size(scenario_.resources) + Size(resource);
  }
  std::uint32_t Life(int node, int resource) const { return lives_[Cell(node, resource)]; }
  bool Late(const Pending& event) const {
    return event.life != 0 && event.life != Life(event.node, event.resource);
  }
  void Push(Duration in, EventKind kind, int node, int resource, std::uint64_t number);
  Instance& At(int node, int resource) { return instances_[Cell(node, resource)]; }

  Scenario scenario_;
  Manifest manifest_;
  std::vector<std::string> node_names_;
  std::vector<std::string> resource_names_;
  std::vector<std::string> paths_;
  std::vector<Properties> properties_;

  std::vector<Host> hosts_;
  std::vector<std::unique_ptr<Lane>> parked_;  // of each cell, without a life
  std::vector<LaneState> newborn_;             // of each cell, once there was one
  std::unique_ptr<Casting> casting_;
  std::set<std::string, std::less<>> call_sites_;  // lines of policies, for all runs
  std::unique_ptr<Cluster> cluster_;
  Checker checker_;
  Trace trace_;

  Choices* choices_ = nullptr;
  RunOptions options_;
  RunResult result_;
  std::unique_ptr<Steady> steady_;       // null: every event is played
  Step step_now_;                        // of a script
  std::vector<std::uint64_t> meanings_;  // of the queue's events, while a state is described
};

}  // namespace tidegate::sim
