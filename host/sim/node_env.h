// A NodeEnv is the Env of one simulated node: it forwards everything to the Simulation, with the
// node's number.
#pragma once

#include "host/core/env.h"
#include "host/sim/simulation.h"

namespace tidegate::sim {

class Simulation::NodeEnv final : public Env {
 public:
  NodeEnv(Simulation& run, int node) : run_(run), node_(node) {}
  Instant Now() const override { return run_.NodeTime(node_); }
  void Submit(ResourceId id, Ticket ticket, const Call& call) override {
    run_.Submit(node_, id, ticket, call);
  }
  void Arm(ResourceId id, Ticket ticket, Instant due) override { run_.Arm(node_, id, ticket, due); }
  void Report(ResourceId id, const Status& status) override { run_.Report(node_, id, status); }
  void Log(ResourceId id, Level level, std::string_view text) override {
    run_.Log(node_, id, level, text);
  }

 private:
  Simulation& run_;
  int node_;
};

}  // namespace tidegate::sim
