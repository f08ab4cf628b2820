// A host some of whose resources cannot be hosted: what the others do, what is said, what mends it.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/apps/pack_stage.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Background;
using test::Ended;
using test::Folder;
using test::Has;
using test::PackStage;
using test::Replaced;
using test::RunProgram;

const std::string kPolicy = R"lua(
local policy = { api = 1, properties = {
  Label = { type = "string" },
  Disk = { type = "string", unique = true },
} }
function policy.online(resource) end
function policy.offline(resource) end
function policy.is_alive(resource) return true end
return policy
)lua";

// The same with another digest, and with a property that there must be.
const std::string kEdited = kPolicy + "-- edited\n";
const std::string kDemanding = Replaced(kPolicy, "properties = {", R"(properties = {
  Needed = { type = "string", required = true },)");

std::string Entry(const std::string& name, const std::string& policy,
                  const std::string& rest = "") {
  return "[[resource]]\nname = \"" + name + "\"\npolicy = \"" + policy + "\"\n" + rest;
}

std::string With(const std::string& property, const std::string& value) {
  return "[resource.properties]\n" + property + " = \"" + value + "\"\n";
}

struct Site {
  Site() { dir.Write("good.lua", kPolicy); }
  std::string Write(const std::string& resources, const std::string& name = "host.toml") const {
    return dir.Write(name, "node = \"A\"\nstate_dir = \"" + (dir / "state") +
                               "\"\nruntime_dir = \"" + (dir / "run") + "\"\n" + resources);
  }
  std::string good() const { return dir / "good.lua"; }
  Ended Ask(std::vector<std::string> words) const {
    words.insert(words.end(), {"--runtime-dir", dir / "run"});
    return RunProgram(words);
  }
  // What the host that has it, or is to have it, says.
  json Of(const std::string& name) const {
    const json all = json::parse(Ask({"status", name, "--json"}).output);
    json found;
    for (const json& host : all["hosts"]) {
      for (const json& resource : host["resources"]) {
        if (found.is_null() || resource["hosted"] == true) found = resource;
      }
    }
    return found;
  }
  std::string Why(const std::string& name) const {
    const json resource = Of(name);
    if (resource["configuration_error"].is_null()) return "";
    return resource["configuration_error"];
  }
  bool Becomes(const std::string& name, const std::string& state) const {
    for (int tries = 0; tries < 500; ++tries) {
      if (Of(name)["state"] == state) return true;
    }
    return false;
  }
  Folder dir;
};

TEST_CASE("One bad resource keeps no other down, whatever is bad about it") {
  const Site site;
  const std::string file = site.Write(
      Entry("fine", site.good()) + Entry("syntax", site.dir.Write("syntax.lua", "return {")) +
      Entry("missing", site.dir / "missing.lua") + Entry("folder", site.dir.path()) +
      Entry("unknown", site.good(), With("Lable", "x")) +
      Entry("demanding", site.dir.Write("demanding.lua", kDemanding)) +
      Entry("typed", site.good(), "[resource.properties]\nLabel = 5\n") +
      Entry("key", site.good(), "onlin = false\n") +
      Entry("time", site.good(), "[resource.monitor]\nPendingTimeout = \"soon\"\n") +
      "[[resource]]\nname = \"nothing\"\n" + Entry("double", site.good()) +
      Entry("double", site.good()) + "[[resource]]\npolicy = \"good.lua\"\n" +
      Entry("last", site.good()));
  const std::string text = test::ReadFile(file);
  const auto before = text.begin() + static_cast<long>(text.find("[[resource]]\npolicy"));
  const std::string nameless = std::to_string(1 + std::count(text.begin(), before, '\n'));
  Background host({"run", file});
  REQUIRE(host.Prints("fine: Online\n"));
  REQUIRE(host.Prints("last: Online\n"));
  CHECK(host.Prints("hosting 2 resources"));
  CHECK(host.Prints("11 of 13 not as it says: syntax, missing, "));

  const std::vector<std::pair<std::string, std::string>> said = {
      {"syntax", "syntax.lua:1:"},
      {"missing", "missing.lua: no such file"},
      {"folder", "a policy folder holds a file of its own name"},
      {"unknown", "unknown property Lable, did you mean Label?"},
      {"demanding", "property Needed: is required"},
      {"typed", "property Label: must be a string"},
      {"key", "unknown key onlin in [[resource]], did you mean online?"},
      {"time", "PendingTimeout must be a duration"},
      {"nothing", "[[resource]] nothing needs a policy"},
      {"double", "a second resource named double"},
      {"host.toml:" + nameless, "[[resource]] needs a name"},
  };
  for (const auto& [name, why] : said) {
    INFO(name);
    const json resource = site.Of(name);
    CHECK(resource["state"] == "Failed");
    CHECK(resource["hosted"] == false);
    CHECK(Has(resource["configuration_error"], why));
    CHECK(Has(resource["configuration_error"], "host.toml:"));
    CHECK(Has(resource["cause"]["message"], why));
  }
  CHECK(site.Of("fine")["hosted"] == true);
  CHECK(site.Of("fine")["configuration_error"].is_null());
  const Ended table = site.Ask({"status"});
  CHECK(table.code == 0);
  CHECK(Has(table.output, "missing: open: not hosted: "));
  for (const char* command : {"online", "offline", "trace", "history"}) {
    INFO(command);
    const Ended refused = site.Ask({command, "missing"});
    CHECK(refused.code == (command == std::string("history") ? 0 : 1));
    if (refused.code == 1) CHECK(Has(refused.output, "missing is not hosted: "));
  }
  host.Signal(SIGTERM);
  const Ended ended = host.Wait();
  CHECK(ended.code == 1);  // nobody has looked whether those are offline
  CHECK(Has(ended.output, "not everything is offline: "));
}

