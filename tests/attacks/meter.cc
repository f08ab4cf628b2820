// Measuring turns.
#include "tests/attacks/meter.h"

#include <algorithm>
#include <ctime>

#include "host/env/clock.h"

namespace tidegate::test {
namespace {

// The turn that this thread is in.
struct Turn {
  bool on = false;
  Duration looked;   // at the clock, in the thread's time
  Duration stretch;  // the longest between two looks
};
thread_local Turn turn_here;

void Look() {
  if (!turn_here.on) return;
  const Duration now = ThreadTime();
  turn_here.stretch = std::max(turn_here.stretch, now - turn_here.looked);
  turn_here.looked = now;
}

}  // namespace

Duration ThreadTime() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return Seconds(t.tv_sec) + Nanoseconds(t.tv_nsec);
}

void Meter::Watch(ResourceId attacked) {
  const std::scoped_lock lock(mutex_);
  measured_ = {};
  attacked_ = attacked.index;
}

Meter::Measured Meter::Take() const {
  const std::scoped_lock lock(mutex_);
  return measured_;
}

void Meter::Note(Duration turn, Duration stretch) {
  const std::scoped_lock lock(mutex_);
  measured_.turn = std::max(measured_.turn, turn);
  measured_.stretch = std::max(measured_.stretch, stretch);
}

void Meter::Load(const std::function<void()>& work) {
  const Duration began = ThreadTime();
  work();
  const std::scoped_lock lock(mutex_);
  measured_.load = ThreadTime() - began;
}

void Meter::InTurn(const std::function<void()>& work) {
  const Duration began = ThreadTime();
  turn_here = {true, began, {}};
  work();
  Look();
  turn_here.on = false;
  Note(ThreadTime() - began, turn_here.stretch);
}

Instant Meter::Now() const {
  Look();
  return EnvTap::Now();
}

void Meter::Post(ResourceId id, Event event) {
  if (id == kNeighbour) {
    const bool asked = std::holds_alternative<Requested>(event.what);
    const Instant since = event.at;
    EnvTap::Post(id, std::move(event));
    if (!asked) return;
    const std::scoped_lock lock(mutex_);
    measured_.delay = std::max(measured_.delay, MonotonicNow() - since);
  } else if (id.index == attacked_) {
    InTurn([&] { EnvTap::Post(id, std::move(event)); });
  } else {
    EnvTap::Post(id, std::move(event));
  }
}

}  // namespace tidegate::test
