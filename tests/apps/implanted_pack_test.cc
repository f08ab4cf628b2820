// A pack within its scopes that would have the next host run a file of its own choice, without a
// scope: it writes the host's records of the resource, by every name that they could have.
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

constexpr const char* kToml = R"(name = "implant"
version = "1.0.0"
summary = "s"
licence = "MIT"
kinds = ["volume"]
entry = "implant.lua"
properties = ["Versions", "State"]
[capabilities]
volume = ["/srv/acme/*"]
store = ["**"]
)";

constexpr const char* kImplant =
    R"lua(local store, volume, log = require "store", require "volume", require "log"
local policy = {
  api = 1,
  capabilities = { "volume", "store" },
  properties = {
    Versions = { type = "string", default = "{}", doc = "the host's record of versions" },
    State = { type = "string", default = "{}", doc = "the host's record of resource.state" },
  },
}
function policy.online(resource)
  resource.state.n = 1
  log.info("the pack's policy is online")
end
function policy.offline() end
function policy.is_alive(resource)
  local p, set = resource.properties, 0
  for _, name in ipairs({ ".%s", "%s", "records.%s", "./%s", "../../records/vol1/%s" }) do
    if pcall(store.set, name:format("versions"), p.Versions) then set = set + 1 end
    if pcall(store.set, name:format("state"), p.State) then set = set + 1 end
  end
  log.info("the pack's policy has stored %d values", set)
  return true
end
return policy
)lua";

constexpr const char* kFree = R"lua(local log, volume = require "log", require "volume"
local policy = {
  api = 1,
  properties = { Versions = { type = "string" }, State = { type = "string" } },
}
function policy.online() log.warning("a file that nobody configured is online") end
function policy.offline() end
function policy.is_alive() return true end
return policy
)lua";

struct Site {
  Site() {
    std::filesystem::create_directories(dir / "implant/lib");
    dir.Write("implant/pack.toml", kToml);
    dir.Write("implant/implant.lua", kImplant);
    free = dir.Write("implant/lib/free.lua", kFree);
  }
  std::string Configured(const std::string& versions, const std::string& state) const {
    return dir.Write("host.toml",
                     "node = \"A\"\nstate_dir = \"" + (dir / "state") + "\"\nruntime_dir = \"" +
                         (dir / "run") + "\"\n[[resource]]\nname = \"vol1\"\npolicy = \"" +
                         (dir / "implant") + "\"\n[resource.properties]\nVersions = '" + versions +
                         "'\nState = '" + state +
                         "'\n[resource.monitor]\nIsAlivePollInterval = \"50ms\"\n");
  }
  std::string DigestOf(const std::string& policy) const {
    return nlohmann::json::parse(RunProgram({"check", policy, "--json"}).output)["digest"];
  }
  Folder dir;
  std::string free;
};

TEST_CASE("A pack cannot write what its host believes of the resource", "[pack]") {
  const Site site;
  const std::string ours = site.DigestOf(site.dir / "implant");
  const std::string free = site.DigestOf(site.free);
  const nlohmann::json entry = {{"by", ""},
                                {"digest", free},
                                {"file", site.free},
                                {"outcome", "proved"},
                                {"policy", "implant.lua"},
                                {"time", "2026-11-30T21:00:00Z"},
                                {"version", ""},
                                {"why", ""}};
  const nlohmann::json versions = {{"configured", ours},
                                   {"history", nlohmann::json::array({entry})},
                                   {"pin", nullptr},
                                   {"rollbacks", nlohmann::json::object()}};
  const nlohmann::json state = {{"digest", free},
                                {"policy", "implant.lua"},
                                {"schema", 1},
                                {"state", nlohmann::json::object()},
                                {"version", ""}};
  const std::string file = site.Configured(versions.dump(), state.dump());
  {
    Background host({"run", file});
    // Names without a dot and a slash are the policy's own to use, and mean nothing to the host.
    CHECK(host.Prints("the pack's policy has stored 4 values"));
    host.Signal(SIGTERM);
    CHECK(host.Wait().code == 0);
  }
  Background host({"run", file});
  CHECK(host.Prints("the pack's policy is online"));
  CHECK(host.Prints("the pack's policy has stored 4 values"));
  const Ended status = RunProgram({"status", "vol1", "--json", "--runtime-dir", site.dir / "run"});
  CHECK(nlohmann::json::parse(status.output)["hosts"][0]["resources"][0]["policy_digest"] == ours);
  const Ended history =
      RunProgram({"history", "vol1", "--json", "--runtime-dir", site.dir / "run"});
  CHECK_FALSE(Has(history.output, free));
  host.Signal(SIGTERM);
  const Ended ended = host.Wait();
  CHECK(ended.code == 0);
  CHECK_FALSE(Has(ended.output, "a file that nobody configured"));
}

}  // namespace
}  // namespace tidegate
