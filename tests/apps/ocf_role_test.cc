// Roles under the OCF agent: what a promotable clone asks, and what it is told. And the policies by
// which the Windows contract is tested, through the agent.
#include <catch2/catch_test_macros.hpp>

#include "tests/apps/ocf_stage.h"
#include "tests/apps/resource_dll/policies.h"

namespace tidegate {
namespace {

using test::Ended;
using test::Folder;
using test::Has;

// A lamp that is dim, or bright where it is promoted.
const std::string kLamp = R"lua(
local store, log = require "store", require "log"
local policy = { api = 1,
  properties = { Fails = { type = "string", default = "", reloadable = true } },
  timeouts = { online = "20s", offline = "20s", terminate = "2s", is_alive = "3s",
    promote = "30s", demote = "40s" },
}
local function fails(resource, name)
  if resource.properties.Fails == name then error(name .. " is told to fail") end
end
function policy.online(resource) store.set("lamp", "dim") end
function policy.offline(resource)
  log.info("offline finds it %s", store.get("lamp"))
  store.set("lamp", "dark")
end
function policy.is_alive(resource)
  fails(resource, "is_alive")
  local light = store.get("lamp")
  if light == "dark" or not light then return false, "the lamp is dark" end
  log.info("%s and %s", resource.role, light)
  return true
end
function policy.promote(resource)
  if resource.properties.Fails == "hang" then require "timer".sleep("1h") end
  log.info("promote finds it %s", resource.role)
  fails(resource, "promote")
  store.set("lamp", "bright")
end
function policy.demote(resource) fails(resource, "demote") store.set("lamp", "dim") end
return policy
)lua";

struct Agent : test::OcfStage {
  explicit Agent(const std::string& policy) : OcfStage("lamp") {
    Set("OCF_RESKEY_PolicyPath", dir().Write("lamp.lua", policy));
  }
  void Fails(const std::string& what) {
    Set("OCF_RESKEY_Fails", what);
    REQUIRE(Does("reload-agent").code == 0);
  }
};

TEST_CASE("OCF roles: a life") {
  Agent agent(kLamp);
  std::string story = "\n";
  for (const char* action : {"probe", "promote", "start", "monitor", "promote", "monitor", "probe",
                             "demote", "monitor", "promote", "stop", "monitor", "demote"}) {
    story += agent.Line(action);
  }
  CHECK(story == R"(
probe 7
promote 7 ocf-exit-reason:it is not running here: start it
start 0
monitor 0 info: unpromoted and dim
promote 0 info: promote finds it unpromoted
monitor 8 info: promoted and bright
probe 8 info: promoted and bright
demote 0
monitor 0 info: unpromoted and dim
promote 0 info: promote finds it unpromoted
stop 0 info: offline finds it dim
monitor 7
demote 7 ocf-exit-reason:it is not running here: start it
)");
}

TEST_CASE("OCF roles: promoted and not alive has failed promoted") {
  Agent agent(kLamp);
  agent.Set("OCF_RESKEY_Fails", "is_alive");
  REQUIRE(agent.Does("start").code == 0);
  REQUIRE(agent.Does("promote").code == 0);
  const Ended failed = agent.Does("monitor");
  CHECK(failed.code == 9);
  CHECK(Has(failed.output, "ocf-exit-reason:is_alive: "));
}

TEST_CASE("OCF roles: half promoted is promoted, until demote has succeeded") {
  Agent agent(kLamp);
  REQUIRE(agent.Does("start").code == 0);
  agent.Fails("promote");
  const Ended promote = agent.Does("promote");
  CHECK(promote.code == 1);
  CHECK(Has(promote.output, "promote is told to fail"));
  CHECK(agent.Does("monitor").code == 8);
  agent.Fails("demote");
  CHECK(agent.Does("demote").code == 1);
  CHECK(agent.Does("monitor").code == 8);
  // Offline has the last word.
  const Ended stop = agent.Does("stop");
  CHECK(stop.code == 0);
  CHECK(Has(stop.output, "demote is told to fail"));
  CHECK(agent.Does("monitor").code == 7);
  agent.Set("OCF_RESKEY_Fails", "none");
  REQUIRE(agent.Does("start").code == 0);
  CHECK(agent.Does("monitor").code == 0);
}

TEST_CASE("OCF roles: promote ends before the cluster ends it, with a reason") {
  Agent agent(kLamp);
  REQUIRE(agent.Does("start").code == 0);
  agent.Fails("hang");
  agent.Set("OCF_RESKEY_CRM_meta_timeout", "2000");
  const Ended promote = agent.Does("promote");
  CHECK(promote.code == 1);
  CHECK(Has(promote.output, "promote: no result within"));
}

TEST_CASE("OCF roles: meta-data has them where the policy has") {
  Agent agent(kLamp);
  const Ended ended = agent.Does("meta-data");
  CHECK(Has(ended.output, R"(<action name="promote" timeout="42s"/>)"));
  CHECK(Has(ended.output, R"(<action name="demote" timeout="52s"/>)"));
  CHECK(Has(ended.output, R"(interval="9s" depth="0" role="Promoted"/>)"));
  CHECK(Has(ended.output, R"(interval="10s" depth="0" role="Unpromoted"/>)"));
  Agent plain(test::kPrompt);
  CHECK_FALSE(Has(plain.Does("meta-data").output, R"(name="promote")"));
  const Ended promote = plain.Does("promote");
  CHECK(promote.code == 7);
  REQUIRE(plain.Does("start").code == 0);
  CHECK(plain.Does("promote").code == 3);
}

TEST_CASE("check: promote and demote belong together, and only Pacemaker calls them") {
  const Folder dir;
  const Ended both = test::RunProgram({"check", dir.Write("lamp.lua", kLamp)});
  CHECK(both.code == 0);
  CHECK(Has(both.output, "note: promote and demote are called under Pacemaker"));
  std::string half = kLamp;
  half.replace(half.find("function policy.demote"), 22, "local function demote");
  const Ended one = test::RunProgram({"check", dir.Write("half.lua", half)});
  CHECK(one.code == 1);
  CHECK(Has(one.output, "promote and demote belong together, and demote is missing"));
}

TEST_CASE("OCF: the policies of the Windows contract do the same under the agent") {
  SECTION("one that ends at once") {
    Agent agent(test::kPrompt);
    CHECK(agent.Does("start").code == 0);
    CHECK(agent.Does("monitor").code == 0);
    CHECK(agent.Does("stop").code == 0);
    // It says that it is alive whoever asks. On Windows the host knows better; here a probe is how
    // the cluster finds what runs although nobody started it.
    CHECK(agent.Does("probe").code == 0);
  }
  SECTION("one that waits: pending stays inside start") {
    Agent agent(test::kPending);
    CHECK(agent.Does("start").code == 0);
    CHECK(agent.Does("monitor").code == 0);
    CHECK(agent.Does("stop").code == 0);
  }
  SECTION("one that never ends is terminated, may be tried again, and stops") {
    Agent agent(test::kEndless);
    agent.Set("OCF_RESKEY_CRM_meta_timeout", "2000");
    for (int tries = 0; tries < 2; ++tries) {
      const Ended start = agent.Does("start");
      CHECK(start.code == 1);
      CHECK(Has(start.output, "terminated: no result within"));
      CHECK(Has(start.output, "ocf-exit-reason:online: no result within"));
    }
    CHECK(agent.Does("stop").code == 0);
  }
  SECTION("properties arrive by name, as what they are") {
    Agent agent(test::kTelling);
    agent.Set("OCF_RESKEY_Label", "x y");
    agent.Set("OCF_RESKEY_Properties", "Retries=7\nForce=true\nWait=90s");
    CHECK(Has(agent.Does("start").output, "online x y 7 -1 true 90s:  input="));
    agent.Set("OCF_RESKEY_Retries", "11");
    CHECK(agent.Does("validate-all").code == 6);
  }
}

}  // namespace
}  // namespace tidegate
