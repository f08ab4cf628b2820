// What the OCF agent goes by: what was started, whatever is configured by now; and what it does
// where nothing was, or somebody else did.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <filesystem>
#include <fstream>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/apps/tidegate/ocf/started.h"
#include "host/env/host_locks.h"
#include "tests/apps/ocf_stage.h"
#include "tests/apps/pack_stage.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;
using test::Ended;
using test::Has;

// A lamp that is a value: what the file beside the policy says does not change it.
const std::string kLamp = R"lua(
local store, timer = require "store", require "timer"
local policy = { api = 1,
  properties = {
    Fails = { type = "string", reloadable = true, doc = "the entry point that fails" },
    Takes = { type = "duration", default = "0s", doc = "how long online takes" },
  },
  timeouts = { online = "20s", offline = "20s", terminate = "2s", is_alive = "3s" },
}
local function fails(resource, name)
  if resource.properties.Fails == name then error(name .. " is told to fail") end
end
function policy.online(resource)
  fails(resource, "online")
  timer.sleep(resource.properties.Takes)
  store.set("lamp", "lit")
end
function policy.offline(resource) fails(resource, "offline") store.set("lamp", "dark") end
function policy.is_alive(resource)
  fails(resource, "is_alive")
  resource.state.looks = (resource.state.looks or 0) + 1
  if store.get("lamp") ~= "lit" then return false, "the lamp is dark" end
  return true
end
return policy
)lua";

struct Agent : test::OcfStage {
  explicit Agent(const std::string& instance = "lamp")
      : OcfStage(instance), policy(dir().Write("lamp.lua", kLamp)) {
    Set("OCF_RESKEY_PolicyPath", policy);
    Set("OCF_RESKEY_crm_feature_set", "3.17.0");
  }
  std::string Records() { return dir() / "tmp/tidegate/records/lamp"; }
  bool Marked() {
    const std::string mark = Records() + "/online";
    return fs::exists(mark) && Has(test::ReadFile(mark), "tidegate-started");
  }
  std::string Lamp() {
    const std::string file = dir() / "tmp/tidegate/values/lamp/lamp";
    if (!fs::exists(file)) return "none";
    const std::string text = test::ReadFile(file);
    return text.substr(text.find('\n') + 1);
  }
  // Another agent has it online: of this one there is nothing.
  void LitBySomebody() {
    REQUIRE(Does("start").code == 0);
    fs::remove_all(Records());
    fs::remove_all(dir() / "tmp/tidegate/started");
  }
  const std::string policy;
};

