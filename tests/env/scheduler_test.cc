// Lanes: order within a resource, parallel between resources, and nobody waits for a runaway.
#include "host/env/scheduler.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "host/env/clock.h"
#include "tests/env/inbox.h"

namespace tidegate {
namespace {

using test::Eventually;
using test::Gate;

// Notes what each resource gets, and that it never gets two things at once.
class Recorder final : public EventSink {
 public:
  void Post(ResourceId id, Event event) override {
    PerResource& r = resources_[id.index];
    if (r.inside.exchange(true)) overlapped_ = true;
    r.tickets.push_back(std::get<Due>(event.what).ticket.number);
    r.inside = false;
    ++delivered_;
  }
  const std::vector<std::uint64_t>& Of(std::uint32_t index) { return resources_[index].tickets; }
  bool overlapped() const { return overlapped_; }
  int delivered() const { return delivered_; }

 private:
  struct PerResource {
    std::atomic<bool> inside{false};
    std::vector<std::uint64_t> tickets;  // written in the resource's turn only
  };
  std::array<PerResource, 64> resources_;
  std::atomic<bool> overlapped_{false};
  std::atomic<int> delivered_{0};
};

Event DueNow(std::uint64_t ticket) { return {MonotonicNow(), Due{Ticket{ticket}}}; }

bool InOrder(const std::vector<std::uint64_t>& tickets) {
  return std::is_sorted(tickets.begin(), tickets.end());
}

TEST_CASE("events of a resource come one at a time and in order") {
  Recorder recorder;
  Scheduler scheduler;
  scheduler.Start(recorder);
  std::vector<std::thread> posters;
  for (std::uint32_t p = 0; p < 4; ++p) {
    posters.emplace_back([&scheduler, p] {
      for (std::uint64_t n = 0; n < 5'000; ++n) {
        scheduler.Post({p * 16 + static_cast<std::uint32_t>(n % 16)}, DueNow(n));
      }
    });
  }
  for (std::thread& t : posters) t.join();
  scheduler.Stop();
  CHECK(recorder.delivered() == 20'000);
  CHECK_FALSE(recorder.overlapped());
  for (std::uint32_t i = 0; i < 64; ++i) CHECK(InOrder(recorder.Of(i)));
}

TEST_CASE("a job runs in its resource's turn, after what was posted before it") {
  Recorder recorder;
  Scheduler scheduler;
  scheduler.Post({3}, DueNow(1));
  scheduler.Post({3}, DueNow(2));
  std::vector<std::uint64_t> seen;
  scheduler.Run({3}, [&] { seen = recorder.Of(3); });
  scheduler.Post({3}, DueNow(3));
  scheduler.Start(recorder);  // what came earlier waited
  scheduler.Stop();
  CHECK(seen == std::vector<std::uint64_t>{1, 2});
  CHECK(recorder.Of(3) == std::vector<std::uint64_t>{1, 2, 3});
}

TEST_CASE("a resource with much mail lets others have their turn") {
  Recorder recorder;
  Scheduler scheduler(1, 0);
  std::size_t busy_had = 0;
  for (std::uint64_t n = 0; n < 1'000; ++n) scheduler.Post({0}, DueNow(n));
  scheduler.Run({1}, [&] { busy_had = recorder.Of(0).size(); });
  scheduler.Start(recorder);
  scheduler.Stop();
  CHECK(busy_had == limits::kLaneTurn);
  CHECK(recorder.delivered() == 1'000);
}

TEST_CASE("lanes that run away delay nobody, and their extra threads retire") {
  Recorder recorder;
  Gate hang;  // outlives the threads that pass it
  Scheduler scheduler;
  scheduler.Start(recorder);
  const int runaways = limits::kLaneThreads + 3;
  for (int i = 0; i < runaways; ++i) {
    scheduler.Run({static_cast<std::uint32_t>(i)}, [&] { hang.Pass(); });
  }
  REQUIRE(hang.WaitFor(runaways));  // each has a thread of its own
  scheduler.Post({40}, DueNow(1));
  CHECK(Eventually([&] { return recorder.delivered() == 1; }));
  CHECK(scheduler.counters().threads > limits::kLaneThreads);
  CHECK(scheduler.counters().threads <= limits::kLaneThreads + limits::kLaneThreadsExtra);

  hang.Open();
  CHECK(Eventually([&] { return scheduler.counters().threads == limits::kLaneThreads; }));
  scheduler.Post({41}, DueNow(1));
  CHECK(Eventually([&] { return recorder.delivered() == 2; }));
}

TEST_CASE("extra threads have a bound, past which mail waits and is not lost") {
  Recorder recorder;
  Gate hang;  // outlives the threads that pass it
  Scheduler scheduler(1, 2);
  scheduler.Start(recorder);
  for (std::uint32_t i = 0; i < 8; ++i) scheduler.Run({i}, [&] { hang.Pass(); });
  REQUIRE(hang.WaitFor(3));
  scheduler.Post({40}, DueNow(1));
  CHECK(Eventually([&] { return scheduler.counters().waiting == 6; }));
  CHECK(scheduler.counters().threads == 3);
  hang.Open();
  scheduler.Stop();
  CHECK(recorder.delivered() == 1);
}

TEST_CASE("after Remove nothing is delivered, and nothing is under way") {
  Recorder recorder;
  std::atomic<bool> done{false};
  Gate hang;  // outlives the threads that pass it
  Scheduler scheduler;
  scheduler.Start(recorder);
  scheduler.Run({5}, [&] {
    hang.Pass();
    done = true;
  });
  scheduler.Post({5}, DueNow(1));
  std::thread opener([&] {
    hang.WaitFor(1);
    hang.Open();
  });
  scheduler.Remove({5});
  CHECK(done);
  CHECK(recorder.delivered() == 1);
  opener.join();
  scheduler.Post({5}, DueNow(2));
  scheduler.Post({6}, DueNow(1));
  scheduler.Stop();
  CHECK(recorder.Of(5) == std::vector<std::uint64_t>{1});
  CHECK(recorder.Of(6) == std::vector<std::uint64_t>{1});
}

TEST_CASE("a scheduler ends in any order") {
  Recorder recorder;
  SECTION("never started, with mail") {
    Scheduler scheduler;
    scheduler.Post({1}, DueNow(1));
    scheduler.Remove({1});
  }
  SECTION("stopped twice, then posted to") {
    Scheduler scheduler;
    scheduler.Start(recorder);
    scheduler.Stop();
    scheduler.Stop();
    scheduler.Post({1}, DueNow(1));
    scheduler.Remove({1});
  }
  SECTION("a resource that posts to itself without end") {
    Scheduler scheduler;
    scheduler.Start(recorder);
    std::function<void()> again = [&] { scheduler.Run({1}, again); };
    scheduler.Run({1}, again);
    scheduler.Stop();
  }
  CHECK(recorder.delivered() == 0);
}

TEST_CASE("lanes wake again after a long silence") {
  Recorder recorder;
  Gate hang;  // outlives the threads that pass it
  Scheduler scheduler;
  scheduler.Start(recorder);
  scheduler.Post({1}, DueNow(1));
  CHECK(Eventually([&] { return recorder.delivered() == 1; }));
  // Longer than the supervisor stays awake without work.
  std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
  for (std::uint32_t i = 0; i < 6; ++i) scheduler.Run({i}, [&] { hang.Pass(); });
  CHECK(hang.WaitFor(6));
  hang.Open();
}

}  // namespace
}  // namespace tidegate
