// A policy in its lane, on virtual time: what the world sees of it.
#include "host/engine/lane.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/engine/stage.h"

namespace tidegate {
namespace {

using test::LaneStage;

const std::string kMinimal = R"lua(
local policy = { api = 1 }
function policy.online(resource) end
function policy.offline(resource) end
function policy.is_alive(resource) return true end
)lua";

LaneSpec Monitored(MonitorSettings settings = {}) {
  LaneSpec spec;
  spec.monitor = settings;
  return spec;
}

const Cause kAsked{.kind = CauseKind::kOperator, .message = "asked"};

LaneStage::World Opens(ErrorCode online = ErrorCode::kSuccess) {
  return [online](const Call& call) -> LaneStage::Reaction {
    if (std::holds_alternative<VolumeOpen>(call)) {
      return {Success(VolumeHandle{1}), Milliseconds(1)};
    }
    if (std::holds_alternative<VolumeOnline>(call)) {
      return {{online, {}, {}}, Milliseconds(1)};
    }
    return {Success(), Milliseconds(1)};
  };
}

TEST_CASE("A policy that waits is a pending resource") {
  LaneStage stage(R"lua(
local volume, timer = require "volume", require "timer"
local policy = { api = 1 }
function policy.online(resource)
  local vol <close> = volume.open("/dev/x")
  resource:progress("warming up")
  timer.sleep("2500ms")
  assert(vol:online())
end
function policy.offline(resource) end
function policy.is_alive(resource) return true end
return policy
)lua",
                  Monitored());
  stage.On(Opens());
  stage.lane().Begin();
  stage.lane().Want(true, kAsked);
  stage.Run(Seconds(4));
  CHECK(stage.Take() == R"(
0s  Offline
0s  OnlinePending checkpoint 0
0s  volume.open path=/dev/x  ->  ok 1
1s  OnlinePending checkpoint 1 "warming up"
2501ms  volume.online volume=1  ->  ok
2502ms  volume.close volume=1  ->  ok
2503ms  Online
)");
}

TEST_CASE("An error that leaves online fails the resource, is terminated and restarted") {
  LaneStage stage(R"lua(
local volume = require "volume"
local policy = { api = 1 }
function policy.online(resource)
  local vol = volume.open("/dev/x")
  assert(vol:online())
end
function policy.offline(resource) end
function policy.is_alive(resource) return true end
function policy.terminate(resource, cause)
  require("log").info(cause.entry_point .. " " .. cause.name .. " " .. cause.op)
end
return policy
)lua",
                  Monitored({.restart_threshold = 1}));
  stage.On(Opens(ErrorCode::kNotReady));
  stage.lane().Begin();
  stage.lane().Want(true, kAsked);
  stage.Run(Seconds(2));
  CHECK(stage.Take() == R"(
0s  Offline
0s  OnlinePending checkpoint 0
0s  volume.open path=/dev/x  ->  ok 1
1ms  volume.online volume=1  ->  ERROR_NOT_READY
2ms  volume.close volume=1  ->  ok
2ms  Failed: online: volume.online failed: ERROR_NOT_READY (21) (test.lua:6)
2ms  log: online ERROR_NOT_READY volume.online
2ms  log: restart 1 of 1 within 15m, in 500ms
502ms  OnlinePending checkpoint 0
502ms  volume.open path=/dev/x  ->  ok 1
503ms  volume.online volume=1  ->  ERROR_NOT_READY
504ms  volume.close volume=1  ->  ok
504ms  Failed: online, attempt 2: volume.online failed: ERROR_NOT_READY (21) (test.lua:6)
504ms  log: online ERROR_NOT_READY volume.online
504ms  log: restart threshold passed (1 within 15m); no other node to move it to; next try in 1h
)");
}

