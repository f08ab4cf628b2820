// Workers: hung calls are quarantined and everybody else goes on.
#include "host/env/worker.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <stdexcept>

#include "tests/env/inbox.h"

namespace tidegate {
namespace {

using test::Eventually;
using test::Gate;
using test::Inbox;

const Call kProbe = VolumeProbe{};
const Call kFlush = VolumeFlush{};

// Small and quick, so that a hang is found while a test waits.
WorkerOptions Quick() {
  WorkerOptions options;
  options.workers = 4;
  options.workers_per_resource = 2;
  options.quarantined = 8;
  options.slow_after = Milliseconds(20);
  options.stuck_after = Milliseconds(60);
  return options;
}

struct Lines {
  std::mutex mutex;
  std::vector<std::string> all;

  Workers::Log Log() {
    return [this](ResourceId id, Level, std::string_view text) {
      const std::scoped_lock lock(mutex);
      all.push_back("#" + std::to_string(id.index) + " " + std::string(text));
    };
  }
  int Count(std::string_view part) {
    const std::scoped_lock lock(mutex);
    int count = 0;
    for (const std::string& line : all) count += line.find(part) != std::string::npos ? 1 : 0;
    return count;
  }
};

// Probes hang at a gate, everything else answers.
Workers::Perform ProbesHang(const std::shared_ptr<Gate>& gate) {
  return [gate](ResourceId id, const Call& call) {
    if (std::holds_alternative<VolumeProbe>(call)) gate->Pass();
    return Success(static_cast<std::int64_t>(id.index));
  };
}

TEST_CASE("calls are performed and answered, each exactly once") {
  Inbox inbox;
  Workers workers(
      inbox,
      [](ResourceId id, const Call&) { return Success(static_cast<std::int64_t>(id.index)); },
      nullptr);
  for (std::uint64_t n = 1; n <= 1'000; ++n) {
    workers.Submit({static_cast<std::uint32_t>(n)}, {n}, kFlush);
  }
  std::set<std::uint64_t> tickets;
  for (const Inbox::Mail& m : inbox.Wait(1'000)) {
    const Completed& done = std::get<Completed>(m.event.what);
    tickets.insert(done.ticket.number);
    CHECK(done.reply == Success(static_cast<std::int64_t>(m.id.index)));
  }
  CHECK(tickets.size() == 1'000);
  CHECK(workers.threads() <= limits::kWorkers);
}

TEST_CASE("an exception is an answer") {
  Inbox inbox;
  Workers workers(
      inbox,
      [](ResourceId id, const Call&) -> Reply {
        if (id.index == 0) throw std::runtime_error("the library says no");
        throw 7;
      },
      nullptr);
  workers.Submit({0}, {1}, kFlush);
  workers.Submit({1}, {2}, kFlush);
  CHECK(Text(inbox.Answer(1)) == "ERROR_INTERNAL_ERROR (the library says no)");
  CHECK(Text(inbox.Answer(2)) == "ERROR_INTERNAL_ERROR (an exception without a text)");
}

TEST_CASE("one resource with a hung device does not take all workers") {
  auto gate = std::make_shared<Gate>();
  Inbox inbox;
  WorkerOptions options = Quick();
  options.slow_after = options.stuck_after = Seconds(60);
  Workers workers(inbox, ProbesHang(gate), nullptr, options);
  for (std::uint64_t n = 1; n <= 8; ++n) workers.Submit({7}, {n}, kProbe);
  REQUIRE(gate->WaitFor(options.workers_per_resource));
  workers.Submit({1}, {100}, kFlush);
  CHECK(inbox.Answer(100).ok());
  CHECK(gate->WaitFor(options.workers_per_resource));
  gate->Open();
  CHECK(inbox.Wait(9).size() == 9);
}

TEST_CASE("a resource has a bound on its operations; what closes a handle is exempt") {
  auto gate = std::make_shared<Gate>();
  Inbox inbox;
  WorkerOptions options = Quick();
  options.slow_after = options.stuck_after = Seconds(60);
  Workers workers(inbox, ProbesHang(gate), nullptr, options);
  for (std::uint64_t n = 1; n <= limits::kOperationsOutstanding + 1; ++n) {
    workers.Submit({7}, {n}, kProbe);
  }
  workers.Submit({7}, {10}, VolumeClose{});
  CHECK(Text(inbox.Answer(9)) ==
        "ERROR_NOT_ENOUGH_QUOTA (8 operations of this resource are under way, 0 of them stuck in "
        "the kernel)");
  gate->Open();
  CHECK(inbox.Answer(10).ok());
  CHECK(inbox.Wait(10).size() == 10);
}

TEST_CASE("the queue has a bound, and a full one answers at once") {
  auto gate = std::make_shared<Gate>();
  Inbox inbox;
  WorkerOptions options = Quick();
  options.slow_after = options.stuck_after = Seconds(60);
  options.queue = 3;
  Workers workers(inbox, ProbesHang(gate), nullptr, options);
  for (int n = 1; n <= 4; ++n) {
    workers.Submit({static_cast<std::uint32_t>(n)}, {static_cast<std::uint64_t>(n)}, kProbe);
    REQUIRE(gate->WaitFor(n));
  }
  for (std::uint32_t n = 5; n <= 8; ++n) workers.Submit({n}, {n}, kProbe);
  CHECK(Text(inbox.Answer(8)) == "ERROR_NOT_ENOUGH_QUOTA (3 operations wait for a worker thread)");
  gate->Open();
  CHECK(inbox.Wait(8).size() == 8);
}

TEST_CASE("a stuck call is quarantined, named once, listed, and welcome if it comes back") {
  auto gate = std::make_shared<Gate>();
  Lines lines;
  Inbox inbox;
  Workers workers(inbox, ProbesHang(gate), lines.Log(), Quick());
  workers.Submit({7}, {1}, kProbe);
  REQUIRE(Eventually([&] { return workers.Stuck().size() == 1; }));
  const StuckCall stuck = workers.Stuck()[0];
  CHECK(stuck.id == ResourceId{7});
  CHECK(stuck.op == "volume.probe");
  CHECK(stuck.thread > 0);
  CHECK(Eventually([&] { return lines.Count("quarantined (1 of 8)") == 1; }));
  CHECK(lines.Count("#7 volume.probe is stuck in the kernel for ") == 1);
  workers.Submit({7}, {2}, kFlush);
  CHECK(inbox.Answer(2).ok());

  gate->Open();
  CHECK(inbox.Answer(1).ok());
  CHECK(Eventually([&] { return lines.Count("is a worker again") == 1; }));
  CHECK(workers.Stuck().empty());
  CHECK(lines.Count("quarantined") == 1);
}

TEST_CASE("a resource whose calls are all stuck is told so") {
  auto gate = std::make_shared<Gate>();
  Inbox inbox;
  Workers workers(inbox, ProbesHang(gate), nullptr, Quick());
  for (std::uint64_t n = 1; n <= 8; ++n) workers.Submit({7}, {n}, kProbe);
  REQUIRE(Eventually([&] { return workers.Stuck().size() == 8; }));
  workers.Submit({7}, {9}, kFlush);
  CHECK(Text(inbox.Answer(9)) ==
        "ERROR_BUSY (8 operations of this resource are under way, 8 of them stuck in the kernel)");
  workers.Submit({1}, {10}, kFlush);
  CHECK(inbox.Answer(10).ok());
  gate->Open();
}

TEST_CASE("while as many calls hang as may, other resources are served") {
  auto gate = std::make_shared<Gate>();
  Inbox inbox;
  const WorkerOptions options = Quick();
  Workers workers(inbox, ProbesHang(gate), nullptr, options);
  const int hung = options.quarantined;
  for (int n = 1; n <= hung; ++n) {
    workers.Submit({static_cast<std::uint32_t>(n)}, {static_cast<std::uint64_t>(n)}, kProbe);
  }
  // Submitted behind calls that hang, before anyone knows that they do.
  for (std::uint32_t n = 100; n < 120; ++n) workers.Submit({n}, {n}, kFlush);
  for (std::uint32_t n = 100; n < 120; ++n) CHECK(inbox.Answer(n).ok());
  CHECK(Eventually([&] { return workers.Stuck().size() == static_cast<std::size_t>(hung); }));
  CHECK(workers.threads() <= options.workers + options.quarantined);
  gate->Open();
  CHECK(inbox.Wait(28).size() == 28);
  CHECK(Eventually([&] { return workers.threads() <= options.workers; }));
}

TEST_CASE("past the bound calls fail at once, and all is well when the kernel lets go") {
  auto gate = std::make_shared<Gate>();
  Inbox inbox;
  Workers workers(inbox, ProbesHang(gate), nullptr, Quick());
  for (std::uint32_t n = 1; n <= 100; ++n) workers.Submit({n}, {n}, kProbe);
  REQUIRE(Eventually([&] { return workers.Stuck().size() == 12; }));
  REQUIRE(inbox.Wait(88).size() == 88);  // what waited behind them
  workers.Submit({200}, {200}, kFlush);
  CHECK(Text(inbox.Answer(200)) ==
        "ERROR_BUSY (12 worker threads are stuck in the kernel; see `tidegate status`)");
  for (const Inbox::Mail& m : inbox.Wait(89)) {
    CHECK(std::get<Completed>(m.event.what).reply.code == ErrorCode::kBusy);
  }
  gate->Open();
  CHECK(inbox.Wait(101).size() == 101);
  workers.Submit({200}, {201}, kFlush);
  CHECK(inbox.Answer(201).ok());
}

TEST_CASE("a pool ends without its stuck calls, and hears nothing of them afterwards") {
  auto gate = std::make_shared<Gate>();
  auto returned = std::make_shared<std::atomic<int>>(0);
  Inbox inbox;
  Lines lines;
  {
    Workers workers(
        inbox,
        [gate, returned](ResourceId, const Call&) {
          gate->Pass();
          ++*returned;
          return Success();
        },
        lines.Log(), Quick());
    workers.Submit({1}, {1}, kProbe);
    workers.Submit({2}, {2}, kProbe);
    REQUIRE(Eventually([&] { return workers.Stuck().size() == 2; }));
  }
  gate->Open();
  CHECK(Eventually([&] { return *returned == 2; }));
  CHECK(inbox.size() == 0);
  CHECK(lines.Count("is a worker again") == 0);
}

TEST_CASE("a pool that ends gives its calls the time it was told to") {
  auto gate = std::make_shared<Gate>();
  Inbox inbox;
  Workers workers(inbox, ProbesHang(gate), nullptr);
  workers.Submit({1}, {1}, kProbe);
  REQUIRE(gate->WaitFor(1));
  std::thread opener([&] { gate->Open(); });
  workers.Stop(Seconds(30));
  opener.join();
  CHECK(inbox.size() == 1);
  workers.Submit({1}, {2}, kFlush);
  CHECK(workers.outstanding() == 0);
}

}  // namespace
}  // namespace tidegate
