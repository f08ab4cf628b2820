// Timers: in order of their time, never early.
#include "host/env/timers.h"

#include <catch2/catch_test_macros.hpp>

#include "host/env/clock.h"
#include "tests/env/inbox.h"

namespace tidegate {
namespace {

using test::Inbox;

std::vector<std::uint64_t> Tickets(const std::vector<Inbox::Mail>& mail) {
  std::vector<std::uint64_t> tickets;
  for (const Inbox::Mail& m : mail) tickets.push_back(std::get<Due>(m.event.what).ticket.number);
  return tickets;
}

TEST_CASE("timers come in order of their time, whatever the order they were armed in") {
  Inbox inbox;
  Timers timers(inbox);
  const Instant start = MonotonicNow();
  timers.Arm({1}, {30}, start + Milliseconds(60));
  timers.Arm({1}, {10}, start + Milliseconds(20));
  timers.Arm({2}, {40}, start + Milliseconds(80));
  timers.Arm({2}, {20}, start + Milliseconds(40));
  timers.Arm({1}, {5}, start - Seconds(1));
  const auto mail = inbox.Wait(5);
  CHECK(Tickets(mail) == std::vector<std::uint64_t>{5, 10, 20, 30, 40});
  CHECK(mail[2].id == ResourceId{2});
  CHECK(timers.armed() == 0);
}

TEST_CASE("a timer is never early") {
  Inbox inbox;
  Timers timers(inbox);
  std::vector<Instant> due;
  const Instant start = MonotonicNow();
  for (std::uint64_t n = 0; n < 200; ++n) {
    due.push_back(start + Microseconds(static_cast<std::int64_t>(n * 7919 % 50'000)));
    timers.Arm({0}, {n}, due.back());
  }
  for (const Inbox::Mail& m : inbox.Wait(200)) {
    CHECK(m.event.at >= due[std::get<Due>(m.event.what).ticket.number]);
    CHECK(MonotonicNow() >= m.event.at);
  }
  CHECK(inbox.size() == 200);
}

TEST_CASE("without a thread of theirs timers come when their owner fires them") {
  Inbox inbox;
  Timers timers(inbox, false);
  const Instant start = MonotonicNow();
  timers.Arm({1}, {3}, start + Seconds(3600));
  timers.Arm({1}, {2}, start);
  timers.Arm({1}, {1}, start - Seconds(1));
  CHECK(timers.next() == start - Seconds(1));
  CHECK(inbox.size() == 0);
  timers.Fire();
  CHECK(Tickets(inbox.Wait(2)) == std::vector<std::uint64_t>{1, 2});
  CHECK(timers.next() == start + Seconds(3600));
}

TEST_CASE("timers of one resource and one instant keep their order") {
  Inbox inbox;
  Timers timers(inbox);
  const Instant due = MonotonicNow() + Milliseconds(30);
  std::vector<std::uint64_t> order;
  for (std::uint64_t n = 0; n < 100; ++n) {
    timers.Arm({0}, {n}, due);
    order.push_back(n);
  }
  CHECK(Tickets(inbox.Wait(100)) == order);
}

TEST_CASE("a sooner timer does not wait for a later one") {
  Inbox inbox;
  Timers timers(inbox);
  timers.Arm({0}, {1}, MonotonicNow() + limits::kDurationMax);
  timers.Arm({0}, {2}, MonotonicNow() + Milliseconds(1));
  CHECK(Tickets(inbox.Wait(1)) == std::vector<std::uint64_t>{2});
  timers.Stop();
  CHECK(timers.armed() == 1);
}

TEST_CASE("a sleep is answered as an operation") {
  Inbox inbox;
  Timers timers(inbox);
  timers.Sleep({4}, {9}, MonotonicNow() + Milliseconds(1));
  CHECK(inbox.Answer(9) == Success());
}

}  // namespace
}  // namespace tidegate
