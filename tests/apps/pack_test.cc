// Packs from outside: a vendor makes and signs one, a host installs and runs it.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <unistd.h>

#include "tests/apps/pack_stage.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;
using test::Background;
using test::Ended;
using test::Folder;
using test::Has;
using test::PackStage;
using test::Replaced;
using test::RunProgram;

constexpr const char* kNoMinisign = "skipped: the program minisign is not installed";

bool HaveMinisign() { return access("/usr/bin/minisign", X_OK) == 0; }

// A shell's answer, standard error included.
int Shell(const std::string& command, std::string& output) {
  std::FILE* pipe = popen(("( " + command + " ) 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  char block[4096];
  for (std::size_t n; (n = fread(block, 1, sizeof block, pipe)) > 0;) output.append(block, n);
  const int status = pclose(pipe);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// The public key of the one that has a password.
std::string Third() {
  return Base64(*ParsePublicKey(test::ReadFile(test::kKeys + "/password.pub")));
}

PackFiles SmallOf(const std::string& version) {
  PackFiles files = test::Small();
  files["pack.toml"] = Replaced(files["pack.toml"], "1.0.0", version);
  return files;
}

std::string Image(const Folder& dir, const std::string& name) {
  const std::string image = dir.Write(name, "");
  fs::resize_file(image, 1 << 20);
  return image;
}

TEST_CASE("a pack made from nothing is built, signed, installed and runs a real volume", "[pack]") {
  const PackStage stage;
  const std::string folder = stage.dir / "acme-volume";
  REQUIRE(stage.Pack({"init", folder}).code == 0);
  const Ended checked = stage.Pack({"check", folder});
  CHECK(Has(checked.output, "acme-volume 0.1.0: 3 files"));
  CHECK(RunProgram({"test", folder}).code == 0);
  const Ended built = stage.Pack({"build", folder, "-o", stage.dir.path()});
  INFO(built.output);
  REQUIRE(built.code == 0);
  CHECK(Has(built.output, "every run with up to 1 deviation"));

  const std::string archive = stage.dir / "acme-volume-0.1.0.pack";
  const Ended early = stage.Pack({"install", archive});
  CHECK(early.code == 1);
  CHECK(Has(early.output, "it is not signed"));
  REQUIRE(stage.Pack({"sign", "--key", test::kKeys + "/vendor.key", archive}).code == 0);
  CHECK(Has(stage.Pack({"install", archive}).output, "not among the 0 that are trusted"));
  stage.TrustsVendor();
  const Ended installed = stage.Pack({"install", archive});
  INFO(installed.output);
  REQUIRE(installed.code == 0);
  CHECK(Has(installed.output, "may wait"));
  CHECK(Has(stage.Pack({"install", archive}).output, "was installed already"));

  const std::string volume = "VolumePath=" + Image(stage.dir, "disk.img");
  const auto call = [&](const std::string& entry) {
    return RunProgram(
        {"call", "acme-volume", entry, "--set", volume, "--runtime-dir", stage.dir / "run"});
  };
  for (const char* entry : {"online", "is_alive", "offline"}) {
    const Ended ended = call(entry);
    INFO(ended.output);
    CHECK(ended.code == 0);
  }
  CHECK(RunProgram({"check", "acme-volume@0.1.0"}).code == 0);
  CHECK(RunProgram({"explore", "acme-volume", "--deviations", "0"}).code == 0);
  CHECK(RunProgram({"check", "acme-volume@0.2.0"}).code == 2);
}

TEST_CASE("the same files make the same archive, byte by byte", "[pack]") {
  const PackStage stage;
  REQUIRE(stage.Pack({"init", stage.dir / "acme-a"}).code == 0);
  const std::string one = stage.dir / "one";
  const std::string two = stage.dir / "two";
  REQUIRE(stage.Pack({"build", stage.dir / "acme-a", "-o", one}).code == 0);
  fs::last_write_time(stage.dir / "acme-a/pack.toml", fs::file_time_type::clock::now());
  fs::permissions(stage.dir / "acme-a/pack.toml", fs::perms::owner_all);
  stage.dir.Write("acme-a/.hidden", "not packed");
  REQUIRE(stage.Pack({"build", stage.dir / "acme-a", "-o", two}).code == 0);
  const std::string name = "/acme-a-0.1.0.pack";
  CHECK(test::ReadFile(one + name) == test::ReadFile(two + name));
  CHECK(Has(test::ReadFile(one + "/acme-a-0.1.0.digests"), "  evidence.toml\n"));
}

TEST_CASE("what stock minisign signs installs, and what we sign it verifies", "[pack]") {
  if (!HaveMinisign()) SKIP(kNoMinisign);
  const PackStage stage;
  stage.TrustsVendor();
  stage.Trusts("third.toml", "key = \"" + Third() + "\"\n");
  const std::string key = test::kKeys + "/";
  const std::string archive = stage.Built(test::Small(), "a.pack", "");
  const std::string list = stage.dir.Write("a.digests", ListOf(test::Small()));
  std::string said;

  // Theirs: prehashed, legacy, and by a key with a password.
  for (const std::string& how :
       std::vector<std::string>{"-S -s " + key + "vendor.key", "-S -l -s " + key + "vendor.key",
                                "-S -s " + key + "password.key"}) {
    REQUIRE(Shell("echo open sesame | minisign " + how + " -m " + list, said) == 0);
    const Ended verified = stage.Pack({"verify", archive});
    INFO(how << ": " << verified.output);
    CHECK(verified.code == 0);
    fs::remove(list + ".minisig");
  }

  // Ours.
  const std::string password = stage.dir.Write("password", "open sesame\n");
  REQUIRE(stage.Pack({"sign", "--key", key + "vendor.key", archive}).code == 0);
  INFO(said);
  CHECK(Shell("minisign -Vm " + list + " -p " + key + "vendor.pub", said) == 0);
  const Ended signed_by =
      stage.Pack({"sign", "--key", key + "password.key", "--password-file", password, archive});
  INFO(signed_by.output);
  REQUIRE(signed_by.code == 0);
  CHECK(Shell("minisign -Vm " + list + " -p " + key + "password.pub", said) == 0);
  CHECK(Shell("minisign -Vm " + list + " -p " + key + "vendor.pub", said) != 0);
}

TEST_CASE("a secret key is opened by its password and by no other", "[pack]") {
  const PackStage stage;
  const std::string archive = stage.Built(test::Small());
  const std::string key = test::kKeys + "/password.key";
  const std::string wrong = stage.dir.Write("wrong", "sesame\n");
  const Ended refused = stage.Pack({"sign", "--key", key, "--password-file", wrong, archive});
  CHECK(refused.code == 2);
  CHECK(Has(refused.output, "the password of the secret key is wrong"));
  CHECK(Has(stage.Pack({"sign", "--key", archive, archive}).output, "no secret key of minisign"));
}

TEST_CASE("versions stand side by side; the highest is what a name means", "[pack]") {
  const PackStage stage;
  stage.TrustsVendor();
  for (const char* version : {"1.0.0", "1.2.0-rc.1", "1.2.0"}) {
    const Ended ended = stage.Pack({"install", stage.Built(SmallOf(version))});
    INFO(ended.output);
    REQUIRE(ended.code == 0);
  }
  CHECK(Has(stage.Pack({"show", "acme-small"}).output, "acme-small 1.2.0\n"));
  CHECK(Has(stage.Pack({"show", "acme-small@1.0.0"}).output, "acme-small 1.0.0\n"));
  const nlohmann::json list = nlohmann::json::parse(stage.Pack({"list", "--json"}).output);
  REQUIRE(list.size() == 3);
  CHECK(list[1]["version"] == "1.2.0-rc.1");
  CHECK(list[2]["accepted"] == true);

  // What was seen is remembered when it is gone; a downgrade is asked for by its name.
  REQUIRE(stage.Pack({"remove", "acme-small@1.2.0"}).code == 0);
  CHECK(Has(stage.Pack({"show", "acme-small"}).output, "acme-small 1.2.0-rc.1\n"));
  const std::string older = stage.Built(SmallOf("1.1.0"), "older.pack");
  CHECK(Has(stage.Pack({"install", older}).output, "below 1.2.0"));
  CHECK(stage.Pack({"install", "--downgrade", older}).code == 0);
  CHECK(stage.Pack({"remove", "acme-small@1.2.0"}).code == 1);
  CHECK(stage.Pack({"remove", "acme-small"}).code == 2);
}

TEST_CASE("an installed pack is verified each time that it is used", "[pack]") {
  const PackStage stage;
  stage.TrustsVendor();
  REQUIRE(stage.Pack({"install", stage.Built(test::Small())}).code == 0);
  REQUIRE(RunProgram({"check", "acme-small"}).code == 0);

  stage.Trusts("revoked.toml", "packs = [\"acme-small@1.0.0\"]\n");
  CHECK(Has(RunProgram({"check", "acme-small"}).output, "is revoked in"));
  CHECK(Has(stage.Pack({"list"}).output, "refused: "));
  fs::remove(stage.trust() + "/revoked.toml");

  const std::string policy = stage.store() + "/acme-small/1.0.0/acme-small.lua";
  std::ofstream(policy, std::ios::app) << "-- replaced after verification\n";
  const Ended ended = RunProgram({"check", "acme-small"});
  CHECK(ended.code != 0);
  CHECK(Has(ended.output, "acme-small.lua: its content is not what DIGESTS says"));
  // By its folder too: that it has a list is what makes it an installed pack.
  CHECK(RunProgram({"check", stage.store() + "/acme-small/1.0.0"}).code != 0);
}

TEST_CASE("an unsigned pack needs a host that says so", "[pack]") {
  const PackStage stage;
  const std::string archive = stage.Built(test::Small(), "a.pack", "");
  CHECK(stage.Pack({"install", archive}).code == 1);
  stage.Trusts("rules.toml", "unsigned = true\n");
  CHECK(Has(stage.Pack({"install", archive}).output, "unsigned, which "));
}

TEST_CASE("a pack touches what it says and nothing else", "[pack]") {
  const PackStage stage;
  stage.TrustsVendor();
  REQUIRE(stage.Pack({"install", stage.Built(test::Small())}).code == 0);
  const std::string ours = Image(stage.dir, "ours.img");
  const std::string other = Image(stage.dir, "other.img");
  const auto call = [&](const std::string& entry) {
    return RunProgram({"call", "acme-small", entry, "--set", "VolumePath=" + ours, "--set",
                       "Other=" + other, "--runtime-dir", stage.dir / "run"});
  };
  const Ended online = call("online");
  INFO(online.output);
  CHECK(online.code == 0);
  const Ended offline = call("offline");
  CHECK(offline.code == 1);
  CHECK(Has(offline.output,
            "volume.open: the pack acme-small 1.0.0 has the capability \"volume\" "
            "for $VolumePath, /srv/acme/* only, not for " +
                other));
  const Ended looks = call("looks_alive");
  CHECK(looks.code == 1);
  CHECK(Has(looks.output,
            "store.set: the pack acme-small 1.0.0 has the capability \"store\" for "
            "acme.* only, not for other.key"));
}

TEST_CASE("run hosts an installed pack that its configuration names", "[pack]") {
  const PackStage stage;
  stage.TrustsVendor();
  REQUIRE(stage.Pack({"install", stage.Built(test::Small())}).code == 0);
  const std::string image = Image(stage.dir, "disk.img");
  const std::string store = stage.store();
  const std::string trust = stage.trust();
  setenv("TIDEGATE_PACK_STORE", "/nonexistent", 1);
  const std::string file = stage.dir.Write(
      "host.toml", "state_dir = \"state\"\nruntime_dir = \"run\"\npack_store = \"" + store +
                       "\"\npack_trust = \"" + trust +
                       "\"\n[[resource]]\nname = \"r1\"\npolicy = \"acme-small@1.0.0\"\n"
                       "[resource.properties]\nVolumePath = \"" +
                       image + "\"\n");
  Background host({"run", file});
  CHECK(host.Prints("r1: Online\n"));
  CHECK(Has(RunProgram({"trace", "r1", "--runtime-dir", stage.dir / "run"}).output,
            "policy=\"acme-small.lua\""));
  host.Signal(SIGTERM);
  CHECK(host.Wait().code == 0);
}

TEST_CASE("evidence is repeated, and a host demands as much as it wants", "[pack]") {
  const PackStage stage;
  stage.TrustsVendor();
  const std::string folder = stage.dir / "acme-volume";
  const std::string archive = stage.dir / "acme-volume-0.1.0.pack";
  const auto build = [&] {
    REQUIRE(stage.Pack({"build", folder, "-o", stage.dir.path()}).code == 0);
    REQUIRE(stage.Pack({"sign", "--key", test::kKeys + "/vendor.key", archive}).code == 0);
  };
  REQUIRE(stage.Pack({"init", folder}).code == 0);
  fs::create_directories(folder + "/plans");
  stage.dir.Write("acme-volume/plans/busy.plan",
                  "# cluster: wsfc\nA vol1 volume.lock#1 fails ACCESS_DENIED\n");
  build();
  const Ended repeated = stage.Pack({"verify", archive, "--replay"});
  INFO(repeated.output);
  CHECK(repeated.code == 0);
  CHECK(Has(repeated.output, "its evidence was repeated"));
  CHECK(Has(stage.Pack({"show", archive}).output, "wsfc to 1, pacemaker to 1"));

  stage.Trusts("rules.toml", "evidence = 2\n");
  CHECK(Has(stage.Pack({"install", archive}).output, "it was explored to 1"));
  stage.Trusts("rules.toml", "evidence = 1\n");
  CHECK(stage.Pack({"install", archive}).code == 0);

  // Evidence that was made up, and signed all the same.
  PackFiles files = *ReadPackFiles(folder);
  Evidence evidence{.tool = "0.1.0", .code = CodeDigest(files), .explored = {}};
  for (const char* cluster : {"wsfc", "pacemaker"}) {
    evidence.explored.push_back({.cluster = cluster, .deviations = 3, .digest = "00"});
  }
  files["evidence.toml"] = Text(evidence);
  const Ended lied = stage.Pack({"verify", "--replay", stage.Built(files)});
  CHECK(lied.code == 1);
  CHECK(Has(lied.output, "its evidence is not what comes out here"));
}

TEST_CASE("a policy that breaks an invariant is not built", "[pack]") {
  const PackStage stage;
  const std::string folder = stage.dir / "acme-volume";
  REQUIRE(stage.Pack({"init", folder}).code == 0);
  const std::string file = folder + "/acme-volume.lua";
  stage.dir.Write(
      "acme-volume/acme-volume.lua",
      Replaced(test::ReadFile(file), "  assert(vol:dismount())\n  assert(vol:offline())",
               "  vol:dismount()"));
  const Ended built = stage.Pack({"build", folder, "-o", stage.dir.path()});
  INFO(built.output);
  CHECK(built.code == 1);
  CHECK_FALSE(fs::exists(stage.dir / "acme-volume-0.1.0.pack"));
}

TEST_CASE("diff says what an update may touch beyond what it might", "[pack]") {
  const PackStage stage;
  PackFiles newer = SmallOf("1.1.0");
  newer["pack.toml"] = Replaced(newer["pack.toml"], "/srv/acme/*", "/dev/**");
  newer["helper.lua"] = "return {}\n";
  const std::string a = stage.Built(test::Small(), "a.pack");
  const std::string b = stage.Built(newer, "b.pack");
  const Ended ended = stage.Pack({"diff", a, b});
  CHECK(ended.code == 1);
  CHECK(ended.output ==
        "acme-small 1.0.0 -> acme-small 1.1.0\n"
        "- may bring online and take offline, lock, dismount, mount and probe: volumes "
        "$VolumePath, /srv/acme/*\n"
        "+ may bring online and take offline, lock, dismount, mount and probe: volumes "
        "$VolumePath, /dev/**\n"
        "~ pack.toml (2 lines gone, 2 new)\n"
        "+ helper.lua\n");
  CHECK(stage.Pack({"diff", a, a}).code == 0);
}

TEST_CASE("the shipped policies are packs", "[pack]") {
  const PackStage stage;
  for (const char* name : {"volume", "lun-mask", "reserved-volume"}) {
    const Ended ended = stage.Pack({"check", TIDEGATE_SOURCE_DIR "/policies/" + std::string(name)});
    INFO(ended.output);
    CHECK(ended.code == 0);
  }
}

TEST_CASE("a pack's folder keeps secrets and links out", "[pack]") {
  const PackStage stage;
  const std::string folder = stage.dir / "acme-volume";
  REQUIRE(stage.Pack({"init", folder}).code == 0);
  stage.dir.Write("acme-volume/acme.key", test::ReadFile(test::kKeys + "/vendor.key"));
  CHECK(Has(stage.Pack({"build", folder}).output, "acme.key: this is a secret key"));
  fs::remove(folder + "/acme.key");
  fs::create_symlink("/etc/passwd", folder + "/passwd");
  CHECK(Has(stage.Pack({"build", folder}).output, "a symbolic link"));
  CHECK(stage.Pack({"init", folder}).code == 2);
}

// The commands of docs/packs.md, as they are written there, one after the other in one folder.
TEST_CASE("the commands of docs/packs.md work as written", "[pack]") {
  if (!HaveMinisign()) SKIP(kNoMinisign);
  const PackStage stage;
  const std::string page = test::ReadFile(TIDEGATE_SOURCE_DIR "/docs/packs.md");
  std::string script = "set -e -x\ncd " + stage.dir.path() + "\nmkdir bin\nln -s " +
                       test::ProgramPath() + " bin/tidegate\nexport PATH=$PWD/bin:$PATH\n" +
                       "export XDG_RUNTIME_DIR=$PWD\n";
  int commands = 0;
  bool here = false;
  for (std::size_t begin = 0; begin < page.size();) {
    const std::size_t end = page.find('\n', begin);
    const std::string line = page.substr(begin, end - begin);
    begin = end + 1;
    if (line == "## Ten commands") here = true;
    if (here && line.starts_with("## ") && line != "## Ten commands") break;
    if (!here || !line.starts_with("    ")) continue;
    script += line.substr(4) + "\n";
    commands += line.ends_with('\\') ? 0 : 1;
  }
  CHECK(commands == 10);
  std::string said;
  const int code = Shell("exec bash " + stage.dir.Write("page.sh", script), said);
  INFO(said);
  CHECK(code == 0);
  CHECK(Has(said, "online: succeeded"));
}

}  // namespace
}  // namespace tidegate
