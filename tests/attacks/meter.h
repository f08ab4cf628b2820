// A Meter stands between a host's Env and its engine and measures: how long the attacked resource's
// turns are, how long it runs without a look at the clock, how late its neighbour is served.
//
// Why the thread's processor time for the attacked one: its budget is running time, and a test
// machine runs other things. Why wall time for the neighbour: that is what it waits.
// Threading: any.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include "host/core/env.h"

namespace tidegate::test {

// Processor time of the calling thread.
Duration ThreadTime();

class Meter final : public EnvTap {
 public:
  static constexpr ResourceId kNeighbour{0};

  struct Measured {
    Duration load;     // compiling, an image, a sandbox: all that comes before the first turn
    Duration turn;     // the attacked resource's longest
    Duration stretch;  // its longest without a look at the clock: what a kill may come late
    Duration delay;    // the neighbour's longest from a request to its answer
  };

  using EnvTap::EnvTap;

  void Watch(ResourceId attacked);  // and forgets what was measured
  Measured Take() const;
  // Runs `work`, which loads the attacked resource: it is on nobody's lane.
  void Load(const std::function<void()>& work);

  Instant Now() const override;
  void Post(ResourceId id, Event event) override;

 private:
  void InTurn(const std::function<void()>& work);
  void Note(Duration turn, Duration stretch);

  mutable std::mutex mutex_;
  Measured measured_;
  std::atomic<std::uint32_t> attacked_{0};
};

}  // namespace tidegate::test
