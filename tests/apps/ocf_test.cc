// The OCF agent as Pacemaker calls it: variables in, an exit code and a reason out.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "host/apps/tidegate/ocf/installed.h"
#include "tests/apps/ocf_stage.h"
#include "tests/apps/pack_stage.h"

namespace tidegate {
namespace {

using test::Ended;
using test::Folder;
using test::Has;
using test::RunProgram;

// A lamp that is a file: online lights it, is_alive looks.
const std::string kLamp = R"lua(
local store = require "store"
local policy = { api = 1, version = "1.0",
  properties = {
    Lamp = { type = "string", required = true, unique = true, doc = "which lamp; any name" },
    Fails = { type = "string", reloadable = true, doc = "the entry point that fails" },
    Patience = { type = "integer", default = 2, min = 1, max = 9, reloadable = true },
  },
  timeouts = { online = "20s", offline = "20s", terminate = "2s", is_alive = "3s" },
  health = { fail_after = 2, of = 2 },
}
local function fails(resource, name)
  if resource.properties.Fails == name then error(name .. " is told to fail") end
end
function policy.online(resource)
  fails(resource, "online")
  if resource.properties.Fails == "hang" then require "timer".sleep("1h") end
  store.set("lamp", "lit")
end
function policy.offline(resource) fails(resource, "offline") store.set("lamp", "dark") end
function policy.is_alive(resource)
  fails(resource, "is_alive")
  if store.get("lamp") ~= "lit" then return false, "the lamp is dark" end
  return true
end
return policy
)lua";

struct Agent : test::OcfStage {
  Agent() : OcfStage("lamp:0") {
    Set("OCF_RESKEY_PolicyPath", dir().Write("lamp.lua", kLamp));
    Set("OCF_RESKEY_Lamp", "porch");
    Set("OCF_RESKEY_crm_feature_set", "3.17.0");
  }
  Ended Monitors(const std::string& depth) {
    Set("OCF_CHECK_LEVEL", depth);
    return Does("monitor");
  }
  // Somebody turned the switch.
  void GoesDark() { std::filesystem::remove(Stored("lamp")); }
  std::string Stored(const std::string& key) {
    return dir() / "tmp/tidegate/values/lamp%3a0/" + key;
  }
};

TEST_CASE("OCF: a life") {
  Agent agent;
  std::string story = "\n";
  for (const char* action : {"validate-all", "probe", "monitor", "stop", "start", "monitor",
                             "start", "probe", "reload-agent", "stop", "monitor", "stop"}) {
    story += agent.Line(action);
  }
  CHECK(story == R"(
validate-all 0
probe 7
monitor 7
stop 0
start 0
monitor 0
start 0
probe 0
reload-agent 0
stop 0
monitor 7
stop 0
)");
}

TEST_CASE("OCF: what was started and is not alive has failed, and is not called stopped") {
  Agent agent;
  agent.Set("OCF_RESKEY_Fails", "is_alive");
  REQUIRE(agent.Does("start").code == 0);
  const Ended tolerated = agent.Monitors("10");
  CHECK(tolerated.code == 0);
  CHECK(Has(tolerated.output, "tolerated, 1 of 2 that fail it"));
  const Ended failed = agent.Monitors("10");
  CHECK(failed.code == 1);
  CHECK(Has(failed.output, "ocf-exit-reason:is_alive: "));
  CHECK(Has(failed.output, "is_alive is told to fail"));
  CHECK(Has(failed.output, "lamp.lua:"));
  CHECK(agent.Does("probe").code == 1);
}

TEST_CASE("OCF: a failed start is no clean stop, and stop undoes it") {
  Agent agent;
  agent.Set("OCF_RESKEY_Fails", "online");
  const Ended start = agent.Does("start");
  CHECK(start.code == 1);
  CHECK(Has(start.output, "online is told to fail"));
  CHECK(agent.Does("monitor").code == 1);
  CHECK(agent.Does("stop").code == 0);
  CHECK(agent.Does("monitor").code == 7);
}

TEST_CASE("OCF: a stop that does not succeed says so") {
  Agent agent;
  agent.Set("OCF_RESKEY_Fails", "offline");
  REQUIRE(agent.Does("start").code == 0);
  const Ended stop = agent.Does("stop");
  CHECK(stop.code == 1);
  CHECK(Has(stop.output, "ocf-exit-reason:offline: "));
  agent.Set("OCF_RESKEY_Fails", "none");
  CHECK(agent.Does("reload-agent").code == 0);
  CHECK(agent.Does("stop").code == 0);
}

TEST_CASE("OCF: start ends before the cluster ends it, with a reason") {
  Agent agent;
  agent.Set("OCF_RESKEY_Fails", "hang");
  agent.Set("OCF_RESKEY_CRM_meta_timeout", "2000");
  const Ended start = agent.Does("start");
  CHECK(start.code == 1);
  CHECK(Has(start.output, "no result within"));
}

TEST_CASE("OCF: a monitor that takes too long has failed, and ends nothing") {
  Agent agent;
  agent.Set("OCF_RESKEY_PolicyPath", agent.dir().Write("slow.lua", R"lua(
local store = require "store"
return { api = 1,
  online = function() end,
  offline = function() end,
  is_alive = function() require "timer".sleep("1h") end,
  terminate = function() store.set("terminated", "yes") end,
  timeouts = { is_alive = "30s" },
}
)lua"));
  agent.Set("OCF_RESKEY_Lamp", "");
  agent.Set("OCF_RESKEY_CRM_meta_timeout", "2000");
  REQUIRE(agent.Does("start").code == 0);
  const Ended monitor = agent.Does("monitor");
  CHECK(monitor.code == 1);
  CHECK(Has(monitor.output, "is_alive: no result within"));
  CHECK_FALSE(std::filesystem::exists(agent.Stored("terminated")));
}

TEST_CASE("OCF: a monitor's policy may wait and keep what it saw; a probe's may keep nothing") {
  Agent agent;
  agent.Set("OCF_RESKEY_PolicyPath", agent.dir().Write("patient.lua", R"lua(
local store, timer = require "store", require "timer"
return { api = 1,
  online = function() end,
  offline = function() end,
  is_alive = function(resource)
    timer.sleep("20ms")
    resource.state.looks = (resource.state.looks or 0) + 1
    store.set("looked", tostring(resource.state.looks))
    return true
  end,
}
)lua"));
  agent.Set("OCF_RESKEY_Lamp", "");
  REQUIRE(agent.Does("start").code == 0);
  const auto looked = [&] {
    const std::string text = test::ReadFile(agent.Stored("looked"));
    return text.substr(text.find('\n') + 1);
  };
  CHECK(agent.Monitors("10").code == 0);
  CHECK(agent.Monitors("10").code == 0);
  CHECK(looked() == "2");
  CHECK(agent.Does("probe").code == 0);
  CHECK(looked() == "2");
  CHECK(agent.Monitors("10").code == 0);
  CHECK(looked() == "3");
}

TEST_CASE("OCF: configuration errors by the table") {
  Agent agent;
  SECTION("an unknown property is wrong everywhere") {
    agent.Set("OCF_RESKEY_Patienec", "3");
    const Ended ended = agent.Does("validate-all");
    CHECK(ended.code == 6);
    CHECK(Has(ended.output, "no property Patienec, did you mean Patience?"));
  }
  SECTION("so is a value outside of its bounds") {
    agent.Set("OCF_RESKEY_Properties", "Patience=10");
    CHECK(agent.Does("start").code == 6);
  }
  SECTION("a policy that is missing is missing on this node") {
    agent.Set("OCF_RESKEY_PolicyPath", agent.dir() / "none.lua");
    CHECK(agent.Does("start").code == 5);
    CHECK(agent.Does("probe").code == 7);
    CHECK(agent.Does("stop").code == 0);
  }
  SECTION("and so is one with another digest") {
    agent.Set("OCF_RESKEY_PolicyDigest", std::string(64, '0'));
    const Ended start = agent.Does("start");
    CHECK(start.code == 5);
    CHECK(Has(start.output, "is not the policy that PolicyDigest asks for"));
  }
  SECTION("an action that is none") {
    const Ended ended = agent.Does("monitr");
    CHECK(ended.code == 3);
    CHECK(Has(ended.output, "did you mean monitor?"));
  }
}

TEST_CASE("OCF: what may change while it runs is reloaded, all else needs a restart") {
  Agent agent;
  REQUIRE(agent.Does("start").code == 0);
  agent.Set("OCF_RESKEY_Patience", "5");
  CHECK(agent.Does("reload-agent").code == 0);
  agent.Set("OCF_RESKEY_Lamp", "attic");
  const Ended refused = agent.Does("reload-agent");
  CHECK(refused.code == 1);
  CHECK(Has(refused.output, "Lamp cannot change while it runs"));
  CHECK(agent.Does("stop").code == 0);
}

TEST_CASE("OCF: a policy is installed as an agent of its own") {
  Agent agent;
  const std::string prefix = agent.dir() / "usr";
  const std::string agents = prefix + "/lib/ocf/resource.d/";
  const std::string policy = agent.dir() / "lamp.lua";
  const auto install = [&] {
    return RunProgram({"ocf", "install", policy, "--provider", "acme", "--prefix", prefix});
  };
  CHECK(Has(install().output, "install Tidegate there first"));
  std::filesystem::create_directories(agents + "tidegate");
  std::ofstream(agents + "tidegate/policy") << "the agent\n";
  CHECK(Has(install().output, "ocf:acme:lamp is an agent of this node now"));
  CHECK(std::filesystem::exists(agents + "acme/lamp"));
  const std::string versions = prefix + "/share/tidegate/agents/acme/lamp/";
  CHECK(std::filesystem::exists(versions + "current/lamp.lua"));
  const auto own = ocf::InstalledAs(agents + "acme/lamp");
  REQUIRE(own.has_value());
  CHECK(own->provider + ":" + own->type == "acme:lamp");
  CHECK(own->policy == versions + "current/lamp.lua");

  // Another version beside it: who asks for the first one by its digest goes on with that.
  const std::string first = std::filesystem::read_symlink(versions + "current").string();
  std::ofstream(policy, std::ios::app) << "-- newer\n";
  CHECK(Has(install().output, "it runs lamp 1.0 until"));
  CHECK(test::ReadFile(ocf::InstalledAs(agents + "acme/lamp")->policy) == kLamp + "-- newer\n");
  const std::string asked = ocf::InstalledAs(agents + "acme/lamp", first)->policy;
  CHECK(asked == versions + first + "/lamp.lua");
  CHECK(test::ReadFile(asked) == kLamp);
  CHECK(ocf::InstalledAs(agents + "acme/lamp", "../../..")->policy == own->policy);
  CHECK(ocf::InstalledAs(agents + "tidegate/policy")->policy.empty());
  CHECK_FALSE(ocf::InstalledAs("/usr/bin/tidegate").has_value());
}

TEST_CASE("OCF: an agent of an installed pack is a copy of one version, verified at each action") {
  const test::PackStage packs;
  packs.TrustsVendor();
  REQUIRE(packs.Pack({"install", packs.Built(test::Small())}).code == 0);
  PackFiles newer = test::Small();
  newer["pack.toml"] = test::Replaced(newer["pack.toml"], "1.0.0", "1.1.0");
  newer["acme-small.lua"] += "-- newer\n";
  REQUIRE(packs.Pack({"install", packs.Built(newer, "b.pack")}).code == 0);

  const std::string prefix = packs.dir / "usr";
  const std::string agents = prefix + "/lib/ocf/resource.d/";
  std::filesystem::create_directories(agents + "tidegate");
  std::ofstream(agents + "tidegate/policy") << "the agent\n";
  const auto install = [&](const std::string& policy) {
    return RunProgram({"ocf", "install", policy, "--provider", "acme", "--prefix", prefix}).output;
  };
  const auto runs = [&] { return ocf::InstalledAs(agents + "acme/acme-small")->policy; };
  const std::string current = prefix + "/share/tidegate/agents/acme/acme-small/current/";

  CHECK(Has(install("acme-small@2.0.0"), "installed are 1.0.0, 1.1.0"));
  CHECK(Has(install("acme-small@1.0.0"), "ocf:acme:acme-small is an agent of this node now"));
  CHECK(runs() == current + "acme-small@1.0.0");
  // Without a version: the highest that is there now, in place of the other.
  CHECK(Has(install("acme-small"), "ocf:acme:acme-small is an agent"));
  CHECK(runs() == current + "acme-small@1.1.0");

  REQUIRE(packs.Pack({"remove", "acme-small@1.1.0"}).code == 0);
  const std::string meta_data = RunProgram({"ocf", "meta-data", runs()}).output;
  CHECK(Has(meta_data, "<parameter name=\"VolumePath\" unique=\"0\" required=\"1\""));
  CHECK_FALSE(Has(meta_data, "PolicyPath"));
  std::ofstream(runs() + "/acme-small.lua", std::ios::app) << "-- tampered with\n";
  const Ended tampered = RunProgram({"ocf", "meta-data", runs()});
  CHECK(tampered.code == 5);
  CHECK(Has(tampered.output, "acme-small.lua"));
}

TEST_CASE("OCF: meta-data tells the policy's own parameters") {
  Agent agent;
  const Ended ended = agent.Does("meta-data");
  CHECK(ended.code == 0);
  CHECK(Has(ended.output, R"(<parameter name="Lamp" unique="1" required="0" reloadable="0">)"));
  CHECK(Has(ended.output, R"(<parameter name="Patience" unique="0" required="0" reloadable="1">)"));
  CHECK(Has(ended.output, R"(<content type="integer" default="2"/>)"));
  CHECK(Has(ended.output, R"(<action name="start" timeout="32s"/>)"));
}

}  // namespace
}  // namespace tidegate