TEST_CASE("A file that is no configuration at all is refused whole") {
  const Site site;
  const auto refused = [&](const std::string& text, const std::string& why) {
    const Ended ended = RunProgram({"run", site.Write(text)});
    INFO(ended.output);
    CHECK(ended.code == 2);
    CHECK(Has(ended.output, why));
  };
  refused(Entry("fine", site.good()) + "[[resource\n", "host.toml:7: ");
  refused("[swapp]\n" + Entry("fine", site.good()), "did you mean swap?");
  refused("", "no [[resource]]");
}

TEST_CASE("What keeps a resource from being hosted is mended by online, a swap, or SIGHUP") {
  const Site site;
  const std::string late = site.dir / "late.lua";
  const auto config = [&](const std::string& third) {
    return site.Write(Entry("one", late) + Entry("two", site.dir / "never.lua") + third +
                      Entry("fine", site.good()));
  };
  config(Entry("three", site.good(), With("Labl", "x")));
  Background host({"run", site.dir / "host.toml"});
  REQUIRE(host.Prints("fine: Online\n"));
  site.dir.Write("late.lua", kPolicy);
  CHECK(site.Ask({"online", "one"}).output == "one is Online\n");
  CHECK(site.Why("one").empty());

  const Ended dry = site.Ask({"swap", "two", site.good(), "--dry-run"});
  INFO(dry.output);
  CHECK(dry.code == 0);
  CHECK(site.Of("two")["hosted"] == false);
  CHECK(site.Ask({"swap", "two", site.dir.Write("demanding.lua", kDemanding)}).code == 1);
  CHECK(site.Ask({"pin", "two", "--why", "audit"}).code == 0);
  CHECK(Has(site.Ask({"swap", "two", site.good()}).output, "two was pinned by"));
  CHECK(site.Ask({"unpin", "two"}).code == 0);
  const Ended swapped = site.Ask({"swap", "two", site.good(), "--wait"});
  INFO(swapped.output);
  CHECK(swapped.code == 0);
  CHECK(Has(swapped.output, "two now runs good.lua@"));
  CHECK(site.Becomes("two", "Online"));
  CHECK(Has(site.Why("two"), "never.lua: no such file"));
  CHECK(Has(site.Ask({"history", "two"}).output, "it was not hosted: "));

  config(Entry("three", site.good(), With("Label", "x")));
  host.Signal(SIGHUP);
  REQUIRE(host.Prints("three: Online\n"));
  CHECK(site.Why("three").empty());
  CHECK(site.Of("two")["state"] == "Online");
  host.Signal(SIGKILL);
  host.Wait();

  // What mended it is what served last.
  Background next({"run", site.dir / "host.toml"});
  CHECK(next.Prints("two: Online\n"));
  CHECK(Has(site.Why("two"), "never.lua: no such file"));
  site.dir.Write("never.lua", kEdited);
  next.Signal(SIGHUP);
  REQUIRE(next.Prints("configuration read again\n"));
  CHECK(site.Why("two").empty());
  CHECK(site.Of("two")["policy"] == "never.lua");
  next.Signal(SIGTERM);
  CHECK(next.Wait().code == 0);
}

