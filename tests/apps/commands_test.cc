// The program from outside: what it prints, and with which exit code it ends.
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/apps/program.h"

namespace tidegate {
namespace {

using test::Background;
using test::Ended;
using test::Folder;
using test::Has;
using test::RunProgram;

const std::string kVolumePolicy = TIDEGATE_SOURCE_DIR "/policies/volume";

const std::string kCounting = R"lua(
local policy = { api = 1, properties = { Step = { type = "integer", default = 1, max = 10 } } }
function policy.online(resource)
  resource.state.n = (resource.state.n or 0) + resource.properties.Step
end
function policy.offline(resource) end
function policy.is_alive(resource)
  if resource.state.n == 3 then return false, "three is unlucky" end
  return true
end
return policy
)lua";

std::string Host(const Folder& dir, const std::string& resources) {
  return dir.Write("host.toml", "node = \"A\"\nstate_dir = \"" + (dir / "state") +
                                    "\"\nruntime_dir = \"" + (dir / "run") + "\"\n" + resources);
}

TEST_CASE("Help teaches, and a wrong call exits with 2") {
  CHECK(RunProgram({"--help"}).code == 0);
  CHECK(Has(RunProgram({"--help"}).output, "Examples:"));
  CHECK(RunProgram({"call", "--help"}).code == 0);
  CHECK(RunProgram({}).code == 2);
  CHECK(RunProgram({"frobnicate"}).code == 2);
  CHECK(RunProgram({"run"}).code == 2);
  CHECK(RunProgram({"run", "/no/such/file.toml"}).code == 2);
}

TEST_CASE("call performs one entry point and keeps state where it is told to") {
  const Folder dir;
  const std::string policy = dir.Write("count.lua", kCounting);
  const std::string state = dir / "state.json";
  const auto call = [&](const std::string& entry) {
    return RunProgram({"call", policy, entry, "--state", state, "--runtime-dir", dir / "run"});
  };
  CHECK(call("online").output == "online: succeeded\n");
  CHECK(call("is_alive").output == "is_alive: alive\n");
  CHECK(call("online").code == 0);
  CHECK(call("online").code == 0);
  const Ended unlucky = call("is_alive");
  CHECK(unlucky.code == 1);
  CHECK(Has(unlucky.output, "is_alive: failed: is_alive: three is unlucky"));
}

TEST_CASE("call answers with the verdict itself, whatever health would tolerate") {
  const Folder dir;
  const std::string policy = dir.Write("p.lua", R"lua(
return { api = 1, online = function() end, offline = function() end,
         is_alive = function() return false, "no pulse" end, health = { fail_after = 3, of = 3 } }
)lua");
  CHECK(RunProgram({"call", policy, "is_alive", "--runtime-dir", dir / "run"}).code == 1);
}

TEST_CASE("call: 1 is the policy's failure, 2 is a call that could not be made") {
  const Folder dir;
  const auto code = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "call");
    words.insert(words.end(), {"--runtime-dir", dir / "run"});
    return RunProgram(words).code;
  };
  const std::string good = dir.Write("good.lua", kCounting);
  CHECK(code({good, "online"}) == 0);
  CHECK(code({good, "onlin"}) == 2);
  CHECK(code({good, "online", "--set", "Step=99"}) == 2);
  CHECK(code({good, "online", "--set", "Stop=1"}) == 2);
  CHECK(code({good, "online", "--set", "Step"}) == 2);
  CHECK(code({dir / "missing.lua", "online"}) == 2);
  CHECK(code({dir.Write("syntax.lua", "return {"), "online"}) == 2);
  CHECK(code({dir.Write("binary.lua", "\x1bLua\x54"), "online"}) == 2);
  CHECK(code({dir.Write("state.json", "[1"), "online"}) == 2);
  CHECK(code({good, "online", "--state", dir / "state.json"}) == 2);
  const std::string loops = dir.Write("loops.lua", R"lua(
return { api = 1, online = function() while true do end end, offline = function() end,
         is_alive = function() error("no") end }
)lua");
  CHECK(code({loops, "online"}) == 1);
  CHECK(code({loops, "is_alive"}) == 1);
  CHECK(code({loops, "offline"}) == 0);
}

TEST_CASE("call --json is an object that a program reads") {
  const Folder dir;
  const std::string policy = dir.Write("p.lua", R"lua(
local volume = require "volume"
return { api = 1, online = function() assert(volume.open("/no/such/volume")) end,
         offline = function() end, is_alive = function() return true end }
)lua");
  const Ended ended =
      RunProgram({"call", policy, "online", "--json", "--runtime-dir", dir / "run"});
  CHECK(ended.code == 1);
  const nlohmann::json json = nlohmann::json::parse(ended.output);
  CHECK(json["ok"] == false);
  CHECK(json["cause"]["name"] == "ERROR_FILE_NOT_FOUND");
  CHECK(json["cause"]["operation"] == "volume.open");
  CHECK(json["cause"]["where"] == "p.lua:3");
}

