// What root's host and the agent refuse: policies, packs and configurations that others could
// change.
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/apps/ocf_stage.h"
#include "tests/apps/pack_stage.h"
#include "tests/apps/program.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;
using test::Background;
using test::Ended;
using test::Folder;
using test::Has;
using test::OcfStage;
using test::PackStage;
using test::RunProgram;

constexpr uid_t kStranger = 54321;

const std::string kPolicy = R"lua(
local helper = require "helper"
local policy = { api = 1 }
function policy.online() helper() end
function policy.offline() end
function policy.is_alive() return true end
return policy
)lua";

// A folder DIR/policy with a module beside the policy.
fs::path PolicyIn(const Folder& dir) {
  fs::create_directories(dir / "policy");
  for (const auto& [name, text] : {std::pair<std::string, std::string>{"policy.lua", kPolicy},
                                   {"helper.lua", "return function() end\n"}}) {
    chmod(dir.Write("policy/" + name, text).c_str(), 0644);
  }
  chmod((dir / "policy").c_str(), 0755);
  return dir / "policy";
}

std::string Configured(const Folder& dir) {
  const std::string file = dir.Write(
      "host.toml", "node = \"A\"\nstate_dir = \"" + (dir / "state") + "\"\nruntime_dir = \"" +
                       (dir / "run") + "\"\n[[resource]]\nname = \"vol1\"\npolicy = \"policy\"\n");
  chmod(file.c_str(), 0644);
  return file;
}

bool ComesOnline(Background& host) {
  const bool online = host.Prints("vol1: Online");
  host.Signal(SIGTERM);
  return host.Wait().code == 0 && online;
}

bool Runs(const std::vector<std::string>& words) {
  Background host(words);
  return ComesOnline(host);
}

// Makes each of these paths writable for others, one after the other, and wants to hear of it.
template <class Try>
void RefusesEach(const std::vector<std::string>& paths, int code, Try attempt) {
  for (const std::string& path : paths) {
    struct stat status {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    chmod(path.c_str(), status.st_mode | 0022);
    const Ended ended = attempt();
    INFO(path << ": " << ended.output);
    CHECK(ended.code == code);
    CHECK(Has(ended.output, path + " has mode "));
    CHECK(Has(ended.output, "chmod go-w " + path));
    chmod(path.c_str(), status.st_mode);
    if (geteuid() != 0) continue;  // only root gives files away
    CHECK(chown(path.c_str(), kStranger, status.st_gid) == 0);
    CHECK(Has(attempt().output, path + " belongs to user 54321"));
    CHECK(chown(path.c_str(), 0, status.st_gid) == 0);
  }
}

TEST_CASE("root's host refuses what others could change, and says how to mend it") {
  if (geteuid() != 0) SKIP("skipped: an ordinary user's host has nothing to give away");
  const Folder dir;
  const fs::path policy = PolicyIn(dir);
  const std::string config = Configured(dir);
  CHECK(Runs({"run", config}));
  RefusesEach({config, dir.path(), dir / "state"}, 2, [&] { return RunProgram({"run", config}); });
  const std::vector<std::string> alone = {"run",         policy,      "--name",        "vol1",
                                          "--state-dir", dir / "new", "--runtime-dir", dir / "run"};
  const auto run = [&] { return RunProgram(alone); };
  RefusesEach({policy / "helper.lua", policy / "policy.lua", policy, dir.path()}, 2, run);
  // Added beside them is as bad as changed.
  chmod(dir.Write("policy/more.lua", "return 1").c_str(), 0666);
  CHECK(Has(run().output, "more.lua has mode 0666"));
  fs::remove(policy / "more.lua");
  CHECK(Runs(alone));
}

// What served last is in the state directory, which nobody else could write.
TEST_CASE("a resource whose policy others could change runs what served last") {
  if (geteuid() != 0) SKIP("skipped: an ordinary user's host has nothing to give away");
  const Folder dir;
  const fs::path policy = PolicyIn(dir);
  const std::string config = Configured(dir);
  CHECK(Runs({"run", config}));
  chmod(policy.c_str(), 0777);
  dir.Write("policy/helper.lua", "error 'somebody else'\n");
  Background host({"run", config});
  CHECK(host.Prints("chmod go-w " + policy.string()));
  CHECK(ComesOnline(host));
}

TEST_CASE("root's host swaps to nothing that others could change") {
  if (geteuid() != 0) SKIP("skipped: an ordinary user's host has nothing to give away");
  const Folder dir;
  PolicyIn(dir);
  const std::string config = Configured(dir);
  fs::create_directory(dir / "next");
  fs::copy(dir / "policy", dir / "next/policy", fs::copy_options::recursive);
  chmod((dir / "next/policy").c_str(), 0777);
  Background host({"run", config});
  REQUIRE(host.Prints("vol1: Online"));
  const Ended swapped =
      RunProgram({"swap", "vol1", dir / "next/policy", "--runtime-dir", dir / "run"});
  INFO(swapped.output);
  CHECK(swapped.code != 0);
  CHECK(Has(swapped.output, "chmod go-w " + (dir / "next/policy")));
  host.Signal(SIGTERM);
  CHECK(host.Wait().code == 0);
}

// As a developer's, whose files are his group's too.
TEST_CASE("an ordinary user's host asks none of that") {
  const Folder dir;
  const fs::path policy = PolicyIn(dir);
  const std::string config = Configured(dir);
  for (const std::string& path : {policy.string(), config, dir.path()}) {
    chmod(path.c_str(), 0777);
  }
  if (geteuid() != 0) {
    CHECK(Runs({"run", config}));
    return;
  }
  const std::string setpriv = "/usr/bin/setpriv";
  const std::string user = "--reuid=" + std::to_string(kStranger);
  const auto as_user = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {user, "--clear-groups", test::ProgramPath()});
    return words;
  };
  if (!fs::exists(setpriv) || Background(as_user({"--help"}), setpriv).Wait().code != 0) {
    SKIP("skipped: no setpriv, or a build that others may not run");
  }
  Background host(as_user({"run", config}), setpriv);
  CHECK(ComesOnline(host));
}

TEST_CASE("the agent starts nothing that others could change, and stops it all the same") {
  OcfStage stage("vol1");
  const fs::path policy = PolicyIn(stage.dir());
  stage.Set("OCF_RESKEY_PolicyPath", policy);
  RefusesEach({policy / "helper.lua", policy, stage.dir().path()}, 4,
              [&] { return stage.Does("start"); });
  RefusesEach({policy}, 4, [&] { return stage.Does("validate-all"); });
  CHECK(stage.Does("start").code == 0);
  chmod(policy.c_str(), 0777);
  CHECK(stage.Does("monitor").code == 0);
  CHECK(stage.Does("stop").code == 0);
}

TEST_CASE("the agent starts no pack that others could change, nor trusts a list that they could") {
  OcfStage stage("vol1");
  const PackStage packs;
  packs.TrustsVendor();
  REQUIRE(packs.Pack({"install", packs.Built(test::Small())}).code == 0);
  stage.Set("OCF_RESKEY_PolicyPath", "acme-small");
  stage.Set("OCF_RESKEY_VolumePath", "/srv/acme/nothing");
  const std::string pack = packs.store() + "/acme-small/1.0.0";
  RefusesEach(
      {pack + "/acme-small.lua", pack, packs.store(), packs.trust() + "/acme.toml", packs.trust()},
      4, [&] { return stage.Does("validate-all"); });
  CHECK(stage.Does("validate-all").code == 0);
}

}  // namespace
}  // namespace tidegate