TEST_CASE("A reload that is wrong for one resource leaves that one as it runs") {
  const Site site;
  const auto config = [&](const std::string& rest) {
    return site.Write(Entry("fine", site.good()) + Entry("one", site.dir / "one.lua", rest));
  };
  site.dir.Write("one.lua", kPolicy);
  config("");
  Background host({"run", site.dir / "host.toml"});
  REQUIRE(host.Prints("one: Online\n"));
  const std::string digest = site.Of("one")["policy_digest"];
  const auto reloaded = [&](const std::string& rest, const std::string& why) {
    INFO(why);
    config(rest);
    host.Signal(SIGHUP);
    for (int tries = 0; tries < 500 && !Has(site.Why("one"), why); ++tries) {
    }
    CHECK(Has(site.Why("one"), why));
    CHECK(site.Of("one")["state"] == "Online");
    CHECK(site.Of("one")["policy_digest"] == digest);
    CHECK(site.Why("fine").empty());
  };
  reloaded("onlin = true\n", "host.toml:10: unknown key onlin");
  reloaded(With("Labl", "x"), "take effect when the resource is next added");
  reloaded(Entry("one", site.good()), "a second resource named one");
  site.dir.Write("one.lua", "return {");
  reloaded("", "one.lua:1:");
  CHECK(Has(site.Ask({"status"}).output, "one: not as its configuration says: "));
  site.dir.Write("one.lua", kDemanding);
  reloaded("", "property Needed: is required");
  fs::remove(site.dir / "one.lua");
  reloaded("", "one.lua: no such file");

  // Whom a resource without a name means nobody can tell.
  site.Write("[[resource]]\npolicy = \"good.lua\"\n");
  host.Signal(SIGHUP);
  CHECK(host.Prints("not reloaded: "));
  CHECK(site.Of("fine")["state"] == "Online");

  site.dir.Write("one.lua", kPolicy);
  config("");
  host.Signal(SIGHUP);
  REQUIRE(host.Prints("configuration read again\n"));
  CHECK(site.Why("one").empty());
}

TEST_CASE("What served last serves where what is configured cannot be used any more") {
  const Site site;
  const auto pack = [&](const std::string& policy) {
    fs::create_directories(site.dir / "acme");
    site.dir.Write(
        "acme/pack.toml",
        "name = \"acme\"\nversion = \"1.0.0\"\nlicence = \"MIT\"\n"
        "kinds = [\"volume\"]\nentry = \"acme.lua\"\nproperties = [\"Label\", \"Disk\"]\n"
        "[capabilities]\ntimer = true\nstore = [\"acme.*\"]\n");
    site.dir.Write("acme/helper.lua", "return { answer = 42 }\n");
    site.dir.Write("acme/acme.lua", policy);
  };
  const std::string scoped =
      Replaced(kPolicy, "api = 1,", "api = 1, capabilities = { \"timer\", \"store\" },");
  pack(Replaced(scoped, "return true", "return require 'helper'.answer == 42"));
  site.dir.Write("lone.lua", kPolicy);
  site.dir.Write("fits.lua", kPolicy);
  const std::string file =
      site.Write(Entry("pack", site.dir / "acme") + Entry("lone", site.dir / "lone.lua") +
                 Entry("fits", site.dir / "fits.lua"));
  json before;
  {
    Background host({"run", file});
    REQUIRE(host.Prints("pack: Online\n"));
    REQUIRE(host.Prints("lone: Online\n"));
    REQUIRE(host.Prints("fits: Online\n"));
    for (const char* name : {"pack", "lone", "fits"}) before[name] = site.Of(name);
    host.Signal(SIGTERM);
    CHECK(host.Wait().code == 0);
  }
  fs::remove_all(site.dir / "acme");
  site.dir.Write("lone.lua", "return {");
  site.dir.Write("fits.lua", kDemanding);
  Background host({"run", file});
  for (const char* name : {"pack", "lone", "fits"}) {
    INFO(name);
    CHECK(host.Prints(std::string(name) + ": Online\n"));
    CHECK(site.Of(name)["policy_digest"] == before[name]["policy_digest"]);
    CHECK_FALSE(site.Why(name).empty());
    CHECK(Has(site.Ask({"history", name}).output, "started"));
  }
  CHECK(host.Prints("lone.lua:1:"));
  CHECK(Has(site.Why("fits"), "property Needed: is required"));
  CHECK(Has(site.Ask({"status"}).output, "pack: not as its configuration says: "));
  site.dir.Write("lone.lua", kEdited);
  pack(scoped);
  host.Signal(SIGHUP);
  REQUIRE(host.Prints("configuration read again; 1 of 3 not as it says: fits"));
  CHECK(site.Of("lone")["policy_digest"] != before["lone"]["policy_digest"]);
  CHECK(site.Of("pack")["policy_digest"] != before["pack"]["policy_digest"]);
  host.Signal(SIGTERM);
  CHECK(host.Wait().code == 0);
}

