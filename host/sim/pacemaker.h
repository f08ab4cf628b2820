// Pacemaker is the other cluster engine: every action is a process of its own that hosts the resource
// for as long as the action takes.
#pragma once

#include <vector>

#include "host/sim/cluster.h"

namespace tidegate::sim {

class Pacemaker final : public Cluster {
 public:
  explicit Pacemaker(Stage& stage) : stage_(stage) {}
  void Begin() override {}
  void Online(int, int) override {}
  void Move(int) override {}
  void Offline(int) override {}
  void Repeat(int) override {}
  void TerminateAgain(int) override {}
  void OnReport(int, int, const Status&) override {}
  void OnAnswer(int, int, const Answer&) override {}
  void On(const Pending&) override {}
  void NodeDied(int) override {}
  void NodeBooted(int) override {}
  void HostDied(int) override {}
  void Partitioned(int, bool) override {}
  void Rejoined(int) override {}
  bool Settled() const override { return true; }
  bool Wanted(int) const override { return false; }
  int Owner(int) const override { return 0; }
  bool IsOnline(int) const override { return false; }
  void Describe(Digest&) const override {}

 private:
  Stage& stage_;
};

}  // namespace tidegate::sim
