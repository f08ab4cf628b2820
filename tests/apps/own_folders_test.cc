// A policy without a pack, and so without a scope, that has the host open the host's own files: the
// program, a call by hand and the agent all know which those are.
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <unistd.h>

#include "tests/apps/ocf_stage.h"

namespace tidegate {
namespace {

using test::Background;
using test::Ended;
using test::Folder;
using test::Has;
using test::OcfStage;
using test::RunProgram;

// What it stores is text of its own, which would lie at any place that it is linked to.
constexpr const char* kPolicy = R"lua(local store, volume = require "store", require "volume"
local policy = { api = 1, properties = {
  Path = { type = "string", required = true, doc = "of the host's own file" },
  Where = { type = "string", required = true, doc = "where it should be" },
} }
local function attack(resource)
  local vol <close> = assert(volume.open(resource.properties.Path))
  assert(vol:online())
  assert(vol:mount(resource.properties.Where))
end
function policy.online(resource)
  resource.state.n = 1
  assert(store.set("payload", "\ntouch pwned\nexit 0\n"))
  attack(resource)
end
policy.offline, policy.is_alive = function() end, attack
return policy
)lua";

TEST_CASE("A stored text is no image that could be mounted anywhere") {
  const Folder dir;
  const std::string file = dir.Write(
      "host.toml", "node = \"A\"\nstate_dir = \"" + (dir / "state") + "\"\nruntime_dir = \"" +
                       (dir / "run") + "\"\n[[resource]]\nname = \"vol1\"\npolicy = \"" +
                       dir.Write("p.lua", kPolicy) + "\"\n[resource.properties]\nPath = \"" +
                       (dir / "state/values/vol1/payload") + "\"\nWhere = \"" + (dir / "evil.sh") +
                       "\"\n[resource.monitor]\nRestartAction = 0\n");
  Background host({"run", file});
  CHECK(host.Prints("ERROR_ACCESS_DENIED (5), " + (dir / "state/values/vol1/payload") + " is in " +
                    (dir / "state") + ", which is this host's own"));
  host.Signal(SIGTERM);
  host.Wait();
  CHECK(access((dir / "evil.sh").c_str(), F_OK) != 0);
}

TEST_CASE("A call by hand does not open what is in its runtime directory") {
  const Folder dir;
  const std::string policy = dir.Write("p.lua", kPolicy);
  RunProgram({"call", policy, "offline", "--set", "Path=x", "--set", "Where=x", "--runtime-dir",
              dir / "run"});
  const Ended ended =
      RunProgram({"call", policy, "is_alive", "--set", "Path=" + (dir / "run/locks"), "--set",
                  "Where=" + (dir / "evil"), "--runtime-dir", dir / "run"});
  CHECK(ended.code == 1);
  CHECK(Has(ended.output, "which is this host's own"));
}

TEST_CASE("The agent's mark is no volume, when it acts and when it looks") {
  OcfStage stage("vol1");
  stage.Set("OCF_RESKEY_PolicyPath", stage.dir().Write("p.lua", kPolicy));
  const std::string mark = stage.dir() / "tmp/tidegate/records/vol1/online";
  stage.Set("OCF_RESKEY_Properties",
            "Path=" + mark + "\nWhere=" + (stage.dir() / "evil.sh") + "\n");
  const std::string denied =
      mark + " is in " + (stage.dir() / "tmp/tidegate") + ", which is this host's own";
  const std::string started = stage.Line("start");
  CHECK(started.starts_with("start 1 "));
  CHECK(Has(started, denied));
  const std::string looked = stage.Line("monitor");
  CHECK(looked.starts_with("monitor 1 "));
  CHECK(Has(looked, denied));
}

}  // namespace
}  // namespace tidegate