TEST_CASE("A pack whose key is trusted no more, or has expired, serves as it did last", "[pack]") {
  const PackStage stage;
  const Site site;
  const std::string policy =
      Replaced(kPolicy, "api = 1,", "api = 1, capabilities = { \"timer\" },");
  const PackFiles files = {{"pack.toml",
                            "name = \"acme-timer\"\nversion = \"1.0.0\"\nlicence = \"MIT\"\n"
                            "kinds = [\"volume\"]\nentry = \"acme-timer.lua\"\n"
                            "properties = [\"Label\", \"Disk\"]\n[capabilities]\ntimer = true\n"},
                           {"acme-timer.lua", policy}};
  stage.TrustsVendor();
  REQUIRE(stage.Pack({"install", stage.Built(files)}).code == 0);
  const std::string places =
      "pack_store = \"" + stage.store() + "\"\npack_trust = \"" + stage.trust() + "\"\n";
  const std::string file =
      site.Write(places + Entry("signed", "acme-timer@1.0.0") + Entry("fine", site.good()));
  {
    Background host({"run", file});
    REQUIRE(host.Prints("signed: Online\n"));
    host.Signal(SIGTERM);
    CHECK(host.Wait().code == 0);
  }
  std::string why;
  SECTION("expired") {
    stage.TrustsVendor("names = [\"acme-*\"]\nexpires = 2020-01-01\n");
    why = "expired";
  }
  SECTION("revoked") {
    stage.Trusts("revoked.toml", "packs = [\"acme-timer@1.0.0\"]\n");
    why = "revoked";
  }
  SECTION("trusted no more") {
    fs::remove(stage.trust() + "/acme.toml");
    why = "not among the 0 that are trusted";
  }
  Background host({"run", file});
  CHECK(host.Prints("fine: Online\n"));
  CHECK(host.Prints("signed: Online\n"));
  INFO(site.Why("signed"));
  CHECK(Has(site.Why("signed"), why));
  // One that never served here has nothing to fall back to.
  host.Signal(SIGKILL);
  host.Wait();
  fs::remove_all(site.dir / "state");
  Background fresh({"run", file});
  CHECK(fresh.Prints("fine: Online\n"));
  CHECK(site.Of("signed")["state"] == "Failed");
  CHECK(Has(site.Why("signed"), why));
}

