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
#include <string>
#include <vector>

#include "host/engine/engine.h"
#include "host/sim/checker.h"
#include "host/sim/choices.h"
#include "host/sim/cluster.h"
#include "host/sim/event_queue.h"
#include "host/sim/instance.h"
#include "host/sim/scenario.h"
#include "host/sim/trace.h"
#include "host/sim/world.h"

namespace tidegate::sim {

struct RunOptions {
  bool story = false;                  // keep the lines of the trace
  std::vector<Site>* sites = nullptr;  // every site that was met, in order
  // Told the state's digest whenever nothing is under way and `deviations` have been applied; true
  // ends the run, because what follows is known.
  std::function<bool(std::uint64_t)> known;
  int deviations = 0;
};

struct RunResult {
  std::uint64_t digest = 0;
  // What came of the deviations, but for error codes and texts, up to the first moment when nothing
  // was under way after them.
  std::uint64_t behaviour = 0;
  std::uint64_t events = 0;
  Duration simulated;
  Plan applied;  // the deviations that took place, as they came
  std::optional<Violation> violation;
  Evaluations evaluations{};
  bool cut = false;  // ended by `known`
  std::vector<Line> lines;
};

class Simulation final : public Stage {
 public:
  // The error says why the policy cannot host the scenario's resources.
  static Result<std::unique_ptr<Simulation>> Create(const Scenario& scenario);
  ~Simulation() override;

  RunResult Run(Choices& choices, const RunOptions& options = {});

  const Scenario& scenario() const { return scenario_; }
  const Manifest& manifest() const { return manifest_; }

 private:
  friend class Checker;
  class NodeEnv;
  struct Node {
    std::unique_ptr<NodeEnv> env;
    std::unique_ptr<Engine> engine;
    bool up = true;
    bool host = true;
    bool reachable = true;
    Duration offset;  // of its clock
  };
  using Store = std::vector<std::pair<std::string, std::string>>;

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
  Instant NodeTime(int node) const override { return now_ + nodes_[Size(node)].offset; }
  bool StartHost(int node, int resource, bool one_call) override;
  void StopHost(int node, int resource) override;
  void Request(int node, int resource, EntryPoint entry) override;
  void Terminate(int node, int resource, const Cause& cause) override;
  void Fence(int node) override;
  void GiveAccess(int node, int resource) override;
  void TakeAccess(int node, int resource) override;
  void StartApplication(int node, int resource) override;
  void StopApplication(int node, int resource) override;
  bool OtherReading(int resource, std::string_view what) override;
  void Tell(int node, int resource, std::string text) override;

  // The run (simulation.cc)
  void Reset(Choices& choices, const RunOptions& options);
  void RunSteps();
  bool Begin(const Step& step);
  bool Over(const Step& step);
  void Dispatch(const Pending& event);
  void CallEntry(const Pending& event);
  bool Quiet() const;
  std::uint64_t StateDigest() const;
  void Behaved(std::uint64_t what, int node, int resource);
  bool Known();
  int Pick(std::string_view node, int resource, std::string_view what, int nth, Menu menu);
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
  Reply StoreEffect(const Operation& op);
  void EnterGate(std::size_t number);
  void LeaveGate(int node, int disk, std::size_t number);
  void OnAnswer(int node, int resource, const tidegate::Answer& answer);

  // Faults (faults.cc)
  void Befall(Fate fate, int node, int resource);
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

  World world_;
  EventQueue queue_;
  std::vector<Node> nodes_;
  std::vector<Instance> instances_;
  std::vector<Operation> operations_;              // numbered from 1
  std::vector<std::vector<std::size_t>> waiters_;  // at the gate of each volume
  std::vector<Store> stores_;
  std::vector<std::array<ErrorCode, std::variant_size_v<Call> + 1>> persistent_;
  std::vector<std::array<int, std::variant_size_v<Call> + 2>> op_counts_;
  std::vector<std::array<int, kEntryPoints>> entry_counts_;
  std::vector<int> order_counts_;
  std::vector<int> writes_;
  std::vector<std::uint32_t> lives_;  // of each instance: what an earlier one is owed is dropped
  std::vector<std::uint32_t> application_starts_;
  std::unique_ptr<Cluster> cluster_;
  Checker checker_;
  Trace trace_;

  Digest behaviour_;
  bool behaved_ = false;

  Choices* choices_ = nullptr;
  const RunOptions* options_ = nullptr;
  RunResult result_;
  Instant now_;
  std::size_t step_ = 0;
  Instant step_ends_;
  bool faults_on_ = true;
  bool cut_ = false;
  int calls_under_way_ = 0;  // of the cluster, on their way to a host
};

}  // namespace tidegate::sim
