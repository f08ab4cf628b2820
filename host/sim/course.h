// A Course is everything of a run that changes as it goes on, but for what hosts, cluster and
// checker keep themselves: plain data, copied to go back to a moment.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "host/sim/event_queue.h"
#include "host/sim/instance.h"
#include "host/sim/scenario.h"
#include "host/sim/world.h"

namespace tidegate::sim {

struct NodeState {
  bool up = true;
  bool host = true;
  bool reachable = true;
  Duration offset;  // of its clock
  bool drifts = false;
  Instant drifts_since;
  Duration Gained(Instant now) const {
    return drifts ? (now - drifts_since) / kDriftPart : Duration{};
  }
  // How long it takes by the others' clocks until this one's has gone on by `in`.
  Duration Takes(Duration in) const {
    return drifts ? in * kDriftPart / (kDriftPart + 1) + Nanoseconds(2) : in;
  }
};

struct Course {
  using Store = std::vector<std::pair<std::string, std::string>>;

  World world_;
  EventQueue queue_;
  std::vector<NodeState> nodes_;
  std::vector<Instance> instances_;
  std::vector<Operation> operations_;  // under way
  std::size_t last_operation_ = 0;
  std::vector<std::vector<std::size_t>> waiters_;  // at the gate of each volume
  std::vector<Store> stores_;
  std::vector<Store> records_;
  std::vector<Store> attributes_;  // of each node, for as long as it has power
  std::vector<std::array<ErrorCode, std::variant_size_v<Call>>> persistent_;
  std::vector<std::array<int, std::variant_size_v<Call>>> op_counts_;
  std::vector<std::array<int, kEntryPoints>> entry_counts_;
  std::vector<int> order_counts_;
  std::vector<std::uint32_t> lives_;  // of each instance: what an earlier one is owed is dropped
  std::vector<std::uint32_t> application_starts_;
  std::vector<int> writes_;

  Instant now_;
  std::size_t step_ = 0;
  bool begun_ = false;
  bool in_step_ = false;
  Instant step_ends_;
  std::uint64_t step_began_ = 0;  // events before it
  bool faults_on_ = true;
  int calls_under_way_ = 0;  // of the cluster, on their way to a host
};

}  // namespace tidegate::sim
