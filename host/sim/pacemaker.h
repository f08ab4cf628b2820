// Pacemaker is the other cluster engine: every action is a process of its own that hosts the
// resource for as long as the action takes.
//
// Source: "Resource Agent API" of the OCF, Pacemaker Explained. As there: one action of a resource
// at a time; a failed start bans the node; a failed monitor is stop and start; a failed stop, a
// lost node and a node that is cut off are fenced, and only a fenced node's resources start
// elsewhere; a probe on every node before anything else, and on a node that comes back. What is
// open there is a choice: whether the process of an action that is out of time gets to run
// Terminate before it is killed, and whether exit code 1 of a monitor is a soft error (stop and
// start) or a hard one (this node is banned).
#pragma once

#include <vector>

#include "host/sim/cluster.h"

namespace tidegate::sim {

class Pacemaker final : public Cluster {
 public:
  explicit Pacemaker(Stage& stage);

  void Begin() override;
  void Online(int resource, int node) override;
  void Move(int resource, int to) override;
  void Offline(int resource) override;
  void Repeat(int resource) override;
  void TerminateAgain(int) override {}
  void OnReport(int, int, const Status&) override {}
  void OnAnswer(int node, int resource, const Answer& answer) override;
  void On(const Pending& event) override;
  void NodeDied(int node) override;
  void NodeBooted(int node) override;
  void HostDied(int node) override;
  void Partitioned(int node, bool one_way) override;
  void Rejoined(int) override {}
  bool Settled() const override;
  bool Wanted(int resource) const override { return Of(resource).wanted; }
  int Owner(int resource) const override;
  bool IsOnline(int resource) const override;
  Duration IsAliveInterval() const override;
  void Describe(Digest& digest) const override;
  std::uint64_t Meaning(const Pending& event) const override;
  std::unique_ptr<Cluster> Copy() const override;
  void Become(const Cluster& other) override;

 private:
  enum class Action : std::uint8_t { kNone, kProbe, kStart, kStop, kMonitor };
  struct Group {
    bool wanted = false;
    int target = 0;             // where it is wanted
    int running = -1;           // where it is believed to run
    bool failed = false;        // ... but has to be stopped
    std::uint32_t unknown = 0;  // nodes to be probed, a bit each
    std::uint32_t banned = 0;
    std::uint32_t fencing = 0;  // nodes whose end it waits for
    bool repeat = false;
    bool ends = false;  // the action's process is about to exit
    bool knows = true;  // ... and its answer is no "cannot be told"
    Action action = Action::kNone;
    int node = -1;  // of the action
    bool ok = true;
    std::uint32_t number = 0;  // of the action; its timeouts carry it
  };
  Group& Of(int resource) { return groups_[static_cast<std::size_t>(resource)]; }
  const Group& Of(int resource) const { return groups_[static_cast<std::size_t>(resource)]; }

  void Decide(int resource);
  void Start(int resource, int node, Action action);
  void End(int resource);
  void Finished(int resource);
  void Ban(Group& group, int node, int resource);
  void TimedOut(int resource, std::uint64_t number, bool killed);
  bool Usable(int node) const { return stage_.HostAlive(node) && stage_.Reachable(node); }
  int Allowed(const Group& group, int from) const;

  Stage& stage_;
  bool terminates_ = true;
  bool monitor_bans_ = false;
  std::vector<Group> groups_;
  int pending_ = 0;
};

}  // namespace tidegate::sim
