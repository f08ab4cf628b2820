// Mailboxes, the run queue, and the threads that serve it. One lock guards it all: it is held for
// tens of nanoseconds, and an event costs microseconds.
#include "host/env/scheduler.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "host/env/clock.h"
#include "host/env/thread.h"

namespace tidegate {
namespace {

// Items kept for the next events: a burst of this size allocates nothing.
constexpr std::size_t kItemsKept = 1024;
// After this many looks without anything to deliver the supervisor sleeps: about a second.
constexpr int kCalmLooks = 300;

std::chrono::nanoseconds Chrono(Duration d) { return std::chrono::nanoseconds(d.ns); }

}  // namespace

struct Scheduler::Item {
  Item* next = nullptr;
  std::variant<std::monostate, Event, Job> what;
};

Scheduler::Scheduler(int threads, int extra_threads)
    : threads_(threads), extra_threads_(extra_threads) {}

Scheduler::~Scheduler() {
  Stop();
  for (Mailbox& box : boxes_) {
    while (box.first != nullptr) delete std::exchange(box.first, box.first->next);
  }
  while (free_ != nullptr) delete std::exchange(free_, free_->next);
}

void Scheduler::Start(EventSink& handler) {
  const std::scoped_lock lock(mutex_);
  assert(handler_ == nullptr);
  handler_ = &handler;
  bool started = true;
  for (int i = 0; i < threads_; ++i) started = started && StartLane();
  auto supervisor = StartThread("tg-supervisor", [this] { SupervisorMain(); });
  if (!started || !supervisor) {
    std::fputs("tidegate: the system gives no threads to run lanes on\n", stderr);
    std::abort();
  }
  supervisor_thread_ = std::move(*supervisor);
}

void Scheduler::Post(ResourceId id, Event event) { Append(id, event); }

void Scheduler::Run(ResourceId id, Job job) { Append(id, job); }

template <class What>
void Scheduler::Append(ResourceId id, What& what) {
  std::unique_lock lock(mutex_);
  Mailbox& box = BoxOf(id);
  if (stopping_ || box.closed) return;
  Item* item = NewItem();
  item->what = std::move(what);
  (box.last == nullptr ? box.first : box.last->next) = item;
  box.last = item;
  if (box.queued || box.running) return;
  Enqueue(box);
  const bool wake_lane = ShouldWake(0);
  if (wake_lane) ++waking_;
  const bool wake_supervisor = !std::exchange(supervising_, true);
  lock.unlock();
  if (wake_lane) mail_.notify_one();
  if (wake_supervisor) supervisor_.notify_one();
}

Scheduler::Mailbox& Scheduler::BoxOf(ResourceId id) {
  assert(id.index < limits::kResources);
  while (boxes_.size() <= id.index) {
    const auto index = static_cast<std::uint32_t>(boxes_.size());
    boxes_.emplace_back().index = index;
  }
  return boxes_[id.index];
}

Scheduler::Item* Scheduler::NewItem() {
  if (free_ == nullptr) return new Item;
  --free_count_;
  Item* item = std::exchange(free_, free_->next);
  item->next = nullptr;
  return item;
}

void Scheduler::Recycle(Item* item) {
  if (free_count_ >= kItemsKept) {
    delete item;
    return;
  }
  ++free_count_;
  item->next = std::exchange(free_, item);
}

void Scheduler::Enqueue(Mailbox& box) {
  box.queued = true;
  box.queued_at = MonotonicNow();
  run_queue_.push_back(&box);
}

// One thread works a backlog off faster than another wakes up.
bool Scheduler::ShouldWake(std::size_t backlog) const {
  const std::size_t covered = backlog + static_cast<std::size_t>(limits::kLaneTurn * waking_);
  return idle_ > waking_ && run_queue_.size() > covered;
}

bool Scheduler::StartLane() {
  Lane& lane = lanes_.emplace_back();
  auto thread = StartThread("tg-lane", [this, &lane] { LaneMain(lane); });
  if (!thread) {
    lanes_.pop_back();
    return false;
  }
  lane.thread = std::move(*thread);
  ++alive_;
  ++threads_started_;
  return true;
}

void Scheduler::LaneMain(Lane& lane) {
  std::unique_lock lock(mutex_);
  while (WaitForMail(lock)) Turn(lane, lock);
  --alive_;
  lane.done = true;
}

// False: this thread is to end.
bool Scheduler::WaitForMail(std::unique_lock<Mutex>& lock) {
  while (run_queue_.empty()) {
    if (stopped_) return false;
    ++idle_;
    auto woken = std::cv_status::no_timeout;
    if (alive_ > threads_) {
      woken = mail_.wait_for(lock, Chrono(limits::kLaneExtraIdle));
    } else {
      mail_.wait(lock);
    }
    --idle_;
    if (waking_ > 0) --waking_;
    if (woken == std::cv_status::timeout && run_queue_.empty() && alive_ > threads_) return false;
  }
  return true;
}

void Scheduler::Turn(Lane& lane, std::unique_lock<Mutex>& lock) {
  Mailbox& box = *run_queue_.front();
  run_queue_.pop_front();
  box.queued = false;
  box.running = true;
  Item* items = TakeTurnOf(box);
  lane.in_turn = true;
  lane.turn_began = MonotonicNow();
  const bool wake = ShouldWake(limits::kLaneTurn);
  if (wake) ++waking_;
  lock.unlock();

  if (wake) mail_.notify_one();
  int delivered = 0;
  for (Item* item = items; item != nullptr; item = item->next, ++delivered) {
    Deliver({box.index}, *item);
    item->what = std::monostate{};
  }

  lock.lock();
  lane.in_turn = false;
  delivered_ += static_cast<std::uint64_t>(delivered);
  while (items != nullptr) Recycle(std::exchange(items, items->next));
  box.running = false;
  if (box.first != nullptr) {
    Enqueue(box);
  } else if (box.closed || stopping_) {
    quiet_.notify_all();
  }
}

Scheduler::Item* Scheduler::TakeTurnOf(Mailbox& box) {
  Item* first = box.first;
  Item* last = first;
  for (int n = 1; n < limits::kLaneTurn && last->next != nullptr; ++n) last = last->next;
  box.first = std::exchange(last->next, nullptr);
  if (box.first == nullptr) box.last = nullptr;
  return first;
}

void Scheduler::Deliver(ResourceId id, Item& item) {
  if (Event* event = std::get_if<Event>(&item.what)) {
    handler_->Post(id, std::move(*event));
  } else if (Job* job = std::get_if<Job>(&item.what)) {
    (*job)();
  }
}

void Scheduler::SupervisorMain() {
  std::unique_lock lock(mutex_);
  std::uint64_t seen = 0;
  int calm = 0;
  while (!stopped_) {
    if (!supervising_) supervisor_.wait(lock);
    if (!supervising_) continue;
    supervisor_.wait_for(lock, Chrono(limits::kLaneStall));
    Supervise(MonotonicNow());
    const bool working = !run_queue_.empty() || delivered_ != seen || alive_ > threads_;
    calm = working ? 0 : calm + 1;
    seen = delivered_;
    if (calm < kCalmLooks) continue;
    calm = 0;
    supervising_ = false;
  }
}

void Scheduler::Supervise(Instant now) {
  for (auto lane = lanes_.begin(); lane != lanes_.end();) {
    if (lane->done) lane->thread.join();  // needs the lock no more
    lane = lane->done ? lanes_.erase(lane) : std::next(lane);
  }
  if (run_queue_.empty() || now - run_queue_.front()->queued_at < limits::kLaneStall / 2) return;
  int wanted = static_cast<int>(std::min<std::size_t>(run_queue_.size(), limits::kLaneTurn));
  for (; wanted > 0 && idle_ > waking_; --wanted) {
    ++waking_;
    mail_.notify_one();
  }
  int prompt = 0;  // threads that are not held up by one long turn
  for (const Lane& lane : lanes_) {
    if (!lane.in_turn || now - lane.turn_began < limits::kLaneStall) ++prompt;
  }
  for (; wanted > 0 && prompt < threads_ && alive_ < threads_ + extra_threads_;
       --wanted, ++prompt) {
    if (!StartLane()) return;
  }
}

void Scheduler::Remove(ResourceId id) {
  std::unique_lock lock(mutex_);
  Mailbox& box = BoxOf(id);
  box.closed = true;
  if (handler_ == nullptr || stopped_) return;  // nothing is or will be delivered
  quiet_.wait(lock, [&] { return box.first == nullptr && !box.running; });
}

void Scheduler::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  if (handler_ == nullptr || stopped_) return;
  quiet_.wait(lock, [this] {
    for (const Lane& lane : lanes_) {
      if (lane.in_turn) return false;
    }
    return run_queue_.empty();
  });
  stopped_ = true;
  std::list<Lane> lanes = std::move(lanes_);
  lanes_.clear();
  lock.unlock();
  mail_.notify_all();
  supervisor_.notify_all();
  supervisor_thread_.join();
  for (Lane& lane : lanes) lane.thread.join();
}

Scheduler::Counters Scheduler::counters() const {
  const std::scoped_lock lock(mutex_);
  return {alive_, threads_started_, run_queue_.size(), delivered_};
}

}  // namespace tidegate