TEST_CASE("Of two resources with one unique value the later one is Failed and names the other") {
  const Site site;
  const std::string disk = site.dir.Write("disk.img", "x");
  const std::string same = site.dir / "link.img";
  fs::create_symlink(disk, same);
  const std::string hard = site.dir / "hard.img";
  fs::create_hard_link(disk, hard);
  fs::create_directory(site.dir / "mounts");
  const std::string other = site.dir.Write("elsewhere.lua", kPolicy);
  const auto one = [&](const std::string& name, const std::string& value) {
    return Entry(name, site.good(), With("Disk", value));
  };
  const std::string file =
      site.Write(one("first", disk) + one("text", disk) + one("link", same) + one("hard", hard) +
                 one("dots", site.dir / "mounts/../disk.img") + one("loop", "loop:" + disk) +
                 one("none1", site.dir / "none/a") + one("none2", site.dir / "none//./a/") +
                 Entry("policy", other, With("Disk", disk)) +
                 Entry("label1", site.good(), With("Label", "x")) +
                 Entry("label2", site.good(), With("Label", "x")));
  Background host({"run", file});
  for (const char* name : {"first", "none1", "policy", "label1", "label2"}) {
    INFO(name);
    CHECK(host.Prints(std::string(name) + ": Online\n"));
  }
  for (const char* name : {"text", "link", "hard", "dots", "loop"}) {
    INFO(name);
    CHECK(site.Of(name)["state"] == "Failed");
    CHECK(Has(site.Why(name), "property Disk: "));
    CHECK(Has(site.Why(name), " is first's already"));
  }
  CHECK(Has(site.Why("none2"), " is none1's already"));

  // A reload leaves what runs; what comes later, and earlier in the file, is the later one.
  site.Write(one("new", same) + one("first", disk) + one("text", site.dir / "none/b"));
  host.Signal(SIGHUP);
  REQUIRE(host.Prints("text: Online\n"));
  CHECK(site.Of("first")["state"] == "Online");
  CHECK(Has(site.Why("new"), " is first's already"));
  site.Write(one("new", same) + one("text", site.dir / "none/b"));
  host.Signal(SIGHUP);
  CHECK(host.Prints("new: Online\n"));
  CHECK(site.Ask({"offline", "first"}).code == 2);
}

TEST_CASE("Two hosts of one machine see each other: names, and what must be unique") {
  const Site site;
  const std::string disk = site.dir.Write("disk.img", "x");
  const std::string link = site.dir / "link.img";
  fs::create_symlink(disk, link);
  Background first({"run", site.Write(Entry("mine", site.good(), With("Disk", disk)))});
  REQUIRE(first.Prints("mine: Online\n"));
  const std::string file =
      site.Write(Entry("mine", site.good()) + Entry("yours", site.good(), With("Disk", link)) +
                     Entry("free", site.good()),
                 "second.toml");
  Background second({"run", file});
  REQUIRE(second.Prints("free: Online\n"));
  CHECK(second.Prints("yours: Failed: not hosted: "));
  CHECK(Has(site.Why("yours"), " is mine of process "));
  // Who has it is who is asked.
  CHECK(site.Of("mine")["state"] == "Online");
  CHECK(site.Ask({"offline", "mine"}).output == "mine is Offline\n");
  CHECK(site.Ask({"swap", "mine", site.dir.Write("next.lua", kEdited)}).code == 0);
  CHECK(site.Ask({"online", "yours"}).code == 1);
  first.Signal(SIGTERM);
  CHECK(first.Wait().code == 0);
  second.Signal(SIGHUP);
  CHECK(second.Prints("mine: Online\n"));
  CHECK(second.Prints("yours: Online\n"));
  second.Signal(SIGTERM);
  CHECK(second.Wait().code == 0);
}

TEST_CASE("A swap to a version that declares a property unique is refused where it is shared") {
  const Site site;
  const std::string shared = Replaced(kPolicy, ", unique = true", "");
  const std::string policy = site.dir.Write("shared.lua", shared);
  const std::string file =
      site.Write(Entry("a", policy, With("Disk", "x")) + Entry("b", policy, With("Disk", "x")));
  Background host({"run", file});
  REQUIRE(host.Prints("a: Online\n"));
  REQUIRE(host.Prints("b: Online\n"));
  CHECK(site.Ask({"swap", "a", site.good()}).code == 0);  // it is the first to say so
  const Ended refused = site.Ask({"swap", "b", site.good()});
  INFO(refused.output);
  CHECK(refused.code == 1);
  CHECK(Has(refused.output, "property Disk: x is a's already"));
}

}  // namespace
}  // namespace tidegate