TEST_CASE("A runaway poll kills its sandbox, and a fresh one comes back from the same bytecode") {
  LaneStage stage(R"lua(
local policy = { api = 1 }
local polls = 0
function policy.online(resource) resource.state.onlines = (resource.state.onlines or 0) + 1 end
function policy.offline(resource) end
function policy.looks_alive(resource) return true end
function policy.is_alive(resource)
  polls = polls + 1
  if resource.state.onlines == 1 then
    while true do end
  end
  return true
end
return policy
)lua",
                  Monitored());
  stage.lane().Begin();
  stage.lane().Want(true, kAsked);
  stage.Run(Seconds(125));
  CHECK(stage.Take() == R"(
0s  Offline
0s  OnlinePending checkpoint 0
0s  Online
0s  saves {"onlines":1}
1m  Failed: is_alive: fuel: 2000001 of 2000000 (test.lua:9)
1m  log: restart 1 of 3 within 15m, in 500ms
60.5s  OnlinePending checkpoint 0
60.5s  Online
60.5s  saves {"onlines":2}
)");
  CHECK(stage.lane().View().status.state == ResourceState::kOnline);
}

TEST_CASE("resource.state outlives the host") {
  const std::string policy = kMinimal + R"lua(
function policy.online(resource)
  resource.state.count = (resource.state.count or 0) + 1
  resource.state.by = { node = resource.node }
end
return policy
)lua";
  LaneStage stage(policy, Monitored());
  stage.Finds(R"({"count":41})");
  stage.lane().Begin();
  stage.lane().Want(true, kAsked);
  stage.Run(Seconds(1));
  CHECK(stage.Kept() == R"({"by":{"node":"A"},"count":42})");
}

// Of two writes at once either may be the last one on disk.
TEST_CASE("resource.state is written once at a time, and the last one is the latest") {
  LaneStage stage(kMinimal + R"lua(
function policy.control(resource) resource.state.n = (resource.state.n or 0) + 1 return true end
return policy
)lua");
  stage.StateTakes(Seconds(1));
  stage.lane().Begin();
  stage.Run({});
  for (int n = 0; n < 4; ++n) {
    stage.lane().Request(EntryPoint::kControl);
    stage.Run(Milliseconds(100));
  }
  CHECK(stage.lane().saving());
  stage.Run(Seconds(5));
  CHECK_FALSE(stage.lane().saving());
  CHECK(stage.Take() == R"(
0s  saves {"n":1}
1s  saves {"n":4}
)");
}

TEST_CASE("A state that cannot be read is said, and begins empty") {
  LaneStage stage(kMinimal + "return policy", Monitored());
  stage.records()["state"] = "{\"half";
  stage.lane().Begin();
  stage.Run({});
  CHECK(stage.Take() == R"(
0s  state.set name=state.aside value={\x22half  ->  ok
0s  log: resource.state begins empty: not a JSON object; what was there is set aside as state.aside
0s  Offline
0s  saves {}
0s  OfflinePending checkpoint 0
0s  Offline
)");
}

TEST_CASE("A state that does not arrive holds up a resource only so long") {
  LaneStage stage(kMinimal + "return policy", Monitored());
  stage.LoseState();
  stage.lane().Begin();
  stage.lane().Want(true, kAsked);
  stage.Run(Seconds(11));
  CHECK(stage.Take() == R"(
10s  log: resource.state begins empty: ERROR_TIMEOUT (no answer within 10s)
10s  Offline
10s  OnlinePending checkpoint 0
10s  Online
)");
}

TEST_CASE("A swap waits for the running entry point and carries the state over") {
  LaneStage stage(R"lua(
local timer = require "timer"
local policy = { api = 1 }
function policy.online(resource) resource.state.by = "old" end
function policy.offline(resource) end
function policy.is_alive(resource) timer.sleep("3s") return true end
return policy
)lua",
                  Monitored({.is_alive_poll_interval = Seconds(10)}));
  stage.lane().Begin();
  stage.lane().Want(true, kAsked);
  stage.Run(Seconds(11));
  const auto offered = stage.lane().Offer(test::Compiled(R"lua(
local log = require "log"
local policy = { api = 1 }
function policy.online(resource) end
function policy.offline(resource) end
function policy.is_alive(resource) log.info("new, after " .. resource.state.by) return true end
return policy
)lua"));
  REQUIRE(offered);
  stage.Take();
  stage.Run(Seconds(10));
  const std::string text = stage.Take();
  CHECK(text.find("13s  log: policy swapped: test.lua ") != std::string::npos);
  CHECK(text.find("20s  log: new, after old") != std::string::npos);
}

TEST_CASE("A policy that cannot take over is refused and nothing changes") {
  LaneStage stage(kMinimal + "return policy", Monitored());
  const auto offered = stage.lane().Offer(test::Compiled(R"lua(
return { api = 1, online = function() end, offline = function() end, is_alive = function() end,
         properties = { VolumePath = { type = "string", required = true, doc = "the volume" } } }
)lua"));
  REQUIRE_FALSE(offered);
  CHECK(offered.error().detail == "test.lua: property VolumePath: is required (the volume)");
}

TEST_CASE("A watch runs while the resource is online; its end fails the resource at once") {
  LaneStage stage(R"lua(
local timer = require "timer"
local policy = { api = 1 }
function policy.online(resource)
  resource:watch(function()
    timer.sleep("7s")
    error("the link is down")
  end)
end
function policy.offline(resource) end
function policy.is_alive(resource) return true end
return policy
)lua",
                  Monitored());
  stage.lane().Begin();
  stage.lane().Want(true, kAsked);
  stage.Run(Seconds(7));
  CHECK(stage.Take() == R"(
0s  Offline
0s  OnlinePending checkpoint 0
0s  Online
7s  Failed: is_alive: the link is down (test.lua:7)
7s  log: restart 1 of 3 within 15m, in 500ms
)");
}

TEST_CASE("An operation that never answers ends at the entry point's deadline") {
  LaneStage stage(R"lua(
local volume = require "volume"
local policy = { api = 1, timeouts = { online = "20s" } }
function policy.online(resource) assert(volume.open("/dev/hung")) end
function policy.offline(resource) end
function policy.is_alive(resource) return true end
return policy
)lua",
                  Monitored({.restart_action = RestartAction::kDontRestart}));
  stage.On(
      [](const Call&) { return LaneStage::Reaction{.reply = {}, .after = {}, .never = true}; });
  stage.lane().Begin();
  stage.lane().Want(true, kAsked);
  stage.Run(Minutes(10));
  CHECK(stage.Take() == R"(
0s  Offline
0s  OnlinePending checkpoint 0
0s  volume.open path=/dev/hung  ->  ...
1s  OnlinePending checkpoint 1
20s  Failed: online: no result within 20s, waiting for volume.open
20s  log: failed and stays so: RestartAction is 0
)");
  CHECK(stage.lane().View().outstanding == 1);
}

