// A Scheduler runs many lanes on few threads: a mailbox per resource, whose events and jobs are
// delivered one at a time and in order, those of different resources in parallel.
//
// Why a supervisor and no hand-over between threads: waking a thread costs more than most events.
// A post wakes one thread, which takes everything that is there; only when mail has waited for
// limits::kLaneStall does the supervisor wake another, and when too many threads are held up by
// long turns it starts extra ones, which retire when idle. So a policy that runs away costs a
// neighbour a few milliseconds, and an ordinary second costs a few thousand wake-ups less.
//
// Ownership: the handler outlives Stop(). Threading: everything may be called from any thread; the
// handler is called on lane threads, never from inside Post. Mailboxes have no bound of their own:
// what posts to them (timers, operations, requests) is bounded per resource at its origin.
#pragma once

#include <deque>
#include <functional>
#include <list>

#include "host/core/env.h"
#include "host/core/limits.h"
#include "host/env/mutex.h"
#include "host/env/thread.h"

namespace tidegate {

class Scheduler final : public EventSink {
 public:
  using Job = std::function<void()>;

  explicit Scheduler(int threads = limits::kLaneThreads,
                     int extra_threads = limits::kLaneThreadsExtra);
  ~Scheduler() override;
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Delivers to `handler` from now on; what was posted before waits until then.
  void Start(EventSink& handler);

  void Post(ResourceId id, Event event) override;
  // Runs `job` in the resource's turn, between its events.
  void Run(ResourceId id, Job job);
  // Waits until the mailbox is empty and idle; from then on what comes for `id` is dropped. Not
  // from a job or event of `id` itself.
  void Remove(ResourceId id);
  // Delivers what is there, drops what comes, ends the threads. Not from a lane thread.
  void Stop();

  struct Counters {
    int threads = 0;
    int threads_started = 0;  // extra ones included
    std::size_t waiting = 0;  // mailboxes with mail and no thread yet
    std::uint64_t delivered = 0;
  };
  Counters counters() const;

 private:
  struct Item;
  struct Mailbox {
    Item* first = nullptr;
    Item* last = nullptr;
    Instant queued_at;  // since when it waits for a thread
    std::uint32_t index = 0;
    bool queued = false;   // in the run queue
    bool running = false;  // a thread has its turn
    bool closed = false;
  };
  struct Lane {
    Thread thread;
    Instant turn_began;
    bool in_turn = false;
    bool done = false;
  };

  Mailbox& BoxOf(ResourceId id);
  template <class What>
  void Append(ResourceId id, What& what);
  Item* NewItem();
  void Recycle(Item* item);
  void Enqueue(Mailbox& box);
  bool ShouldWake(std::size_t backlog) const;
  bool StartLane();
  void LaneMain(Lane& lane);
  bool WaitForMail(std::unique_lock<Mutex>& lock);
  void Turn(Lane& lane, std::unique_lock<Mutex>& lock);
  Item* TakeTurnOf(Mailbox& box);
  void Deliver(ResourceId id, Item& item);
  void SupervisorMain();
  void Supervise(Instant now);

  const int threads_;
  const int extra_threads_;
  EventSink* handler_ = nullptr;

  mutable Mutex mutex_;
  Condition mail_;        // lane threads wait here
  Condition supervisor_;  // the supervisor does
  Condition quiet_;       // Remove and Stop do
  std::deque<Mailbox> boxes_;           // by ResourceId.index
  std::deque<Mailbox*> run_queue_;
  std::list<Lane> lanes_;
  Thread supervisor_thread_;
  Item* free_ = nullptr;
  std::size_t free_count_ = 0;
  int alive_ = 0;   // lane threads
  int idle_ = 0;    // of those, waiting
  int waking_ = 0;  // of those, told to wake and not there yet
  int threads_started_ = 0;
  std::uint64_t delivered_ = 0;
  bool supervising_ = false;
  bool stopping_ = false;
  bool stopped_ = false;
};

}  // namespace tidegate
