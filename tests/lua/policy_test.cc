// What a policy does with its turns.
#include "host/lua/policy.h"

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

TEST_CASE("an operation is a turn, its reply the next") {
  const std::string picture = Picture(R"(
      online
      -> volume.open path=/img
      <- ok 7
      -> volume.lock volume=7
      <- ERROR_ACCESS_DENIED (EBUSY: /img)
      -> volume.lock volume=7
      <- ok
      log info: volume 7 locked: true
      -> volume.close volume=7
      <- ok
      == ok
  )");
  REQUIRE(Play(R"(
      local vol <close> = assert(volume.open("/img"))
      local ok, err = vol:lock()
      while not ok do ok, err = vol:lock() end
      log.info("%s locked: %s", vol, ok)
  )",
               picture) == picture);
}

TEST_CASE(
    "an error that leaves an entry point says what, why and where, after handles are closed") {
  const std::string picture = Picture(R"(
      online
      -> volume.open path=/img
      <- ok 1
      -> volume.online volume=1
      <- ERROR_NOT_READY (ENXIO: /dev/loop3)
      -> volume.close volume=1
      <- ok
      == failed: online: volume.online failed: ERROR_NOT_READY (21), ENXIO: /dev/loop3 \
         (policy.lua:5)
  )");
  REQUIRE(Play(R"(local vol <close> = assert(volume.open("/img"))
      assert(vol:online())
  )",
               picture) == picture);
}

TEST_CASE("the ways to end") {
  const auto verdict = [](const std::string& online) {
    Stage stage(Stage::Around(online));
    return Text(stage.Run(EntryPoint::kOnline));
  };
  CHECK(verdict("") == "ok");
  CHECK(verdict("return true") == "ok");
  CHECK(verdict("return nil") == "ok");
  CHECK(verdict("return false") == "failed: online: online answered false (policy.lua:3)");
  CHECK(verdict("return nil, 'no disk'") == "failed: online: no disk (policy.lua:4)");
  CHECK(
      verdict("return 7") ==
      "failed: online: online answered a number, not true, nothing, or nil and why (policy.lua:3)");
  CHECK(verdict("error('out of luck')") == "failed: online: out of luck (policy.lua:4)");
  CHECK(verdict("error({})") ==
        "failed: online: raised a table; an error is a text or what an "
        "operation answered (policy.lua:4)");
  CHECK(verdict("resource:fail('too hot')") == "failed: online: too hot (policy.lua:4)");
  CHECK(verdict("local x = nil; return x.y") ==
        "failed: online: attempt to index a nil value (policy.lua:4)");
  CHECK(verdict("error('a\\nb\\27[31m\\255')") ==
        "failed: online: a\\nb\\x1b[31m\\xff (policy.lua:4)");
}

TEST_CASE("is_alive answers true or says why not") {
  const auto verdict = [](const std::string& body) {
    Stage stage(
        "return { api = 1, online = function() end, offline = function() end,\n"
        "is_alive = function() " +
        body + " end }");
    return Text(stage.Run(EntryPoint::kIsAlive));
  };
  CHECK(verdict("return true") == "ok");
  CHECK(verdict("") == "failed: is_alive: is_alive answered nothing (policy.lua:2)");
  CHECK(verdict("return false") == "failed: is_alive: is_alive answered false (policy.lua:2)");
  CHECK(verdict("return false, 'unmounted'") == "failed: is_alive: unmounted (policy.lua:2)");
  CHECK(verdict("return 'yes'") ==
        "failed: is_alive: is_alive answered a string, not true or false (policy.lua:2)");
}

TEST_CASE("a forgotten assert still tells what failed") {
  Stage stage(Stage::Around("local vol = volume.open('/img')\nvol:online()"));
  Turn turn = stage.policy().Start(Task::kEntry, EntryPoint::kOnline, {}, {}, stage.deadline);
  turn = stage.policy().Resume(Task::kEntry, Failure(ErrorCode::kFileNotFound, "ENOENT: /img"));
  const Cause& cause = std::get<Verdict>(turn).cause;
  CHECK(cause.kind == CauseKind::kPolicyError);
  CHECK(cause.code == ErrorCode::kFileNotFound);
  CHECK(cause.op == "volume.open");
  CHECK(Text(cause) ==
        "online: attempt to index a nil value; volume.open had failed: ERROR_FILE_NOT_FOUND (2), "
        "ENOENT: /img (policy.lua:5)");
}

TEST_CASE("an operation that succeeded in the end is not blamed") {
  Stage stage(Stage::Around("local ok\nwhile not ok do ok = cluster.owner() end\nreturn ok.x.y"));
  Turn turn = stage.policy().Start(Task::kEntry, EntryPoint::kOnline, {}, {}, stage.deadline);
  turn = stage.policy().Resume(Task::kEntry, Failure(ErrorCode::kNotReady));
  turn = stage.policy().Resume(Task::kEntry, Success(std::string("a")));
  CHECK(std::get<Verdict>(turn).cause.op.empty());
}