TEST_CASE("A capability that was not granted is an error that names it") {
  LaneSpec spec = Monitored({.restart_action = RestartAction::kDontRestart});
  spec.granted = Capabilities::None();
  LaneStage stage(R"lua(
local volume = require "volume"
local policy = { api = 1 }
function policy.online(resource) assert(volume.open("/dev/x")) end
function policy.offline(resource) end
function policy.is_alive(resource) return true end
return policy
)lua",
                  spec);
  stage.lane().Begin();
  stage.lane().Want(true, kAsked);
  stage.Run({});
  CHECK(stage.Take().find("volume.open needs the capability \"volume\"") != std::string::npos);
}

TEST_CASE("A policy that floods the log is cut off, and it is said how much was dropped") {
  LaneStage stage(R"lua(
local log = require "log"
local policy = { api = 1 }
function policy.online(resource) for i = 1, 1000 do log.info("line " .. i) end end
function policy.offline(resource) end
function policy.is_alive(resource) log.info("later") return true end
return policy
)lua",
                  Monitored());
  stage.lane().Begin();
  stage.lane().Want(true, kAsked);
  stage.Run(Seconds(61));
  const std::string text = stage.Take();
  CHECK(text.find("line 20\n") != std::string::npos);
  CHECK(text.find("line 21\n") == std::string::npos);
  CHECK(text.find("1m  log: 980 lines of the policy dropped") != std::string::npos);
}

TEST_CASE("Offline during a pending online terminates it, and the resource ends offline") {
  LaneStage stage(R"lua(
local timer = require "timer"
local policy = { api = 1 }
function policy.online(resource) timer.sleep("60s") end
function policy.offline(resource) end
function policy.is_alive(resource) return true end
return policy
)lua",
                  Monitored());
  stage.lane().Begin();
  stage.lane().Want(true, kAsked);
  stage.Run(Milliseconds(500));
  stage.lane().Want(false, kAsked);
  stage.Run(Seconds(1));
  CHECK(stage.Take() == R"(
0s  Offline
0s  OnlinePending checkpoint 0
500ms  Offline: asked
)");
  CHECK(stage.lane().View().settled);
}

}  // namespace
}  // namespace tidegate
