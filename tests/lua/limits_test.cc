// Every limit kills for the right reason, says where, and stays dead.
#include <catch2/catch_test_macros.hpp>

#include "tests/lua/stage.h"

namespace tidegate {
namespace {

using test::Stage;

Cause CauseOf(const std::string& online, SandboxLimits limits = {}, Duration tick = {}) {
  Stage stage(Stage::Around(online), {}, limits);
  INFO(stage.error());
  REQUIRE(stage.loaded());
  stage.tick = tick;
  const Verdict verdict = stage.Run(EntryPoint::kOnline);
  CHECK_FALSE(verdict.ok);
  CHECK(stage.policy().dead() == IsKill(verdict.cause.kind));
  return verdict.cause;
}

TEST_CASE("fuel: an endless loop") {
  const Cause cause = CauseOf("local n = 0\nwhile true do\nn = n + 1 end");
  CHECK(cause.kind == CauseKind::kFuelLimit);
  CHECK(cause.message == "fuel: 2000001 of 2000000");
  CHECK(cause.where == "policy.lua:4");
  CHECK(cause.entry == EntryPoint::kOnline);
}

TEST_CASE("fuel is for what happens between two yields") {
  Stage stage(Stage::Around("for i = 1, 10 do for j = 1, 1500000 do end timer.sleep(1) end"));
  CHECK(stage.Play("online").ends_with("== ok\n"));
  CHECK(stage.policy().usage().fuel > 15'000'000);
}

TEST_CASE("running time: measured by the host's clock while the policy runs") {
  const Cause cause = CauseOf("while true do end", {}, Milliseconds(50));
  CHECK(cause.kind == CauseKind::kTimeLimit);
  CHECK(cause.message == "running time: 250ms of 250ms");
  CHECK(cause.where == "policy.lua:3");
}

TEST_CASE("memory: a table that grows") {
  const Cause cause = CauseOf("local t = {}\nfor i = 1, 1e9 do\nt[i] = i end");
  CHECK(cause.kind == CauseKind::kMemoryLimit);
  CHECK(cause.message.ends_with("one block is at most 131072"));
  CHECK(cause.where == "policy.lua:6");
}

TEST_CASE("memory: many small things") {
  const Cause cause = CauseOf("local t\nwhile true do\nt = { t } end");
  CHECK(cause.kind == CauseKind::kMemoryLimit);
  CHECK(cause.where == "policy.lua:6");
}

TEST_CASE("memory: a text that doubles") {
  const Cause cause = CauseOf("local s = 'x'\nwhile true do\ns = s .. s end");
  CHECK(cause.kind == CauseKind::kMemoryLimit);
  CHECK(cause.where == "policy.lua:6");
}

TEST_CASE("memory: refusals that are caught kill in the end") {
  const Cause cause = CauseOf("while true do pcall(string.rep, 'x', 1 << 20) end");
  CHECK(cause.kind == CauseKind::kMemoryLimit);
}

TEST_CASE("the dead are not entered again, and cost nothing") {
  Stage stage(Stage::Around("while true do end"));
  CHECK_FALSE(stage.Run(EntryPoint::kOnline).ok);
  CHECK(stage.policy().usage().memory_bytes == 0);
  const Verdict again = stage.Run(EntryPoint::kIsAlive);
  CHECK(again.cause.kind == CauseKind::kFuelLimit);
  CHECK(again.cause.entry == EntryPoint::kIsAlive);
  CHECK_FALSE(stage.policy().ExportState().ok());
  CHECK_FALSE(stage.policy().ImportState("{}").ok());
}

TEST_CASE("a cancelled task stops, its sandbox lives") {
  Stage stage(Stage::Around("while true do pcall(function() while true do end end) end"));
  stage.cancelled = true;
  const Verdict verdict = stage.Run(EntryPoint::kOnline);
  CHECK(verdict.cause.code == ErrorCode::kCancelled);
  CHECK_FALSE(stage.policy().dead());
  CHECK(stage.Run(EntryPoint::kIsAlive).ok);
}

TEST_CASE("limits hold while a policy loads") {
  CHECK(Stage("while true do end").error() ==
        "policy.lua: fuel: 2000001 of 2000000 at policy.lua:1");
  CHECK(Stage("local t = {} while true do t = { t } end").error().find("memory: ") == 12);
  CHECK(Stage(std::string(300'000, ' ')).error() ==
        "policy.lua: has 300000 bytes, at most 262144 are read");
  SandboxLimits tiny;
  tiny.memory_bytes = 1000;
  CHECK(Stage("return {}", {}, tiny).error().starts_with("policy.lua: no memory to compile it"));
  tiny.memory_bytes = 7000;
  CHECK(Stage("return {}", {}, tiny).error().find("memory: ") != std::string::npos);
}

TEST_CASE("every cap that is too small to begin with is an error, not a crash") {
  for (std::size_t bytes = 0; bytes < 40'000; bytes += 509) {
    SandboxLimits tiny;
    tiny.memory_bytes = bytes;
    Stage stage(Stage::Around("return true"), {}, tiny);
    if (stage.loaded()) stage.Run(EntryPoint::kOnline);
  }
}

TEST_CASE("the same run burns the same fuel") {
  const auto burn = [] {
    Stage stage(
        Stage::Around("local t = {} for i = 1, 5000 do t[#t + 1] = tostring(i):rep(3) end "
                      "table.sort(t); log.info(table.concat(t, ',', 1, 20))"));
    const std::string told = stage.Play("online");
    return told + std::to_string(stage.policy().usage().fuel);
  };
  CHECK(burn() == burn());
}

TEST_CASE("random numbers are those of the seed") {
  const auto draw = [](std::uint64_t seed) {
    SandboxLimits limits;
    limits.seed = seed;
    Stage stage(Stage::Around("log.info('%d %d', math.random(1000000), math.random(1000000))"), {},
                limits);
    return stage.Play("online");
  };
  CHECK(draw(1) == draw(1));
  CHECK(draw(1) != draw(2));
}

}  // namespace
}  // namespace tidegate