TEST_CASE("an entry point that the policy does not have succeeds") {
  Stage stage(Stage::Around(""));
  CHECK(stage.Run(EntryPoint::kLooksAlive).ok);
  CHECK(stage.Run(EntryPoint::kTerminate).ok);
}

TEST_CASE("handles die with the task that opened them") {
  Stage stage(R"(
      local volume = require "volume"
      local kept
      local function use() return kept:lock() end
      return { api = 1,
        online = function() kept = assert(volume.open("/img")) end,
        is_alive = use, offline = use }
  )");
  const std::string picture = Picture(R"(
      online
      -> volume.open path=/img
      <- ok 3
      == ok
      is_alive
      == failed: is_alive: volume 3 is closed (policy.lua:4)
  )");
  CHECK(stage.Play(picture) == picture);
}

TEST_CASE("a cancelled task is forgotten, and terminate runs beside it") {
  Stage stage(R"(
      local volume, log = require "volume", require "log"
      local kept
      return { api = 1,
        online = function() kept = assert(volume.open("/img")); kept:online() end,
        offline = function() end, is_alive = function() return true end,
        terminate = function(resource, cause)
          log.info("%s in %s: %s", cause.kind, cause.entry_point, cause.message)
          kept:lock()
        end }
  )");
  Policy& policy = stage.policy();
  Turn turn = policy.Start(Task::kEntry, EntryPoint::kOnline, {}, {}, stage.deadline);
  turn = policy.Resume(Task::kEntry, Success(VolumeHandle{1}));
  REQUIRE(std::holds_alternative<Call>(turn));
  policy.Cancel(Task::kEntry);
  CHECK_FALSE(policy.Running(Task::kEntry));
  stage.cause = Cause{.kind = CauseKind::kDeadline, .message = "180s are over"};
  const std::string picture = Picture(R"(
      terminate
      log info: deadline in online: 180s are over
      == failed: terminate: volume 1 is closed (policy.lua:9)
  )");
  CHECK(stage.Play(picture) == picture);
}