TEST_CASE("check reports what a policy is and what is wrong with it") {
  const Folder dir;
  CHECK(RunProgram({"check", kVolumePolicy}).code == 0);
  CHECK(Has(RunProgram({"check", kVolumePolicy}).output, "VolumePath"));
  const Ended syntax = RunProgram({"check", dir.Write("bad.lua", "local x = = 1")});
  CHECK(syntax.code == 1);
  CHECK(Has(syntax.output, "bad.lua:1:"));
  const Ended missing = RunProgram({"check", dir.Write("empty.lua", "return { api = 1 }")});
  CHECK(missing.code == 1);
  CHECK(Has(missing.output, "online"));
  const Ended slow = RunProgram({"check", dir.Write("slow.lua", R"lua(
return { api = 1, online = function() end, offline = function() end, is_alive = function() end,
         timeouts = { online = "10m" } }
)lua")});
  CHECK(Has(slow.output, "warning: timeouts.online = 10m is longer than PendingTimeout 3m"));
  CHECK(RunProgram({"check", "/no/such/policy"}).code == 2);
  CHECK_FALSE(Has(RunProgram({"check", kVolumePolicy}).output, "note:"));
  const std::string watches = std::string(TIDEGATE_SOURCE_DIR) + "/policies/reserved-volume";
  CHECK(Has(RunProgram({"check", watches}).output, "note: resource:watch needs a host that"));
}

TEST_CASE("run hosts a file's resources until SIGTERM and ends with everything offline") {
  const Folder dir;
  const std::string policy = dir.Write("count.lua", kCounting);
  const std::string file =
      Host(dir, "[[resource]]\nname = \"r1\"\npolicy = \"" + policy + "\"\n" +
                    "[[resource]]\nname = \"r2\"\npolicy = \"" + policy + "\"\nonline = false\n");
  Background host({"run", file});
  REQUIRE(host.Prints("r1: Online\n"));
  const std::vector<std::string> where = {"--runtime-dir", dir / "run"};
  const auto ask = [&](std::vector<std::string> words) {
    words.insert(words.end(), where.begin(), where.end());
    return RunProgram(words);
  };

  const Ended table = ask({"status"});
  CHECK(table.code == 0);
  CHECK(Has(table.output, "RESOURCE  STATE"));
  CHECK(Has(table.output, "r2        Offline"));
  const nlohmann::json json = nlohmann::json::parse(ask({"status", "--json"}).output);
  CHECK(json["hosts"][0]["resources"][0]["state"] == "Online");
  CHECK(json["hosts"][0]["resources"][0]["state_number"] == 2);

  CHECK(ask({"online", "r2"}).output == "r2 is Online\n");
  CHECK(ask({"offline", "r2"}).output == "r2 is Offline\n");
  CHECK(ask({"offline", "r3"}).code == 2);

  const std::string next = dir.Write("next.lua", kCounting + "-- edited\n");
  CHECK(Has(ask({"swap", "r1", next}).output, "r1 now runs next.lua@"));
  const Ended refused = ask({"swap", "r1", dir.Write("broken.lua", "return 5")});
  CHECK(refused.code == 1);
  CHECK(Has(ask({"status"}).output, "next.lua@"));

  const Ended second = RunProgram({"run", file});
  CHECK(second.code == 2);
  CHECK(Has(second.output, "r1"));

  host.Signal(SIGTERM);
  const Ended ended = host.Wait();
  CHECK(ended.code == 0);
  CHECK(Has(ended.output, "everything is offline"));
  CHECK(ask({"status"}).code == 1);
}

TEST_CASE("SIGHUP adds, removes and swaps; a wrong file changes nothing") {
  const Folder dir;
  const std::string policy = dir.Write("count.lua", kCounting);
  const std::string r1 = "[[resource]]\nname = \"r1\"\npolicy = \"" + policy + "\"\n";
  const std::string r2 = "[[resource]]\nname = \"r2\"\npolicy = \"" + policy + "\"\n";
  Background host({"run", Host(dir, r1)});
  REQUIRE(host.Prints("r1: Online\n"));
  Host(dir, r1 + r2);
  host.Signal(SIGHUP);
  CHECK(host.Prints("r2: Online\n"));
  dir.Write("count.lua", kCounting + "-- edited\n");
  Host(dir, r2);
  host.Signal(SIGHUP);
  CHECK(host.Prints("r1: Offline"));
  CHECK(host.Prints("r2: policy swapped"));
  Host(dir, "[[resource]]\n");
  host.Signal(SIGHUP);
  CHECK(host.Prints("not reloaded: "));
  host.Signal(SIGTERM);
  CHECK(host.Wait().code == 0);
}

TEST_CASE("After kill -9 the next host takes over what it finds") {
  const Folder dir;
  std::filesystem::create_directory(dir / "images");
  const std::string image = dir.Write("images/disk.img", std::string(1 << 20, '\0'));
  const std::string file = Host(dir, "[[resource]]\nname = \"vol\"\npolicy = \"" + kVolumePolicy +
                                         "\"\n[resource.properties]\nVolumePath = \"" + image +
                                         "\"\nMountPoint = \"" + (dir / "mnt") + "\"\n");
  for (int i = 0; i < 3; ++i) {
    Background host({"run", file});
    REQUIRE(host.Prints("vol: Online\n"));
    CHECK(std::filesystem::is_symlink(dir / "mnt"));
    host.Signal(SIGKILL);
    CHECK(host.Wait().code == -SIGKILL);
    CHECK(std::filesystem::is_symlink(dir / "mnt"));  // as a mount would be
  }
  Background host({"run", file});
  REQUIRE(host.Prints("vol: Online\n"));
  host.Signal(SIGTERM);
  CHECK(host.Wait().code == 0);
  CHECK_FALSE(std::filesystem::is_symlink(dir / "mnt"));
}

}  // namespace
}  // namespace tidegate
