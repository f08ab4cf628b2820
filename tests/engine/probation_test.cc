// How a version proves itself: what it is asked and when, and what a host that was killed leaves of
// it.
#include <catch2/catch_test_macros.hpp>

#include "host/engine/swap.h"
#include "tests/engine/swap_stage.h"

namespace tidegate {
namespace {

using test::kAsked;
using test::kMigrating;
using test::kOld;
using test::kWatching;
using test::LaneStage;
using test::Monitored;
using test::Numbered;
using test::SwapStage;
using test::Version;

TEST_CASE("A version is on probation until it has been healthy once, and three times more") {
  SwapStage stage(kOld);
  stage.Offer(Version("log.info('new looks') return true"));
  stage.Run(Seconds(45));
  CHECK(stage.Told() == R"(
1s  saves {"onlines":1}, on probation; before it the same
1s  log: policy swapped: test.lua
1s  log: new looks
10s  log: new looks
20s  log: new looks
30s  log: new looks
30s  log: policy proved: test.lua, healthy verdicts: 3
30s  saves {"onlines":1}
40s  log: new looks
)");
  CHECK(stage.news == "switched; proved");
}

// The polls' own times, as nobody changed them.
LaneSpec AtDefaultTimes() {
  LaneSpec spec;
  spec.monitor = MonitorSettings{};
  return spec;
}

const std::string kLooks = "function policy.looks_alive() return true end";

TEST_CASE("At the default times an is_alive that is an error is found right after the switch") {
  SwapStage stage(Version("log.info('old looks') return true", kLooks), AtDefaultTimes());
  stage.Offer(Version("error('a bug')", kLooks));
  CHECK(stage.Told() == R"(
1s  saves {"onlines":1}, on probation; before it the same
1s  log: policy swapped: test.lua
1s  log: policy rolled back: test.lua: is_alive: a bug (test.lua:6)
1s  log: old looks
)");
  stage.Run(Minutes(10));
  CHECK(stage.lane().View().status.state == ResourceState::kOnline);
  CHECK(stage.news.starts_with("switched; rolled back: is_alive: "));
}

TEST_CASE("Every poll that a version has is asked, and proves it: is_alive, then looks_alive") {
  const std::string told = "function policy.looks_alive() log.info('glances') return true end";
  SwapStage stage(Version("return true", kLooks), AtDefaultTimes());
  stage.Offer(Version("log.info('looks') return true", told));
  stage.Run(Seconds(14));
  CHECK(stage.Told() == R"(
1s  saves {"onlines":1}, on probation; before it the same
1s  log: policy swapped: test.lua
1s  log: looks
1s  log: glances
5s  log: glances
10s  log: glances
15s  log: glances
15s  log: policy proved: test.lua, healthy verdicts: 3
15s  saves {"onlines":1}
)");
}

TEST_CASE("A poll that comes once an hour is not waited for, and does prove nothing unasked") {
  LaneSpec spec = Monitored();  // looks_alive once an hour
  SwapStage stage(Version("return true", kLooks), spec);
  stage.Offer(Version("return true", "function policy.looks_alive() return nil + 1 end"));
  stage.Run({});
  CHECK(stage.news.starts_with("switched; rolled back: looks_alive: "));
  stage.news.clear();
  stage.Offer(Version("return true", kLooks));
  stage.Run(Seconds(40));
  CHECK(stage.news == "switched; proved");
}

TEST_CASE("Swapped while offline, a version is polled as ever when it comes online") {
  SwapStage stage(kOld);
  stage.lane().Want(false, kAsked);
  stage.Run({});
  stage.Offer(Version("log.info('new looks') return true"));
  stage.Run(Minutes(5));
  stage.Take();
  stage.lane().Want(true, kAsked);
  stage.Run(Seconds(19));
  CHECK(stage.Told() == R"(
301s  OnlinePending checkpoint 0
301s  Online
301s  saves {"onlines":2}, on probation; before it the same
311s  log: new looks
)");
  CHECK(stage.news == "switched");
}

TEST_CASE("What is to go offline is asked nothing afterwards, by the version before neither") {
  SwapStage stage(Version("timer.sleep('2s') log.info('old looks') return true"));
  stage.Run(Seconds(10));
  stage.Offer(Version("log.info('new looks') return true"));  // waits for the poll
  stage.lane().Want(false, kAsked);
  stage.Run(Seconds(60));
  CHECK(stage.Told().find("new looks") == std::string::npos);

  SwapStage doubted(Version("log.info('old looks') return true"));
  doubted.Offer(Version("timer.sleep('2s') return false, 'no'"));
  doubted.Run(Seconds(1));
  doubted.lane().Want(false, kAsked);
  doubted.Run(Seconds(60));
  CHECK(doubted.Told().find("old looks") == std::string::npos);
}

TEST_CASE("Without a monitor a lane asks by itself, and nothing where it is told not to") {
  const auto told = [](bool asks) {
    LaneStage stage(kOld);
    stage.lane().Begin();
    stage.lane().Request(EntryPoint::kOnline);
    stage.Run({});
    stage.Take();
    SwapTerms terms;
    terms.asks = asks;
    REQUIRE(
        stage.lane().Offer(test::Compiled(Version("log.info('new looks') return true")), terms));
    stage.Run(Seconds(100));
    return stage.Take().find("new looks") != std::string::npos;
  };
  CHECK(told(true));
  CHECK_FALSE(told(false));
}

TEST_CASE("Killed on probation, the version is on probation in the next host, and can go back") {
  const std::string old = Numbered(Version("log.info('old looks') return true"), "1.0");
  const auto next = [](const std::string& is_alive, const std::string& rest = "") {
    return Numbered(Version(is_alive, rest), "2.0");
  };
  const auto resumed = [&](const std::string& policy, auto&& then) {
    std::string kept;
    {
      SwapStage stage(old);
      stage.Offer(policy);
      kept = stage.records()["state"];
    }
    LaneStage stage(policy, Monitored());
    std::string news;
    stage.lane().ListenSwap([&](const SwapNews& n) { news += std::string(Name(n.what)) + "; "; });
    stage.records()["state"] = kept;
    REQUIRE(stage.lane().ResumeProbation(test::Compiled(old), 3));
    stage.lane().Begin();
    stage.lane().Want(true, kAsked);
    stage.Run({});
    then(stage);
    return news;
  };
  const std::string good = next("return true");
  CHECK(resumed(good, [&](LaneStage& stage) {
          CHECK(stage.lane().View().swap.before == test::Compiled(old)->digest());
          CHECK(stage.lane().View().saved != LaneView::Saved::kNo);
          CHECK(ParseStateFile(stage.records()["state"])->before.has_value());
          stage.Run(Seconds(39));
          CHECK(ParseStateFile(stage.records()["state"])->before.has_value());
          stage.Run(Seconds(1));
          CHECK_FALSE(ParseStateFile(stage.records()["state"])->before.has_value());
        }) == "proved; ");
  // Found ill by its first poll; what it had made of the state stays its own.
  CHECK(resumed(next("return nil + 1", kMigrating), [&](LaneStage& stage) {
          stage.Run(Seconds(10));
          CHECK(stage.lane().View().digest == test::Compiled(old)->digest());
          CHECK(stage.Kept() == R"({"onlines":1})");
          CHECK(stage.Take().find("old looks") != std::string::npos);
        }) == "rolled back; ");
  CHECK(resumed(good, [&](LaneStage& stage) {
          CHECK(stage.lane().GoBack("asked"));
          stage.Run({});
          CHECK(stage.Kept() == R"({"onlines":2})");
        }) == "rolled back; ");
}

TEST_CASE("A version that watched watches again when a resumed probation goes back to it") {
  std::string kept;
  const std::string old = Numbered(Version("return true", kWatching), "1");
  const std::string next = Numbered(Version("return true", kWatching), "2");
  {
    SwapStage stage(old);
    stage.Offer(next);
    kept = stage.records()["state"];
  }
  LaneStage stage(next, Monitored());
  stage.records()["state"] = kept;
  REQUIRE(stage.lane().ResumeProbation(test::Compiled(old), 3));
  stage.lane().Begin();
  stage.lane().Want(true, kAsked);
  stage.Run({});
  stage.Take();
  REQUIRE(stage.lane().GoBack("asked"));
  stage.Run({});
  CHECK(stage.Take().find("1 watches") != std::string::npos);
}

}  // namespace
}  // namespace tidegate
