// A Battle is a whole host as in production (scheduler, Linux environment, log file, engine) with a
// healthy neighbour that is asked every two milliseconds, in which attacks run one after the other,
// each in a fresh resource.
//
// Threading: one thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/engine/engine.h"
#include "host/env/host_env.h"
#include "host/env/log.h"
#include "host/env/scheduler.h"
#include "tests/attacks/attack.h"
#include "tests/attacks/meter.h"
#include "tests/env/temporary_directory.h"

namespace tidegate::test {

// One ending of the attacked entry point, as seen on its lane at that moment.
struct Ending {
  Verdict verdict;
  bool dead = false;
  Policy::Usage usage;
};

// What became of an attack.
struct Outcry {
  std::string refused;  // the load's error
  std::vector<Ending> endings;
  bool silent = false;     // no ending came: whatever it does, nothing stops it
  bool came_back = false;  // after a death the resource was online again
  std::string logged;      // the host's log meanwhile
  std::string complained;  // standard error meanwhile
  Meter::Measured measured;
};

class Battle {
 public:
  Battle();
  ~Battle();
  Battle(const Battle&) = delete;
  Battle& operator=(const Battle&) = delete;

  Outcry Run(const Attack& attack);
  // The same attack in so many resources at once.
  std::vector<Outcry> RunAtOnce(const Attack& attack, int count);
  // Asks no more, waits for the last answer, and says what the neighbour missed; empty if nothing.
  std::string NeighbourMissed();
  int neighbour_ticks() const { return answered_; }

 private:
  struct Watched;
  struct Fighter {
    const Attack* attack;
    ResourceId id;
    Lane* lane;  // null: refused
    std::string refused;
    std::shared_ptr<Watched> watched;
  };
  Fighter Begin(const Attack& attack);
  Outcry Finish(const Fighter& fighter);
  Result<Lane*> Load(const Attack& attack, ResourceId id);
  void Drive(const Fighter& fighter);
  void AddNeighbour();
  void Ask();

  TemporaryDirectory directory_;
  Scheduler scheduler_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<HostEnv> env_;
  std::unique_ptr<Meter> meter_;
  std::unique_ptr<Engine> engine_;
  std::size_t log_read_ = 0;
  std::atomic<bool> asking_{true};
  std::atomic<int> asked_{0};
  std::atomic<int> answered_{0};
  std::atomic<int> sick_{0};
  std::thread asker_;
};

}  // namespace tidegate::test