TEST_CASE("a watch runs beside the entry points") {
  Stage stage(Stage::Around(R"(
      resource:watch(function(r) timer.sleep("1s"); r:progress("still " .. r.name) end)
      resource:progress("started")
  )"));
  const std::string picture = Picture(R"(
      online
      watch 0
      progress started
      == ok
      watch0
      -> timer.sleep duration=1s
      <- ok
      progress still vol1
      == ok
  )");
  CHECK(stage.Play(picture) == picture);
}

TEST_CASE("flags arrive by name") {
  Stage stage(Stage::Around(
      "for name, set in pairs(flags) do if set and name ~= 'input' then log.info(name) end end"));
  const std::string before = stage.Play("");
  Turn turn = stage.policy().Start(Task::kEntry, EntryPoint::kOnline, {0b1010, "x"}, {}, {});
  CHECK(std::get<Verdict>(turn).ok);
  CHECK(Text(stage.Run(EntryPoint::kOffline)) == "ok");
}

TEST_CASE("state crosses as plain data") {
  Stage stage(Stage::Around(R"(
      local s = resource.state
      s.count = (s.count or 0) + 1
      s.list = { 1, 2.5, "three", { deep = true } }
  )"));
  CHECK(*stage.policy().ExportState() == "{}");
  stage.Run(EntryPoint::kOnline);
  const std::string text = R"({"count":1,"list":[1,2.5,"three",{"deep":true}]})";
  CHECK(*stage.policy().ExportState() == text);
  REQUIRE(stage.policy().ImportState(R"({"count":41})").ok());
  stage.Run(EntryPoint::kOnline);
  CHECK(stage.policy().ExportState()->starts_with(R"({"count":42,)"));
}

TEST_CASE("what is not plain data is refused by its path") {
  const auto refusal = [](const std::string& body) {
    Stage stage(Stage::Around("local s = resource.state\n" + body));
    stage.Run(EntryPoint::kOnline);
    const Result<std::string> state = stage.policy().ExportState();
    return state ? *state : state.error().detail;
  };
  CHECK(refusal("s.a = { b = print }") == "state.a.b is a function, which cannot be kept");
  CHECK(refusal("s.a = { { } }; s.a[1].up = s.a") ==
        "state.a[1].up is a table that contains itself");
  CHECK(refusal("s.a = setmetatable({}, {})") ==
        "state.a has a metatable; only plain tables are kept");
  CHECK(refusal("s[1] = 1; s.x = 2") == "state has keys that are neither texts nor 1 to n");
  CHECK(refusal("s.n = 0/0") == "state.n is not a finite number");
  CHECK(refusal("s.t = '\\255'") == "state.t is a text that is not UTF-8");
  CHECK(refusal("s.r = resource") == "state.r is a handle, which cannot be kept");
  CHECK(refusal("for i = 1, 20 do s.x = {}; s = s.x end").ends_with("is more than 16 tables deep"));
  CHECK(refusal("for i = 1, 8000 do s[i] = 'eight...' end") ==
        "state[5959] is where the state exceeds 64 KiB");
  // Before they are put in order, which compares long ones again and again.
  CHECK(refusal("s.t = {}; for i = 1, 3 do s.t[('k'):rep(30000) .. i] = i end") ==
        "state.t is where the state exceeds 64 KiB");
  Stage stage(Stage::Around(""));
  CHECK_FALSE(stage.policy().ImportState("[1").ok());
  CHECK_FALSE(stage.policy().ImportState("7").ok());
  CHECK_FALSE(stage.policy().ImportState(std::string(17, '[') + std::string(17, ']')).ok());
}

TEST_CASE("a state that can be imported can be exported again") {
  Stage stage(Stage::Around(""));
  const auto back = [&](const std::string& json) -> std::string {
    if (const Outcome in = stage.policy().ImportState(json); !in) return in.error().detail;
    const Result<std::string> out = stage.policy().ExportState();
    return out ? *out : "cannot be exported: " + out.error().detail;
  };
  CHECK(back("{}") == "{}");
  CHECK(back("[]") == "{}");
  CHECK(back("[1, [2, 3.5], {\"b\": true, \"a\": \"x\"}]") == R"([1,[2,3.5],{"a":"x","b":true}])");
  CHECK(back("{\"none\": null, \"n\": 1e5}") == R"({"n":100000.0})");
  CHECK(back("{\"1\": 1, \"\": 2}") == R"({"":2,"1":1})");
  CHECK(back(R"({"t": "\b\f\n\r\t\"\\\u0001\u001f\u007f/ä"})") ==
        R"({"t":"\b\f\n\r\t\"\\\u0001\u001f)"
        "\x7f"
        R"(/ä"})");
  CHECK(back("[1, null, 3]") == "state has null in a list, and lists have no holes");
  CHECK(back("{\"a\": [[null]]}") == "state has null in a list, and lists have no holes");
  std::string floats = "[1e5";
  while (floats.size() < 60'000) floats += ",1e5";
  CHECK(back(floats + "]") == "state is more than 64 KiB");
}

TEST_CASE("a policy that does not load says all that is wrong with it") {
  const auto error = [](const std::string& text) { return Stage(text).error(); };
  CHECK(error("return {") == "policy.lua:1: unexpected symbol near <eof>");
  CHECK(error("return 7") == "policy.lua: a policy file must end with: return policy");
  CHECK(error("return { api = 1, online = print, offline = print, is_alive = print,\n"
              "properties = { P = { type = 'string', default = ('x'):rep(4097) } } }") ==
        "policy.lua: properties.P: default is longer than 4 KiB");
  // As many as a table has room for.
  CHECK(error("local p = {} for i = 1, 4096 do p['p' .. i] = { type = 'string' } end\n"
              "return { api = 1, online = print, offline = print, is_alive = print,\n"
              "properties = p }") == "");
  CHECK(error("x = 1\nlocal function f()\nreturn x + yy, zz()\nend\nfunction g() qq = 1 end") ==
        "policy.lua:3: undefined global 'yy', did you mean type?\npolicy.lua:3: undefined global "
        "'zz'\n"
        "policy.lua:5: assignment to undeclared global 'qq'; write 'local qq'");
  CHECK(error(R"(return { api = 2, health = { fail_after = 3, of = 2 },
      properties = { Path = { type = "str" }, N = { type = "integer", default = 9, max = 3 } },
      timeouts = { online = "soon" }, is_alive = 7,
      offline = function() end,
      onlin = function() end })") == R"(policy.lua: api must be 1: this host knows no other
policy.lua: timeouts.online must be a duration such as "250ms", "5s" or "3m"
policy.lua: health: fail_after is above of
policy.lua: properties.Path: type must be "string", "integer", "boolean" or "duration"
policy.lua: properties.N: default: property N: 9 is above its maximum 3
policy.lua: is_alive must be a function
policy.lua:5: 'onlin' is nothing that a policy has, did you mean online?
policy.lua: the entry point online is missing: function policy.online(resource) ... end
policy.lua: the entry point is_alive is missing: function policy.is_alive(resource) ... end)");
}

}  // namespace
}  // namespace tidegate
