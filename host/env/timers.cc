// The heap and its thread.
#include "host/env/timers.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "host/core/limits.h"
#include "host/env/clock.h"
#include "host/env/thread.h"

namespace tidegate {
namespace {

constexpr Instant kNever{INT64_MAX};
constexpr Instant kAwake{INT64_MIN};  // the thread will look at the heap anyway

Duration SlackOf(Instant due) {
  return std::clamp((due - MonotonicNow()) / 1'000, limits::kTimerSlack, limits::kTimerSlackMax);
}

}  // namespace

Timers::Timers(EventSink& sink, bool has_thread) : sink_(sink) {
  if (!has_thread) return;
  auto thread = StartThread("tg-timers", [this] { Main(); });
  if (!thread) {
    std::fputs("tidegate: the system gives no thread for timers\n", stderr);
    std::abort();
  }
  thread_ = std::move(*thread);
}

Timers::~Timers() { Stop(); }

void Timers::Arm(ResourceId id, Ticket ticket, Instant due) {
  Add({due, SlackOf(due), ticket, id, false});
}

void Timers::Sleep(ResourceId id, Ticket ticket, Instant due) {
  Add({due, SlackOf(due), ticket, id, true});
}

// Timers of one resource that are due at once come in the order in which they were armed.
bool Timers::Later(const Timer& a, const Timer& b) {
  return std::pair(a.due, a.ticket) > std::pair(b.due, b.ticket);
}

void Timers::Add(const Timer& timer) {
  bool sooner = false;
  {
    const std::scoped_lock lock(mutex_);
    heap_.push_back(timer);
    std::push_heap(heap_.begin(), heap_.end(), Later);
    sooner = wakes_at_ != kAwake && timer.due + timer.slack < wakes_at_;
    // Who arms the next one need not wake the thread again.
    if (sooner) wakes_at_ = kAwake;
  }
  if (sooner) changed_.notify_one();
}

void Timers::Main() {
  std::vector<Timer> due;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const Instant now = MonotonicNow();
    // All that is due once the earliest has waited for its slack, or nothing.
    if (!heap_.empty() && now >= heap_.front().due + heap_.front().slack) TakeDue(now, due);
    if (!due.empty()) {
      wakes_at_ = kAwake;
      lock.unlock();
      PostAll(now, due);
      due.clear();
      lock.lock();
    } else if (heap_.empty()) {
      wakes_at_ = kNever;
      changed_.wait(lock);
    } else {
      wakes_at_ = heap_.front().due + heap_.front().slack;
      const std::chrono::nanoseconds until(wakes_at_.ns);
      changed_.wait_until(lock, std::chrono::steady_clock::time_point(until));
    }
  }
}

void Timers::TakeDue(Instant now, std::vector<Timer>& due) {
  while (!heap_.empty() && heap_.front().due <= now) {
    std::pop_heap(heap_.begin(), heap_.end(), Later);
    due.push_back(heap_.back());
    heap_.pop_back();
  }
}

void Timers::PostAll(Instant now, const std::vector<Timer>& due) {
  for (const Timer& timer : due) {
    if (timer.sleep) {
      sink_.Post(timer.id, {now, Completed{timer.ticket, Success()}});
    } else {
      sink_.Post(timer.id, {now, Due{timer.ticket}});
    }
  }
}

Instant Timers::next() const {
  const std::scoped_lock lock(mutex_);
  return heap_.empty() ? kNever : heap_.front().due;
}

void Timers::Fire() {
  const Instant now = MonotonicNow();
  std::vector<Timer> due;
  {
    const std::scoped_lock lock(mutex_);
    TakeDue(now, due);
  }
  PostAll(now, due);
}

void Timers::Stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::size_t Timers::armed() const {
  const std::scoped_lock lock(mutex_);
  return heap_.size();
}

}  // namespace tidegate
