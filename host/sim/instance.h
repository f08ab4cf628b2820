// An Instance is one resource on one node of a simulated run, as seen from outside: what was asked
// of it, what it said, and what it has under way.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/core/effect.h"
#include "host/engine/lane.h"
#include "host/sim/outcome.h"

namespace tidegate::sim {

struct Operation {
  std::size_t number = 0;  // within the run, from 1
  Ticket ticket;
  Call call;
  Outcome outcome;
  std::uint8_t node = 0;
  std::uint8_t resource = 0;
  std::uint32_t life = 0;
  std::uint32_t epoch = 0;  // of the instance when it was asked for
  bool own = false;         // the lane's: resource.state
  bool orphan = false;      // its entry point is over
};

struct Instance {
  Lane* lane = nullptr;
  ResourceState state = ResourceState::kInitializing;
  std::uint32_t checkpoint = 0;
  Instant since;                  // when the state was entered
  std::vector<EntryPoint> asked;  // not answered; the first one runs
  bool terminating = false;
  Cause terminate_cause;
  std::uint32_t epoch = 0;            // rises when an entry point is over or cancelled
  std::uint32_t cancelled_below = 0;  // handles of earlier epochs are dead
  bool misled = false;                // the running entry point was told something that was not so
  bool hindered = false;              // a fault met one of its operations
  bool went_offline = false;          // by an offline of its own, and nothing came after
  Instant looked;                     // when it last asked for something
  int operations = 0;                 // asked for by the running entry point
  std::uint32_t dismounting = 0;      // the handle that it last asked to dismount through
  std::vector<std::pair<std::uint32_t, std::uint32_t>> handles;  // and the epoch of each

  bool idle() const { return asked.empty() && !terminating; }
  std::optional<EntryPoint> running() const {
    if (terminating) return EntryPoint::kTerminate;
    return asked.empty() ? std::nullopt : std::optional(asked.front());
  }
};

}  // namespace tidegate::sim
