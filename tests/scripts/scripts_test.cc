// The built-in scripts.
#include <catch2/catch_test_macros.hpp>

#include "tests/lua/stage.h"

namespace tidegate {
namespace {

using test::Picture;
using test::Stage;

std::string Play(const std::string& online, const std::string& picture) {
  Stage stage(
      Stage::Around("local retry, deadline, health = require 'retry', require 'deadline', "
                    "require 'health'\n" +
                    online));
  INFO(stage.error());
  REQUIRE(stage.loaded());
  return stage.Play(picture);
}

TEST_CASE("retry waits longer each time, up to max") {
  const std::string picture = Picture(R"(
      online
      -> cluster.quorum
      <- ERROR_NOT_READY
      -> timer.sleep duration=100ms
      <- ok
      -> cluster.quorum
      <- ERROR_NOT_READY
      -> timer.sleep duration=200ms
      <- ok
      -> cluster.quorum
      <- ERROR_NOT_READY
      -> timer.sleep duration=300ms
      <- ok
      -> cluster.quorum
      <- ok true
      log info: true 4
      == ok
  )");
  CHECK(Play(R"(
      log.info("%s %s", retry.run({ first = "100ms", max = "300ms" }, function(attempt)
        return assert(cluster.quorum()), attempt
      end))
  )",
             picture) == picture);
}

TEST_CASE("retry spends at most nine tenths of the time that is left") {
  Stage stage(
      Stage::Around("local retry = require 'retry'\n"
                    "retry.run({ within = '1h', first = '60s', max = '60s' }, function()\n"
                    "assert(cluster.quorum()) end)"));
  const std::string picture = Picture(R"(
      online
      -> cluster.quorum
      <- ERROR_BUSY
      -> timer.sleep duration=1m
      <- ok
      -> cluster.quorum
      <- ERROR_BUSY
      -> timer.sleep duration=1m
      <- ok
      -> cluster.quorum
      <- ERROR_BUSY
      -> timer.sleep duration=42s
      <- ok
      -> cluster.quorum
      <- ERROR_BUSY
      == failed: online: cluster.quorum failed: ERROR_BUSY (170), after 4 attempts (policy.lua:6)
  )");
  CHECK(stage.Play(picture) == picture);
}

TEST_CASE("retry does not try a programming error again") {
  const std::string picture = Picture(R"(
      online
      == failed: online: attempt to index a nil value (policy.lua:5)
  )");
  CHECK(Play("retry.run({ times = 9 }, function() local x; return x.y end)", picture) == picture);
  CHECK(Play("retry.run({ tmes = 9 }, print)", "online").find("no option 'tmes'") !=
        std::string::npos);
}

TEST_CASE("retry does not survive the sandbox's limits") {
  Stage stage(
      Stage::Around("require('retry').run({ times = 9 }, function() while true do end end)"));
  CHECK(stage.Run(EntryPoint::kOnline).cause.kind == CauseKind::kFuelLimit);
}

TEST_CASE("deadline shares what is left") {
  const std::string picture = Picture(R"(
      online
      log info: 90.0 5
      == failed: online: the flush needs 200.0 s, but 180.0 s are left (policy.lua:6)
  )");
  CHECK(Play("log.info('%s %s', deadline.share(resource, 0.5), deadline.share(resource, 1, 5))\n"
             "deadline.require(resource, 200, 'the flush')",
             picture) == picture);
}

TEST_CASE("health names the check that said no") {
  const std::string picture = Picture(R"(
      online
      log info: true
      log info: false not true that it is up
      -> cluster.quorum
      <- ERROR_NOT_SUPPORTED
      log info: false cluster.quorum failed: ERROR_NOT_SUPPORTED (50)
      log info: true false true
      == ok
  )");
  CHECK(Play(R"(
      local yes = { "yes", function() return true end }
      log.info(health.all { yes })
      log.info("%s %s", health.all { yes, { "it is up", function() return false end } })
      log.info("%s %s", health.all { yes, { "quorum", cluster.quorum } })
      local s = resource.state
      local a, b, c = health.every(s, "n", 2), health.every(s, "n", 2), health.every(s, "n", 2)
      log.info("%s %s %s", a, b, c)
  )",
             picture) == picture);
}

}  // namespace
}  // namespace tidegate
