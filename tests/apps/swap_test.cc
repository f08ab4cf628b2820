// Swaps from outside: what an operator types, reads and finds after a restart.
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/apps/program.h"

namespace tidegate {
namespace {

using test::Background;
using test::Ended;
using test::Folder;
using test::Has;
using test::RunProgram;

// The shipped policy, with a line more.
std::string Volume(const std::string& is_alive = "") {
  std::ifstream in(TIDEGATE_SOURCE_DIR "/policies/volume/volume.lua", std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string head = "function policy.is_alive(resource, asked)";
  const std::size_t at = text.find(head);
  REQUIRE(at != std::string::npos);
  return is_alive.empty() ? text : text.insert(at + head.size(), "\n  " + is_alive);
}

// A host with image volumes, polled twenty times a second.
struct Site {
  Site() {
    dir.Write("volume.lua", Volume());
    text = "node = \"A\"\nstate_dir = \"" + (dir / "state") + "\"\nruntime_dir = \"" +
           (dir / "run") + "\"\n[swap]\nquarantine_after = 2\n";
    for (const std::string name : {"vol1", "vol2"}) {
      const std::string image = dir.Write(name + ".img", std::string(1 << 20, '\0'));
      text += "[[resource]]\nname = \"" + name + "\"\npolicy = \"" + (dir / "volume.lua") +
              "\"\n[resource.properties]\nVolumePath = \"" + image + "\"\nMountPoint = \"" +
              (dir / name) + "\"\n[resource.monitor]\nIsAlivePollInterval = \"50ms\"\n";
    }
    file = dir.Write("host.toml", text);
  }
  Ended Ask(std::vector<std::string> words) const {
    words.insert(words.end(), {"--runtime-dir", dir / "run"});
    return RunProgram(words);
  }
  std::string DigestOf(const std::string& name) const {
    const auto json = nlohmann::json::parse(Ask({"status", name, "--json"}).output);
    return json["hosts"][0]["resources"][0]["policy_digest"];
  }
  Folder dir;
  std::string text;  // of the configuration
  std::string file;
};

TEST_CASE("A version of a real volume's policy is tried, swapped, proved, and outlives the host") {
  const Site site;
  const std::string next = site.dir.Write("next.lua", Volume("local newer = true"));
  {
    Background host({"run", site.file});
    REQUIRE(host.Prints("vol1: Online\n"));
    const std::string before = site.DigestOf("vol1");

    const Ended dry = site.Ask({"swap", "vol1", next, "--dry-run"});
    INFO(dry.output);
    CHECK(dry.code == 0);
    CHECK(Has(dry.output, "verified     next.lua@"));
    CHECK(Has(dry.output, "decisions the same"));
    CHECK(Has(dry.output, "vol1 could run next.lua@"));
    CHECK(site.DigestOf("vol1") == before);

    const Ended swapped = site.Ask({"swap", "vol1", next, "--wait"});
    INFO(swapped.output);
    CHECK(swapped.code == 0);
    CHECK(Has(swapped.output, "vol1: it has proved itself\n"));
    CHECK(site.DigestOf("vol1") != before);
    CHECK(site.DigestOf("vol2") == before);
    host.Signal(SIGKILL);
    host.Wait();
  }
  site.dir.Write("next.lua", "edited since");
  Background host({"run", site.file});
  CHECK(host.Prints("vol1: next.lua@"));
  REQUIRE(host.Prints("vol1: Online\n"));
  const auto history = nlohmann::json::parse(site.Ask({"history", "vol1", "--json"}).output);
  CHECK(history["history"][0]["outcome"] == "switched");
  CHECK(history["history"][1]["outcome"] == "proved");
}

// Polled as nobody said otherwise, so that nothing is proved within a test.
std::string AtDefaultTimes(std::string text) {
  const std::string fast = "[resource.monitor]\nIsAlivePollInterval = \"50ms\"\n";
  for (std::size_t at; (at = text.find(fast)) != text.npos;) text.erase(at, fast.size());
  return text;
}

TEST_CASE("A swap is on disk when it is answered: whoever kills the host then changes nothing") {
  const Site site;
  site.dir.Write("host.toml", AtDefaultTimes(site.text));
  const std::string second = site.dir.Write("second.lua", Volume("local second = true"));
  const std::string third = site.dir.Write("third.lua", Volume("local third = true"));
  std::string before;
  for (int round = 0; round < 4; ++round) {
    INFO("round " << round);
    Background host({"run", site.file});
    REQUIRE(host.Prints("vol1: Online\n"));
    const std::string serving = site.DigestOf("vol1");
    if (round > 0) CHECK(serving == before);
    const Ended swapped = site.Ask({"swap", "vol1", round % 2 == 0 ? second : third});
    host.Signal(SIGKILL);
    host.Wait();
    REQUIRE(swapped.code == 0);
    before = swapped.output.substr(swapped.output.find('@') + 1, 8);
    Background next({"run", site.file});
    REQUIRE(next.Prints("vol1: Online\n"));
    before = site.DigestOf("vol1").starts_with(before) ? site.DigestOf("vol1") : "another";
    CHECK(Has(site.Ask({"status"}).output, "vol1: on probation, "));
    const auto history = nlohmann::json::parse(site.Ask({"history", "vol1", "--json"}).output);
    int switched = 0;
    for (const auto& entry : history["history"]) switched += entry["outcome"] == "switched";
    CHECK(switched == round + 1);
    next.Signal(SIGKILL);
    next.Wait();
  }
  // Two kills later the first one is still what it goes back to, and that, too, is on disk.
  Background host({"run", site.file});
  REQUIRE(host.Prints("vol1: Online\n"));
  REQUIRE(site.Ask({"swap", "vol1", "--back"}).code == 0);
  host.Signal(SIGKILL);
  host.Wait();
  Background next({"run", site.file});
  REQUIRE(next.Prints("vol1: Online\n"));
  CHECK(site.DigestOf("vol1") == site.DigestOf("vol2"));
  CHECK(Has(site.Ask({"history", "vol1"}).output, "rolled back"));
}

TEST_CASE("At the default times a version whose is_alive is an error is found at once") {
  const Site site;
  site.dir.Write("host.toml", AtDefaultTimes(site.text));
  const std::string bad = site.dir.Write("bad.lua", Volume("local x = nil + 1"));
  Background host({"run", site.file});
  REQUIRE(host.Prints("vol1: Online\n"));
  const std::string before = site.DigestOf("vol1");
  const Ended swapped = site.Ask({"swap", "vol1", bad, "--wait"});
  INFO(swapped.output);
  CHECK(swapped.code == 1);
  CHECK(Has(swapped.output, "vol1: rolled back: is_alive: "));
  CHECK(site.DigestOf("vol1") == before);
}

TEST_CASE("A trial in which the version raises an error refuses the swap") {
  const Site site;
  Background host({"run", site.file});
  REQUIRE(host.Prints("vol1: Online\n"));
  while (!Has(site.Ask({"trace", "vol1"}).output, "run       entry is_alive")) REQUIRE(host.Runs());
  const std::string before = site.DigestOf("vol1");
  const auto refused = [&](const std::string& body, const std::string& why) {
    const std::string bad = site.dir.Write("bad.lua", Volume(body));
    const Ended swapped = site.Ask({"swap", "vol1", bad});
    INFO(swapped.output);
    CHECK(swapped.code == 1);
    CHECK(Has(swapped.output, "recorder: in is_alive it returns failed: is_alive: "));
    CHECK(Has(swapped.output, why));
    CHECK(Has(swapped.output, "--no-trial"));
    CHECK(site.Ask({"swap", "vol1", bad, "--dry-run"}).code == 1);
  };
  refused("local x = nil + 1", "bad.lua:");
  refused("while true do end", "fuel");
  CHECK(site.DigestOf("vol1") == before);
  CHECK_FALSE(Has(site.Ask({"history", "vol1"}).output, "bad.lua"));
}

TEST_CASE("What serves is kept whatever form it came in, and what it goes back to as well") {
  const Site site;
  const auto pack = [&](const std::string& name, const std::string& line) {
    const std::string folder = site.dir / name;
    std::filesystem::copy(TIDEGATE_SOURCE_DIR "/policies/volume", folder,
                          std::filesystem::copy_options::recursive);
    site.dir.Write(name + "/volume.lua", Volume(line));
    return folder;
  };
  const std::string first = pack("first", "local first = true");
  const std::string second = pack("second", "local second = true");
  std::string text = AtDefaultTimes(site.text);
  const std::string policy = "policy = \"" + (site.dir / "volume.lua") + "\"";
  text.replace(text.find(policy), policy.size(), "policy = \"" + first + "\"");
  site.dir.Write("host.toml", text);
  std::string before;
  std::string swapped;
  {
    Background host({"run", site.file});
    REQUIRE(host.Prints("vol1: Online\n"));
    before = site.DigestOf("vol1");
    REQUIRE(site.Ask({"swap", "vol1", second, "--no-trial"}).code == 0);
    swapped = site.DigestOf("vol1");
    CHECK(swapped != before);
    host.Signal(SIGKILL);
    host.Wait();
  }
  std::filesystem::remove_all(first);
  std::filesystem::remove_all(second);
  Background host({"run", site.file});
  REQUIRE(host.Prints("vol1: Online\n"));
  CHECK(site.DigestOf("vol1") == swapped);
  CHECK(site.Ask({"swap", "vol1", "--back"}).code == 0);
  CHECK(site.DigestOf("vol1") == before);
}

TEST_CASE("A swap that cannot be kept is taken back and says so") {
  const Site site;
  const std::string next = site.dir.Write("next.lua", Volume("local newer = true"));
  std::filesystem::create_directories(site.dir / "state/records/vol1/state/in the way");
  Background host({"run", site.file});
  REQUIRE(host.Prints("vol1: Online\n"));
  const std::string before = site.DigestOf("vol1");
  const Ended swapped = site.Ask({"swap", "vol1", next});
  INFO(swapped.output);
  CHECK(swapped.code == 1);
  CHECK(Has(swapped.output, "vol1: it is not on disk"));
  CHECK(Has(swapped.output, "it was taken back"));
  CHECK(site.DigestOf("vol1") == before);
  CHECK(site.Ask({"swap", "vol2", next}).code == 0);
}

TEST_CASE("What the old version would not have said rolls back, and twice is quarantined") {
  const Site site;
  const std::string bad = site.dir.Write("bad.lua", Volume("if true then return false, 'no' end"));
  Background host({"run", site.file});
  REQUIRE(host.Prints("vol1: Online\n"));
  const std::string before = site.DigestOf("vol1");
  for (int i = 0; i < 2; ++i) {
    const Ended swapped = site.Ask({"swap", "vol1", bad, "--wait"});
    INFO(swapped.output);
    CHECK(swapped.code == 1);
    CHECK(Has(swapped.output, "vol1: rolled back: is_alive: no (bad.lua:"));
    CHECK(site.DigestOf("vol1") == before);
  }
  CHECK(Has(site.Ask({"status"}).output, "was rolled back: is_alive: no"));
  const Ended again = site.Ask({"swap", "vol1", bad});
  CHECK(again.code == 1);
  CHECK(Has(again.output, "is quarantined: it was rolled back 2 times on vol1"));
  CHECK_FALSE(Has(site.Ask({"swap", "vol1", bad, "--lift-quarantine"}).output, "quarantined"));
  const Ended history = site.Ask({"history", "vol1"});
  CHECK(Has(history.output, "rolled back"));
}

TEST_CASE("A pinned resource is not swapped; of many all or nothing are") {
  const Site site;
  const std::string next = site.dir.Write("next.lua", Volume("local newer = true"));
  Background host({"run", site.file});
  REQUIRE(host.Prints("vol2: Online\n"));
  REQUIRE(host.Prints("vol1: Online\n"));
  const std::string before = site.DigestOf("vol1");
  CHECK(site.Ask({"pin", "vol2", "--why", "audit"}).output == "vol2 is pinned\n");
  const Ended refused = site.Ask({"swap", "vol*", next, "--all-or-nothing"});
  INFO(refused.output);
  CHECK(refused.code == 1);
  CHECK(Has(refused.output, "(audit); to swap it: tidegate unpin vol2"));
  CHECK(site.DigestOf("vol1") == before);
  CHECK(site.Ask({"unpin", "vol2"}).code == 0);
  CHECK(site.Ask({"swap", "vol*", next}).code == 0);
  CHECK(site.DigestOf("vol2") != before);
  CHECK(site.Ask({"swap", "vol2"}).code == 2);
  CHECK(site.Ask({"swap", "nothing", next}).code == 2);
}

TEST_CASE("A version that fails its own scenarios is not swapped in") {
  const Site site;
  const std::string folder = site.dir / "volume";
  std::filesystem::create_directory(folder);
  site.dir.Write("volume/volume.lua", Volume());
  site.dir.Write("volume/scenarios.lua", R"lua(
return { ["never"] = function(c) error("as it was meant") end }
)lua");
  Background host({"run", site.file});
  REQUIRE(host.Prints("vol1: Online\n"));
  const Ended refused = site.Ask({"swap", "vol1", folder});
  INFO(refused.output);
  CHECK(refused.code == 1);
  CHECK(Has(refused.output, "--no-trial swaps it all the same"));
}

// As the shipped policy, but its is_alive does not come back.
std::string Hanging() {
  std::string text = Volume("require('log').info('asked') require('timer').sleep('1h')");
  const std::string timeout = "is_alive = \"5s\"";
  return text.replace(text.find(timeout), timeout.size(), "is_alive = \"1h\"");
}

TEST_CASE("An entry point in flight is waited for, or cancelled by --force; nobody else waits") {
  const Site site;
  const std::string next = site.dir.Write("next.lua", Volume("local newer = true"));
  site.dir.Write("volume.lua", Hanging());
  std::string text = site.text;
  for (std::size_t at = 0; (at = text.find("[resource.monitor]", at)) != std::string::npos; ++at) {
    text.insert(at + 18, "\nPendingTimeout = \"2s\"");
  }
  site.dir.Write("host.toml", text);
  Background host({"run", site.file});
  REQUIRE(host.Prints("vol1: asked"));
  REQUIRE(host.Prints("vol2: asked"));
  const std::string before = site.DigestOf("vol1");

  const Ended refused = site.Ask({"swap", "vol1", next, "--within", "100ms"});
  INFO(refused.output);
  CHECK(refused.code == 1);
  CHECK(Has(refused.output, "an entry point of vol1 is still running"));
  CHECK(Has(refused.output, "--force"));
  CHECK(site.DigestOf("vol1") == before);

  Background patient({"swap", "vol2", next, "--within", "1h", "--runtime-dir", site.dir / "run"});
  while (!Has(site.Ask({"status"}).output, "vol2: another version waits")) {
    REQUIRE(patient.Runs());
  }
  CHECK(Has(site.Ask({"swap", "vol2", next}).output, "is under way, asked for by"));
  CHECK(site.DigestOf("vol2") == before);

  const Ended forced = site.Ask({"swap", "vol1", next, "--within", "100ms", "--force", "--wait"});
  INFO(forced.output);
  CHECK(forced.code == 0);
  CHECK(site.DigestOf("vol1") != before);

  host.Signal(SIGTERM);
  const Ended swap = patient.Wait();
  INFO(swap.output);
  CHECK(swap.code == 1);
  CHECK(Has(swap.output, "the host is ending"));
  const Ended ended = host.Wait();
  INFO(ended.output);
  CHECK(Has(ended.output, "vol2: Offline: the host is ending"));  // by terminate
}

TEST_CASE("With watch on, a policy whose file changes is tried and swapped in") {
  const Site site;
  std::string text = site.text;
  text.insert(text.find("quarantine_after"), "watch = true\n");
  site.dir.Write("host.toml", text);
  Background host({"run", site.file});
  REQUIRE(host.Prints("vol1: Online\n"));
  REQUIRE(host.Prints("vol2: Online\n"));
  const std::string before = site.DigestOf("vol2");

  site.dir.Write("volume.lua", "return {");
  REQUIRE(host.Prints("volume.lua has changed, and is not swapped in: "));
  CHECK(site.DigestOf("vol1") == before);

  site.dir.Write("volume.lua", Volume("local newer = true"));
  REQUIRE(host.Prints("vol1: policy swapped: "));
  REQUIRE(host.Prints("vol2: policy swapped: "));
  CHECK(site.DigestOf("vol1") != before);
  CHECK(site.DigestOf("vol1") == site.DigestOf("vol2"));
  CHECK(Has(site.Ask({"history", "vol1"}).output, "a changed file"));
}

TEST_CASE("SIGHUP gives a resource the policy that the configuration names now") {
  const Site site;
  const std::string next = site.dir.Write("next.lua", Volume("local newer = true"));
  Background host({"run", site.file});
  REQUIRE(host.Prints("vol1: Online\n"));
  REQUIRE(host.Prints("vol2: Online\n"));
  const std::string before = site.DigestOf("vol1");
  std::string text = site.text;
  const std::string policy = "policy = \"" + (site.dir / "volume.lua") + "\"";
  site.dir.Write("host.toml",
                 text.replace(text.find(policy), policy.size(), "policy = \"" + next + "\""));
  host.Signal(SIGHUP);
  REQUIRE(host.Prints("configuration read again"));
  CHECK(site.DigestOf("vol1") != before);
  CHECK(site.DigestOf("vol2") == before);
  CHECK(Has(site.Ask({"history", "vol1"}).output, "the configuration"));
}

}  // namespace
}  // namespace tidegate
