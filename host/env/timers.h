// Timers is a heap of what comes due and one thread that waits for the earliest: Due{ticket} is
// posted at its time or a little later (limits::kTimerSlackMax and the system's delay), never
// earlier. Without the thread its owner waits, until next(), and fires.
//
// A timer cannot be taken back: who is no longer interested forgets the ticket. Instants are of
// MonotonicNow(). Ownership: the sink outlives Stop(). Threading: any.
#pragma once

#include <cstdint>
#include <vector>

#include "host/core/env.h"
#include "host/env/mutex.h"
#include "host/env/thread.h"

namespace tidegate {

class Timers {
 public:
  explicit Timers(EventSink& sink, bool has_thread = true);
  ~Timers();
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  void Arm(ResourceId id, Ticket ticket, Instant due);    // answered by Due
  void Sleep(ResourceId id, Ticket ticket, Instant due);  // answered by Completed: success
  Instant next() const;                                   // the end of time when none is armed
  void Fire();                                            // posts what is due
  // Nothing is posted once this has returned.
  void Stop();

  std::size_t armed() const;

 private:
  struct Timer {
    Instant due;
    Duration slack;
    Ticket ticket;
    ResourceId id;
    bool sleep;
  };
  static bool Later(const Timer& a, const Timer& b);
  void Add(const Timer& timer);
  void Main();
  void TakeDue(Instant now, std::vector<Timer>& due);
  void PostAll(Instant now, const std::vector<Timer>& due);

  EventSink& sink_;
  mutable Mutex mutex_;
  Condition changed_;
  std::vector<Timer> heap_;
  Instant wakes_at_{INT64_MAX};
  bool stopping_ = false;
  Thread thread_;
};

}  // namespace tidegate