TEST_CASE("OCF: what was started is watched and stopped, whatever is configured by then") {
  Agent agent;
  REQUIRE(agent.Does("start").code == 0);
  int start = 0;
  SECTION("its file is gone") {
    fs::remove(agent.policy);
    start = 5;
  }
  SECTION("its file is broken") {
    (void)agent.dir().Write("lamp.lua", "this is no Lua");
    start = 1;
  }
  SECTION("another digest is asked for") {
    agent.Set("OCF_RESKEY_PolicyDigest", std::string(64, '0'));
    start = 5;
  }
  SECTION("its properties cannot be read") {
    agent.Set("OCF_RESKEY_Properties", "foo");
    start = 6;
  }
  SECTION("a property is unknown") {
    agent.Set("OCF_RESKEY_Fials", "online");
    start = 6;
  }
  SECTION("a property is longer than any path") {
    agent.Set("OCF_RESKEY_Fails", std::string(5'000, 'x'));
    start = 6;
  }
  SECTION("PolicyPath is empty") {
    agent.Set("OCF_RESKEY_PolicyPath", "");
    start = 6;
  }
  CHECK(agent.Does("start").code == start);
  CHECK(agent.Does("validate-all").code == start);
  CHECK(agent.Does("monitor").code == 0);
  CHECK(agent.Does("probe").code == 0);
  CHECK(agent.Does("stop").code == 0);
  CHECK(agent.Lamp() == "dark");
  // And where nothing runs, none of that is a reason to say that something does.
  CHECK(agent.Does("probe").code == 7);
  CHECK(agent.Does("monitor").code == 7);
  CHECK(agent.Does("stop").code == 0);
}

TEST_CASE("OCF: a new version is what reload-agent or start has read") {
  Agent agent;
  REQUIRE(agent.Does("start").code == 0);
  const std::string newer = test::Replaced(kLamp, "\"dark\")", "\"dark red\")");
  (void)agent.dir().Write("lamp.lua", newer);
  SECTION("without it the old one goes on") {
    CHECK(agent.Does("stop").code == 0);
    CHECK(agent.Lamp() == "dark");
  }
  SECTION("with it the new one does") {
    CHECK(agent.Does("reload-agent").code == 0);
    CHECK(agent.Does("stop").code == 0);
    CHECK(agent.Lamp() == "dark red");
  }
  SECTION("a version that does not take over leaves the old one") {
    (void)agent.dir().Write("lamp.lua", test::Replaced(newer, "~= \"lit\"", "~= \"bright\""));
    CHECK(agent.Does("reload-agent").code == 1);
    CHECK(agent.Does("monitor").code == 0);
    CHECK(agent.Does("stop").code == 0);
    CHECK(agent.Lamp() == "dark");
  }
}

TEST_CASE("OCF: a mark whose policy is not kept goes by what is configured, and stays a mark") {
  Agent agent;
  REQUIRE(agent.Does("start").code == 0);
  fs::remove_all(agent.dir() / "tmp/tidegate/started");
  const Ended monitor = agent.Does("monitor");
  CHECK(monitor.code == 0);
  CHECK(Has(monitor.output, "the policy that was started is not kept, and is read again"));
  fs::remove(agent.policy);
  CHECK(agent.Does("monitor").code == 1);
  CHECK(agent.Does("probe").code == 1);
  CHECK(agent.Does("stop").code == 1);
}

TEST_CASE("OCF: a mark that is damaged stays a mark") {
  const std::string text = GENERATE("", "tidegate-store 1", "torn");
  Agent agent;
  REQUIRE(agent.Does("start").code == 0);
  (void)agent.dir().Write("tmp/tidegate/records/lamp/online", text);
  CHECK(agent.Does("monitor").code == 0);
  agent.Set("OCF_RESKEY_Properties", "foo");
  for (int i = 0; i < 2; ++i) {
    CHECK(agent.Does("monitor").code == 1);
    CHECK(agent.Does("probe").code == 1);
    CHECK(agent.Does("stop").code == 1);
  }
  agent.Set("OCF_RESKEY_Properties", "");
  CHECK(agent.Does("stop").code == 0);
  CHECK(agent.Lamp() == "dark");
}

TEST_CASE("OCF: what was started with other properties is stopped first") {
  Agent agent;
  REQUIRE(agent.Does("start").code == 0);
  agent.Set("OCF_RESKEY_Takes", "2s");
  const Ended start = agent.Does("start");
  CHECK(start.code == 1);
  CHECK(Has(start.output, "it was started with another Takes: stop it first"));
  CHECK(agent.Does("stop").code == 0);
  CHECK(agent.Does("start").code == 0);
}

TEST_CASE("OCF: any name that a cluster gives is one") {
  for (const std::string name : {"Lämpchen", "a lamp", "lamp:1", "-", "../lamp", "100%"}) {
    INFO(name);
    Agent agent(name);
    CHECK(agent.Line("probe") == "probe 7\n");
    CHECK(agent.Line("start") == "start 0\n");
    CHECK(agent.Line("monitor") == "monitor 0\n");
    CHECK(agent.Line("stop") == "stop 0\n");
    CHECK(agent.Line("monitor") == "monitor 7\n");
  }
}

TEST_CASE("OCF: what a monitor finds alive is taken over, a probe only says so") {
  Agent agent;
  agent.LitBySomebody();
  CHECK(agent.Does("probe").code == 0);
  CHECK_FALSE(agent.Marked());
  const Ended monitor = agent.Does("monitor");
  CHECK(monitor.code == 0);
  CHECK(Has(monitor.output, "it was found alive, and is taken over"));
  CHECK(agent.Marked());
  CHECK(agent.Line("monitor") == "monitor 0\n");
  // From now on it is the agent's: it does not vanish.
  fs::remove(agent.policy);
  fs::remove_all(agent.dir() / "tmp/tidegate/values");
  CHECK(agent.Does("monitor").code == 1);
  CHECK(agent.Does("stop").code == 0);
  CHECK(agent.Lamp() == "dark");
}

TEST_CASE("OCF: without a mark only a certain no is a no") {
  Agent agent;
  agent.LitBySomebody();
  SECTION("dark is a no") {
    fs::remove_all(agent.dir() / "tmp/tidegate/values");
    CHECK(agent.Does("probe").code == 7);
    CHECK(agent.Does("monitor").code == 7);
    CHECK(agent.Line("stop") == "stop 0\n");
    CHECK(agent.Lamp() == "none");  // nothing was done
  }
  SECTION("an error is none: stop takes it offline") {
    agent.Set("OCF_RESKEY_Fails", "is_alive");
    const Ended probe = agent.Does("probe");
    CHECK(probe.code == 1);
    CHECK(Has(probe.output, "is_alive is told to fail"));
    CHECK(agent.Does("monitor").code == 1);
    CHECK(agent.Does("stop").code == 0);
    CHECK(agent.Lamp() == "dark");
  }
}

TEST_CASE("OCF: a device that is not here is not installed here, and stopped") {
  Agent agent("vol");
  agent.Set("OCF_RESKEY_PolicyPath", std::string(TIDEGATE_SOURCE_DIR) + "/policies/volume");
  agent.Set("OCF_RESKEY_VolumePath", agent.dir() / "dev/none");
  agent.Set("OCF_RESKEY_MountPoint", agent.dir() / "mnt");
  CHECK(agent.Does("probe").code == 7);
  const Ended start = agent.Does("start");
  CHECK(start.code == 5);
  CHECK(Has(start.output, "volume.open failed"));
  CHECK(agent.Line("stop") == "stop 0\n");
  CHECK(agent.Does("monitor").code == 7);
}

TEST_CASE("OCF: an action waits for the one before it until its time is over; who looks does not") {
  Agent agent;
  REQUIRE(agent.Does("start").code == 0);
  auto locks = HostLocks::Open(agent.dir() / "tmp/tidegate");
  REQUIRE(locks.ok());
  REQUIRE(locks->Take("lamp").ok());
  CHECK(agent.Does("monitor").code == 0);
  CHECK(agent.Does("probe").code == 0);
  agent.Set("OCF_RESKEY_CRM_meta_timeout", "1500");
  const Ended stop = agent.Does("stop");
  CHECK(stop.code == 1);
  CHECK(Has(stop.output, "waited in vain for another action of it to end"));
  CHECK(agent.Lamp() == "lit");
  locks->Release("lamp");
  CHECK(agent.Does("stop").code == 0);
}

TEST_CASE("OCF: a stop beside a start comes after it, and goes by what it has started") {
  Agent agent;
  agent.Set("OCF_RESKEY_Takes", "1s");
  agent.Set("OCF_RESKEY_CRM_meta_interval", "0");
  {
    test::Background start({"ocf", "start"});
    for (int i = 0; i < 1000 && !agent.Marked(); ++i) usleep(10'000);
    REQUIRE(agent.Marked());
    CHECK(agent.Line("stop") == "stop 0\n");
    CHECK(start.Wait().code == 0);
  }
  CHECK(agent.Lamp() == "dark");
  CHECK(agent.Does("monitor").code == 7);
}

TEST_CASE("OCF: a mode that somebody changed keeps nothing from being stopped") {
  Agent agent;
  REQUIRE(agent.Does("start").code == 0);
  chmod((agent.dir() / "tmp/tidegate").c_str(), 0777);
  CHECK(agent.Does("monitor").code == 0);
  CHECK(agent.Does("stop").code == 0);
  CHECK(agent.Lamp() == "dark");
  CHECK(agent.Does("start").code == 4);
}

TEST_CASE("OCF: a stop needs no room on the disk") {
  if (geteuid() != 0) SKIP("skipped: only root makes a file system that is full");
  Agent agent;
  agent.Set("OCF_RESKEY_PolicyPath", agent.dir().Write("plain.lua", R"lua(
return { api = 1, online = function() end, offline = function() end,
  is_alive = function() return true end }
)lua"));
  const std::string run = agent.dir() / "tmp";
  fs::create_directory(run);
  REQUIRE(mount("run", run.c_str(), "tmpfs", 0, "size=256k") == 0);
  const bool started = agent.Does("start").code == 0;
  std::ofstream(run + "/full") << std::string(1 << 20, 'x');
  const Ended stop = agent.Does("stop");
  const bool marked = agent.Marked();
  CHECK(umount2(run.c_str(), MNT_DETACH) == 0);
  CHECK(started);
  CHECK(stop.code == 0);
  CHECK_FALSE(marked);
}

TEST_CASE("OCF: a demote that hangs leaves a stop its time") {
  Agent agent;
  agent.Set("OCF_RESKEY_PolicyPath", agent.dir().Write("plain.lua", R"lua(
local timer = require "timer"
return { api = 1, online = function() end, is_alive = function() return true end,
  promote = function() end, demote = function() timer.sleep("1h") end,
  offline = function() timer.sleep("500ms") end,
  timeouts = { promote = "1h", demote = "1h", offline = "1h", terminate = "1s" } }
)lua"));
  REQUIRE(agent.Does("start").code == 0);
  REQUIRE(agent.Does("promote").code == 0);
  agent.Set("OCF_RESKEY_CRM_meta_timeout", "8000");
  const Ended stop = agent.Does("stop");
  CHECK(stop.code == 0);
  CHECK(Has(stop.output, "demote: no result within"));
  CHECK_FALSE(agent.Marked());
}

TEST_CASE("a mark comes back as it was") {
  const ocf::Started started{
      "/etc/a policy\n.lua", "abc", {{"Näme", "a\nb=c"}, {"\xff", ""}}, true};
  const auto back = ocf::StartedIn(ocf::TextOf(started));
  REQUIRE(back.has_value());
  CHECK(back->policy == started.policy);
  CHECK(back->digest == started.digest);
  CHECK(back->settings == started.settings);
  CHECK(back->promoted);
  const std::string text = ocf::TextOf(started);
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto part = ocf::StartedIn(text.substr(0, size));
    CHECK((!part || part->settings.size() < started.settings.size()));
  }
}

}  // namespace
}  // namespace tidegate
