// Leaving out periods that are like the last two.
#include "host/sim/steady.h"

#include <algorithm>
#include <numeric>

#include "host/sim/simulation.h"

namespace tidegate::sim {
namespace {

// An application writes every five seconds, and every second write differs.
constexpr std::int64_t kWritesMs = 10'000;
constexpr std::int64_t kLongestMs = 24 * 3600 * 1000;
// Periods after which nobody waits for two that are alike: where a poll comes so long after the
// last one ended, it drifts, and none is.
constexpr int kTries = 250;

}  // namespace

// All that counts how often something happened, for whoever reads it afterwards.
template <class Visit>
void Simulation::ForEachCount(Visit visit) {
  checker_.ForEachCount(visit);
  trace_.ForEachCount(visit);
  world_.ForEachCount(visit);
  for (auto& counts : op_counts_) std::ranges::for_each(counts, visit);
  for (auto& counts : entry_counts_) std::ranges::for_each(counts, visit);
  std::ranges::for_each(order_counts_, visit);
  std::ranges::for_each(writes_, visit);
}

// Of all polls and writes together; 0: there is none worth waiting for.
Duration Simulation::Period() const {
  const std::int64_t looks = scenario_.monitor.looks_alive_poll_interval.ns / 1'000'000;
  const std::int64_t is = scenario_.monitor.is_alive_poll_interval.ns / 1'000'000;
  if (looks < 1 || is < 1 || looks > kLongestMs || is > kLongestMs) return {};
  const std::int64_t polls = std::lcm(looks, is);
  if (polls > kLongestMs) return {};
  return Milliseconds(std::lcm(polls, kWritesMs));
}

// As of the next event, however long the step still takes. Timers that mean nothing any more are
// told, too: the trace is told when they come due.
std::uint64_t Simulation::SteadyDigest() {
  const Instant next = queue_.next().at;
  const Instant ends = std::exchange(step_ends_, next + Minutes(60));
  Digest digest;
  digest.Add(StateDigest());
  step_ends_ = ends;
  for (const Pending& event : queue_.all()) {
    digest.Add((static_cast<std::uint64_t>(event.kind) << 16) | (std::uint64_t{event.node} << 8) |
               event.resource);
    digest.Add(static_cast<std::uint64_t>((event.at - next).ns));
  }
  return digest.value();
}

// Before each event of a run that may be steady.
void Simulation::LookForPeriod() {
  Steady& steady = *steady_;
  const bool waits = in_step_ && Current().kind == Step::Kind::kAfter && !queue_.empty();
  if (!waits || !result_.applied.empty()) return StopRecording();
  const Instant next = queue_.next().at;
  const Duration period = Period();
  if (steady.recording && next < steady.began + period) return;
  if (period.ns == 0 || step_ends_ - next < period * 2) return StopRecording();
  if (++steady.tries > kTries) return StopRecording();
  const std::uint64_t state = SteadyDigest();
  std::vector<std::uint64_t> counts;
  ForEachCount([&](auto& count) { counts.push_back(static_cast<std::uint64_t>(count)); });
  std::vector<std::uint64_t> gained = counts;
  const bool again = steady.recording && next == steady.began + period && state == steady.state;
  if (again) {
    for (std::size_t i = 0; i < gained.size(); ++i) gained[i] -= steady.counts[i];
    const std::uint64_t volumes = world_.last_handle() - steady.volumes;
    if (steady.compared && gained == steady.gained &&
        steady.tape.GoesOn(steady.before, period, volumes)) {
      return LeaveOut(static_cast<std::uint64_t>((step_ends_ - next).ns / period.ns), period);
    }
  }
  std::swap(steady.tape, steady.before);
  steady.tape.Clear();
  steady.compared = again;
  steady.recording = true;
  steady.began = next;
  steady.state = state;
  steady.volumes = world_.last_handle();
  steady.counts = std::move(counts);
  steady.gained = std::move(gained);
  trace_.Record(&steady.tape);
}

void Simulation::LeaveOut(std::uint64_t times, Duration period) {
  const std::vector<std::uint64_t>& gained = steady_->gained;
  std::size_t i = 0;
  ForEachCount([&](auto& count) {
    count += static_cast<std::remove_reference_t<decltype(count)>>(gained[i++] * times);
  });
  const Duration left_out = period * static_cast<std::int64_t>(times);
  trace_.LeaveOut(steady_->tape, times, left_out);
  step_ends_ = step_ends_ - left_out;
  StopRecording();
}

void Simulation::StopRecording() {
  steady_->recording = steady_->compared = false;
  trace_.Record(nullptr);
}

}  // namespace tidegate::sim
