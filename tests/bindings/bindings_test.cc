// What bindings take, refuse and answer.
#include "bindings/bindings.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/lua/stage.h"

namespace tidegate {
namespace {

using test::Picture;
using test::Stage;

std::string Play(const std::string& online, const std::string& picture) {
  Stage stage(Stage::Around(online));
  INFO(stage.error());
  REQUIRE(stage.loaded());
  return stage.Play(picture);
}

// The message with which `online` fails.
std::string Refusal(const std::string& online, Capabilities granted = Capabilities::All()) {
  Stage stage(Stage::Around(online));
  stage.policy().Bind({"vol1", "node-a", {}, granted});
  Turn turn = stage.policy().Start(Task::kEntry, EntryPoint::kOnline, {}, {}, stage.deadline);
  if (std::holds_alternative<Call>(turn)) return "asks " + Text(std::get<Call>(turn));
  return std::get<Verdict>(turn).cause.message;
}

TEST_CASE("every kind of argument and answer") {
  const std::string picture = Picture(R"(
      online
      -> volume.open path=/img
      <- ok 1
      -> volume.probe volume=1 sectors=0,8,16 write_file=.probe
      <- ok 12288
      log info: 12288 integer
      -> volume.is_mounted volume=1
      <- ok false
      log info: false
      -> volume.attributes volume=1
      <- ok image
      log info: image 512
      -> volume.mount volume=1 where=/mnt read_only=true
      <- ok
      log info: true
      -> cluster.nodes
      <- ok a,b
      log info: 2 b node-a
      -> store.get key=k
      <- ERROR_NOT_FOUND
      log info: nil ERROR_NOT_FOUND 1168 store.get policy.lua:17
      -> timer.sleep duration=1.5s
      <- ok
      -> timer.sleep duration=250ms
      <- ok
      -> volume.close volume=1
      <- ok
      == ok
  )");
  CHECK(Play(R"(
      local vol = assert(volume.open "/img")
      local bytes = vol:probe { sectors = { 0, 8.0, 16 }, write_file = ".probe" }
      log.info("%d %s", bytes, math.type(bytes))
      log.info(vol:is_mounted())
      local attributes = vol:attributes()
      log.info("%s %d", attributes.kind, attributes.sector_size)
      log.info(vol:mount("/mnt", { read_only = true }))
      local nodes = cluster.nodes()
      log.info("%d %s %s", #nodes, nodes[2], cluster.node())



      local value, err = store.get("k")
      log.info("%s %s %d %s %s", value, err.name, err.code, err.op, err.where)
      timer.sleep(1.5)
      timer.sleep "250ms"
      vol:close()
  )",
             picture) == picture);
}

TEST_CASE("a capability that is not granted is an error that names it") {
  CHECK(Refusal("volume.open('/img')", Capabilities::None()) ==
        "volume.open needs the capability \"volume\", which this resource is not granted: add "
        "volume to its capabilities");
  Capabilities plain = Capabilities::None();
  plain.Add(Capability::kVolume);
  Stage stage(Stage::Around("local v = volume.open('/img') v:dismount{ force = true }"));
  stage.policy().Bind({"vol1", "node-a", {}, plain});
  const std::string picture = Picture(R"(
      online
      -> volume.open path=/img
      <- ok 1
      == failed: online: volume.dismount{force=true} needs the capability "volume.force", \
         which this resource is not granted: add volume.force to its capabilities (policy.lua:3)
  )");
  const std::string happened = stage.Play(picture);
  CHECK(happened.find("volume.force") != happened.npos);
}

TEST_CASE("arguments that are wrong are named") {
  CHECK(Refusal("volume.open()") == "volume.open: path must be a string, not no value");
  CHECK(Refusal("volume.open(7)") == "volume.open: path must be a string, not number");
  CHECK(Refusal("volume.open('')") == "volume.open: path must not be empty");
  CHECK(Refusal("volume.open('/img', 1)") == "volume.open takes at most 1 argument");
  CHECK(Refusal("timer.sleep('soon')").starts_with("timer.sleep: duration must be a duration"));
  CHECK(Refusal("store.get('A')") ==
        "store.get: key must be 1 to 64 of a-z 0-9 _ . - and must not begin with a dot");
  for (const std::string key : {".", "..", ".state", ".versions", ".online", "./x"}) {
    CHECK(Refusal("store.get('" + key + "')") ==
          "store.get: key must be 1 to 64 of a-z 0-9 _ . - and must not begin with a dot");
    CHECK(Refusal("store.set('" + key + "', '{}')") ==
          "store.set: key must be 1 to 64 of a-z 0-9 _ . - and must not begin with a dot");
  }
  CHECK(Refusal("store.set('k', ('x'):rep(65537))") == "store.set: value is longer than 64 KiB");
  CHECK(Refusal("store.set('k', 'a\\0b')") == "asks store.set key=k value=a\\x00b");
  const auto options = [](const std::string& text) {
    Stage stage(Stage::Around("local v = volume.open('/img') v:probe(" + text + ")"));
    const std::string told = stage.Play("online\n<- ok 1");
    const std::size_t at = told.find("volume.probe");
    return at == told.npos ? told : told.substr(at, told.find(" (policy") - at);
  };
  CHECK(options("{ sector = { 0 } }") ==
        "volume.probe: there is no option 'sector', did you mean sectors?");
  CHECK(options("{ sectors = {} }") == "volume.probe: sectors must name at least one sector");
  CHECK(options("{ sectors = { -1 } }").ends_with("integers from 0 on"));
  CHECK(options("{ sectors = { 0.5 } }").ends_with("integers from 0 on"));
  CHECK(options("{ sectors = { '1' } }").ends_with("integers from 0 on"));
  CHECK(options("{ sectors = 7 }") ==
        "volume.probe: sectors must be a list of sector numbers, not "
        "number");
  CHECK(options("7") == "volume.probe: the last argument must be a table of options, not number");
}

TEST_CASE("a closed handle stays closed") {
  const std::string picture = Picture(R"(
      online
      -> volume.open path=/img
      <- ok 3
      -> volume.close volume=3
      <- ERROR_IO_DEVICE
      == failed: online: volume 3 is closed (policy.lua:5)
  )");
  CHECK(Play("local v <close> = volume.open('/img') v:close()\nv:flush()", picture) == picture);
}

TEST_CASE("a resource tells about itself") {
  Stage stage(Stage::Around(R"(
      log.info("%s %s %s", resource, resource.name, resource.node)
      log.info("%.3f %.3f", resource:deadline(), timer.left())
      timer.sleep("3m")
      log.info(resource:deadline())
  )"));
  const std::string picture = Picture(R"(
      online
      log info: resource vol1 vol1 node-a
      log info: 180.000 180.000
      -> timer.sleep duration=3m
      <- ok
      log info: 0.0
      == ok
  )");
  CHECK(stage.Play(picture) == picture);
}

TEST_CASE("watches are bounded") {
  CHECK(Refusal("for i = 1, 5 do resource:watch(function() end) end") ==
        "resource:watch: all 4 watches are in use");
}

TEST_CASE("migrate converts data and performs nothing") {
  Stage stage(
      "return { api = 1, online = print, offline = print, is_alive = print,\n"
      "migrate = function(resource, from, state)\n"
      "state.came_from = from return { old = state } end }");
  REQUIRE(stage.policy().ImportState(R"({"n":1})").ok());
  CHECK(stage.Play("migrate 0.9").ends_with("== ok\n"));
  CHECK(*stage.policy().ExportState() == R"({"old":{"came_from":"0.9","n":1}})");
  Stage asking(
      "local timer = require 'timer'\nreturn { api = 1, online = print, offline = print,\n"
      "is_alive = print, migrate = function() timer.sleep(1) end }");
  CHECK(asking.Play("migrate").find("performs no operations") != std::string::npos);
}

}  // namespace
}  // namespace tidegate
