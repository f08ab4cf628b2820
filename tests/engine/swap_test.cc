// The life of a swap, as its lane tells it: probation, the question to the old version, the way
// back.
#include "host/engine/swap.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/engine/swap_stage.h"

namespace tidegate {
namespace {

using test::kAsked;
using test::kGood;
using test::kMigrating;
using test::kOld;
using test::kWatching;
using test::LaneStage;
using test::Monitored;
using test::Numbered;
using test::SwapStage;
using test::Version;

TEST_CASE("Of two states that are to be kept the later one is the last, however slow the disk") {
  SwapStage stage(kOld);
  stage.StateTakes(Seconds(25));
  stage.Offer(Version("resource.state.n = (resource.state.n or 0) + 1 return true"));
  stage.Run(Seconds(28));
  CHECK(stage.Told() == R"(
1s  saves {"onlines":1}, on probation; before it the same
1s  log: policy swapped: test.lua
26s  saves {"n":3,"onlines":1}, on probation; before it the same
)");
  CHECK(stage.lane().View().saved == LaneView::Saved::kUnderWay);
  stage.Run(Minutes(1));
  CHECK(stage.Kept() == R"({"n":8,"onlines":1})");  // of 76 s; what came since waits
}

TEST_CASE("A verdict that the old version would not have given is never heard, and rolls back") {
  SwapStage stage(kOld);
  stage.Offer(Version("return false, 'no pulse'"));
  stage.Run(Seconds(25));
  CHECK(stage.Told() == R"(
1s  saves {"onlines":1}, on probation; before it the same
1s  log: policy swapped: test.lua
1s  log: is_alive: no pulse (test.lua:6); the version before is asked, too
1s  log: old looks
1s  log: policy rolled back: test.lua: is_alive: no pulse (test.lua:6)
1s  saves {"onlines":1}
10s  log: old looks
20s  log: old looks
)");
  CHECK(stage.news == "switched; rolled back: is_alive: no pulse (test.lua:6)");
  CHECK(stage.lane().View().status.state == ResourceState::kOnline);
}

TEST_CASE("A failure that both versions see is the resource's") {
  SwapStage stage(Version("return false, 'the disk is gone'"));
  stage.Offer(Version("return false, 'no disk'"));
  stage.Run(Seconds(2));
  CHECK(stage.Told() == R"(
1s  saves {"onlines":1}, on probation; before it the same
1s  log: policy swapped: test.lua
1s  log: is_alive: no disk (test.lua:6); the version before is asked, too
1s  log: the version before says the same: is_alive: no disk (test.lua:6)
1s  Failed: is_alive, attempt 2: the disk is gone (test.lua:6)
1s  log: restart 1 of 3 within 15m, in 500ms
1.5s  OnlinePending checkpoint 0
1.5s  Online
1.5s  saves {"onlines":2}, on probation; before it the same
)");
  CHECK(stage.news == "switched");
}

TEST_CASE("A kill, an error or no answer in time rolls back, and the old version answers") {
  const auto told = [](const std::string& body) {
    SwapStage stage(kOld);
    stage.Offer(Version(body));
    stage.Run(Seconds(16));
    CHECK(stage.lane().View().status.state == ResourceState::kOnline);
    const std::string text = stage.Take();
    CHECK(text.find("old looks") != std::string::npos);
    return stage.news;
  };
  CHECK(told("while true do end") ==
        "switched; rolled back: is_alive: fuel: 2000001 of 2000000 (test.lua:6)");
  CHECK(told("error('a bug')") == "switched; rolled back: is_alive: a bug (test.lua:6)");
  CHECK(told("timer.sleep('1h')") ==
        "switched; rolled back: is_alive: no result within 5s, waiting for timer.sleep");
}

TEST_CASE("A bad verdict that health would tolerate is asked about all the same") {
  const std::string tolerant = "policy.health = { fail_after = 2, of = 3 }";
  SwapStage stage(Version("return true", tolerant));
  stage.Offer(Version("return false, 'slow'", tolerant));
  stage.Run(Seconds(10));
  CHECK(stage.news == "switched; rolled back: is_alive: slow (test.lua:6)");
  stage.Offer(Version("return nil, 'slow'", tolerant));  // the filter remembers none of it
  stage.Run(Seconds(10));
  CHECK(stage.lane().View().status.state == ResourceState::kOnline);
}

TEST_CASE("An online that fails on probation fails, and the version before brings it back") {
  SwapStage stage(kOld);
  stage.Offer(Version("return true", "function policy.online() error('wrong mount') end"));
  stage.lane().Want(false, kAsked);
  stage.Run(Seconds(1));
  stage.lane().Want(true, kAsked);
  stage.Run(Seconds(1));
  CHECK(stage.Told() == R"(
1s  saves {"onlines":1}, on probation; before it the same
1s  log: policy swapped: test.lua
1s  OfflinePending checkpoint 0
1s  Offline
2s  OnlinePending checkpoint 0
2s  Failed: online: wrong mount (test.lua:7)
2s  log: restart 1 of 3 within 15m, in 500ms
2s  saves {"onlines":1}
2s  log: policy rolled back: test.lua: online: wrong mount (test.lua:7)
2.5s  OnlinePending checkpoint 0
2.5s  Online
2.5s  saves {"onlines":2}
)");
}

TEST_CASE("migrate gets a copy; what it makes of it is the new version's alone") {
  SwapStage stage(kOld);
  stage.Offer(Version("return false, 'no'", kMigrating));
  stage.Run(Seconds(10));
  CHECK(stage.Told() == R"(
1s  log: from 1.0
1s  log: from 1.0
1s  saves {"count":1,"was":"1.0"}, on probation; before it {"onlines":1}
1s  log: policy swapped: test.lua
1s  log: is_alive: no (test.lua:6); the version before is asked, too
1s  log: old looks
1s  log: policy rolled back: test.lua: is_alive: no (test.lua:6)
1s  saves {"onlines":1}
10s  log: old looks
)");
}

TEST_CASE("What the new version wrote goes back with it where there is no migrate") {
  SwapStage stage(kOld);
  stage.Offer(Version("resource.state.seen = true return false, 'no'"));
  stage.Run(Seconds(10));
  CHECK(stage.Kept() == R"({"onlines":1,"seen":true})");
}

TEST_CASE("A migrate that fails is found when the version is offered: nothing has changed") {
  SwapStage stage(kOld);
  stage.Offer(Version("return true", "function policy.migrate() error('cannot') end"));
  CHECK(stage.news == "not offered: migrate: cannot (test.lua:7)");
  CHECK(stage.Told() == "\n");
}

TEST_CASE("What is in flight is waited for; too long, and the swap is refused") {
  SwapStage stage(Version("timer.sleep('4s') return true"));
  stage.Run(Seconds(10));
  stage.Offer(kGood, {.within = Seconds(2)});
  stage.Run(Seconds(5));
  CHECK(stage.news ==
        "refused: an entry point of vol1 is still running after 2s; --within waits longer, "
        "--force cancels it");
  stage.Run(Seconds(5));
  stage.news.clear();
  stage.Offer(kGood, {.within = Seconds(30)});
  stage.Run(Seconds(5));
  CHECK(stage.news == "switched");
}

TEST_CASE("Forced, a poll in flight is cancelled and asked of the new version") {
  SwapStage stage(Version("timer.sleep('4s') return true"));
  stage.Run(Seconds(10));
  stage.Take();
  stage.Offer(Version("log.info('new looks') return true"), {.within = Seconds(1), .force = true});
  stage.Run(Seconds(2));
  CHECK(stage.Told() == R"(
12s  saves {"onlines":1}, on probation; before it the same
12s  log: policy swapped: test.lua
12s  log: new looks
)");
}

TEST_CASE("An operator takes a version on probation back") {
  SwapStage stage(kOld);
  CHECK_FALSE(stage.lane().GoBack("asked"));
  stage.Offer(kGood);
  CHECK(stage.lane().GoBack("an operator asked for it"));
  CHECK(stage.news == "switched; rolled back: an operator asked for it");
}

TEST_CASE("A third version may come while the second is on probation; back goes to the first") {
  SwapStage stage(kOld);
  stage.Offer(kGood);
  stage.Offer(Version("return false, 'no'"));
  stage.Run(Seconds(10));
  CHECK(stage.news == "switched; superseded; switched; rolled back: is_alive: no (test.lua:6)");
  CHECK(stage.lane().View().digest == test::Compiled(kOld)->digest());
}

TEST_CASE("Watches end with their version; a version that takes over begins its own in migrate") {
  SwapStage stage(Numbered(Version("return true", kWatching), "1"));
  CHECK(stage.lane().watching());
  stage.Offer(Numbered(Version("return false, 'no'", kWatching), "2"));
  CHECK(stage.lane().watching());
  stage.Run(Seconds(10));
  CHECK(stage.Told() == R"(
1s  saves {}, on probation; before it {}
1s  log: policy swapped: test.lua
1s  log: 2 watches
1s  log: is_alive: no (test.lua:6); the version before is asked, too
1s  log: policy rolled back: test.lua: is_alive: no (test.lua:6)
1s  log: 1 watches
1s  saves {}
)");
  CHECK(stage.lane().watching());
}

TEST_CASE("A version goes back while another waits: every watch ends with its own version") {
  SwapStage stage(Numbered(Version("return true", kWatching), "1"));
  stage.Offer(Numbered(Version("timer.sleep('2s') error('bug')", kWatching), "2"));
  stage.Run(Seconds(1));
  stage.Offer(Numbered(Version("return true", kWatching), "3"));
  stage.Take();
  stage.Run(Seconds(3));
  CHECK(stage.Told() == R"(
3s  saves {}
3s  log: policy rolled back: test.lua: is_alive: bug (test.lua:6)
3s  log: 1 watches
3s  log: policy swapped: test.lua
3s  log: 3 watches
3s  saves {}, on probation; before it {}
)");
  CHECK(stage.lane().watching());
}

TEST_CASE("A watch of the new version that fails is asked about like a poll") {
  SwapStage stage(kOld);
  stage.Offer(Version("return true",
                      "function policy.migrate(resource, _, state)\n"
                      "  resource:watch(function() timer.sleep('3s') error('gone') end)\n"
                      "end"));
  stage.Run(Seconds(5));
  CHECK(stage.lane().View().status.state == ResourceState::kOnline);
  CHECK(stage.news == "switched; rolled back: is_alive: gone (test.lua:8)");
}

// The version before looks for an hour; meanwhile the new one's watch ends.
const std::string kSlow = Version("timer.sleep('1h') return true");
const std::string kDoubted =
    Version("return false, 'no'",
            "function policy.migrate(resource, _, state)\n"
            "  resource:watch(function() timer.sleep('3s') error('gone') end)\n"
            "end");

TEST_CASE("A watch that ends is no answer of the version before") {
  LaneSpec spec = Monitored();
  spec.monitor->is_alive_poll_interval = Seconds(10);
  SwapStage stage(kSlow, spec);
  stage.Offer(kDoubted);
  stage.Run(Seconds(5));
  CHECK(stage.Told() == R"(
1s  saves {"onlines":1}, on probation; before it {"onlines":1}
1s  log: policy swapped: test.lua
1s  log: is_alive: no (test.lua:6); the version before is asked, too
4s  Failed: is_alive: gone (test.lua:8)
4s  log: restart 1 of 3 within 15m, in 500ms
4.5s  OnlinePending checkpoint 0
4.5s  Online
4.5s  saves {"onlines":2}, on probation; before it {"onlines":1}
)");
  // What it was asked was cancelled with everything else: it can serve again.
  CHECK(stage.lane().GoBack("an operator asked for it"));
  stage.Run(Seconds(30));
  CHECK(stage.news == "switched; rolled back: an operator asked for it");
}

TEST_CASE("The version before is at the poll when an operator takes the new one back") {
  SwapStage stage(kSlow);
  stage.Offer(Version("return false, 'no'"));
  stage.Run(Seconds(10));
  CHECK(stage.lane().GoBack("an operator asked for it"));
  stage.Run(Seconds(30));
  CHECK(stage.news == "switched; rolled back: an operator asked for it");
}

TEST_CASE("A state that another version left is migrated at the start, or set aside") {
  LaneStage stage(Version("return true", kMigrating), Monitored());
  stage.Finds(R"({"onlines":7})", "0.9");
  stage.lane().Begin();
  stage.Run({});
  CHECK(stage.Take() == R"(
0s  log: from 0.9
0s  log: resource.state is from test.lua 0000, migrated
0s  Offline
0s  saves {"count":7,"was":"0.9"}
0s  OfflinePending checkpoint 0
0s  Offline
)");
  LaneStage other(Version("return true", "function policy.migrate() error('cannot') end"),
                  Monitored());
  other.Finds(R"({"onlines":7})", "0.9");
  other.lane().Begin();
  other.Run({});
  const std::string text = other.Take();
  CHECK(text.find("begins empty: migrate: cannot (test.lua:7); what was there is set aside as "
                  "state.aside") != std::string::npos);
  CHECK(other.records().contains("state.aside"));
  CHECK(other.Kept() == "{}");
}

TEST_CASE("Killed on probation, a host finds both versions with the state of each") {
  const std::string next = Version("return true", kMigrating);
  std::string kept;
  {
    SwapStage stage(kOld);
    stage.Offer(next);
    stage.Run({});
    kept = stage.records()["state"];
  }
  const auto finds = [&](const std::string& policy) {
    LaneStage stage(policy, Monitored());
    stage.records()["state"] = kept;
    stage.lane().Begin();
    stage.Run({});
    stage.lane().Request(EntryPoint::kIsAlive);
    stage.Run({});
    return stage.Kept();
  };
  CHECK(finds(kOld) == R"({"onlines":1})");
  CHECK(finds(next) == R"({"count":1,"was":"1.0"})");
}

}  // namespace
}  // namespace tidegate
