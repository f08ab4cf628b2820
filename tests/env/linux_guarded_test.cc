// Which paths of a Linux system are guarded.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "host/env/guarded.h"
#include "tests/env/temporary_directory.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;
using test::TemporaryDirectory;
using test::WriteFile;

constexpr uid_t kStranger = 54321;

// DIR/up/policy/policy.lua, all of it ours.
struct Place {
  Place() {
    chmod(dir.path().c_str(), 0755);
    for (const fs::path& folder : {up, policy}) {
      fs::create_directory(folder);
      chmod(folder.c_str(), 0755);
    }
    WriteFile(file.string(), "return {}");
    chmod(file.c_str(), 0644);
  }
  std::string Verdict(const fs::path& path) const {
    const Outcome outcome = CheckGuarded(path.string());
    if (outcome) return "guarded";
    CHECK(outcome.error().code == ErrorCode::kAccessDenied);
    return outcome.error().detail;
  }
  std::string Verdict() const { return Verdict(file); }

  TemporaryDirectory dir;
  const fs::path up = fs::path(dir / "up");
  const fs::path policy = up / "policy";
  const fs::path file = policy / "policy.lua";
};

bool Says(const std::string& verdict, const std::string& part) {
  INFO(verdict);
  return verdict.find(part) != std::string::npos;
}

TEST_CASE("what is ours alone is guarded, below /tmp too") {
  const Place place;
  CHECK(place.Verdict() == "guarded");
  CHECK(place.Verdict(place.policy) == "guarded");
  CHECK(place.Verdict(place.policy / "nothing.lua") == "guarded");
  CHECK(place.Verdict("/") == "guarded");
  CHECK(place.Verdict("/etc/passwd") == "guarded");
}

TEST_CASE("what others may write is not, and the message says how to mend it") {
  const Place place;
  for (const fs::path& path : {place.file, place.policy, place.up}) {
    chmod(path.c_str(), path == place.file ? 0666 : 0777);
    CHECK(Says(place.Verdict(), path.string() + " has mode 0"));
    CHECK(Says(place.Verdict(), "every user"));
    CHECK(place.Verdict().ends_with("chmod go-w " + path.string()));
    chmod(path.c_str(), path == place.file ? 0644 : 0755);
  }
  CHECK(place.Verdict() == "guarded");
}

TEST_CASE("the sticky bit helps on the way, and not in the folder itself") {
  const Place place;
  chmod(place.up.c_str(), 01777);
  CHECK(place.Verdict() == "guarded");
  CHECK(place.Verdict(place.policy) == "guarded");
  CHECK(Says(place.Verdict(place.up), "mode 1777"));
  CHECK(Says(place.Verdict(place.policy / ".."), "mode 1777"));
}

TEST_CASE("a link is looked at where it is and where it leads") {
  const Place place;
  const fs::path open = place.dir / "open";
  fs::create_directory(open);
  chmod(open.c_str(), 0777);
  WriteFile((open / "other.lua").string(), "return {}");
  fs::create_symlink("../../open/other.lua", place.policy / "out.lua");
  CHECK(Says(place.Verdict(place.policy / "out.lua"), open.string() + " has mode 0777"));
  fs::create_symlink(place.file, open / "in.lua");  // who may write there may turn it elsewhere
  CHECK(Says(place.Verdict(open / "in.lua"), open.string() + " has mode 0777"));
  fs::create_symlink(place.policy, place.dir / "well");
  CHECK(place.Verdict(place.dir / "well/policy.lua") == "guarded");
  fs::create_symlink("round", place.dir / "round");
  CHECK(CheckGuarded(place.dir / "round").error().code == ErrorCode::kInvalidParameter);
}

TEST_CASE("a relative path is looked at from where we are") {
  const Place place;
  const fs::path before = fs::current_path();
  fs::current_path(place.policy);
  CHECK(place.Verdict("policy.lua") == "guarded");
  chmod(place.up.c_str(), 0777);
  const std::string verdict = place.Verdict("policy.lua");
  fs::current_path(before);
  CHECK(Says(verdict, place.up.string() + " has mode 0777"));
}

TEST_CASE("what belongs to another user is not guarded, nor what another group may write") {
  if (geteuid() != 0) SKIP("skipped: only root gives files away");
  const Place place;
  for (const fs::path& path : {place.file, place.policy, place.up}) {
    CHECK(chown(path.c_str(), kStranger, 0) == 0);
    CHECK(Says(place.Verdict(), path.string() + " belongs to user 54321"));
    CHECK(place.Verdict().ends_with("chown -h root " + path.string()));
    CHECK(chown(path.c_str(), 0, kStranger) == 0);
    CHECK(place.Verdict() == "guarded");
    chmod(path.c_str(), 0775);
    CHECK(Says(place.Verdict(), "written by group 54321"));
    chmod(path.c_str(), path == place.file ? 0644 : 0755);
  }
  fs::create_symlink(place.file, place.dir / "link.lua");
  CHECK(lchown((place.dir / "link.lua").c_str(), kStranger, 0) == 0);
  CHECK(Says(place.Verdict(place.dir / "link.lua"), "belongs to user 54321"));
}

// As a developer's: whoever owns what runs need not be kept out by it.
TEST_CASE("who owns the program, or a folder on the way to it, is trusted") {
  struct stat status {};
  REQUIRE(stat("/proc/self/exe", &status) == 0);
  const std::string source = TIDEGATE_SOURCE_DIR "/policies/volume/volume.lua";
  INFO("the program belongs to user " << status.st_uid);
  CHECK(CheckGuarded(source).ok());
}

TEST_CASE("a guarded folder is made for us alone, one that is there is looked at") {
  const Place place;
  CHECK(MakeGuarded(place.dir / "a/b").ok());
  struct stat status {};
  REQUIRE(stat((place.dir / "a/b").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);
  chmod((place.dir / "a").c_str(), 0777);
  CHECK(MakeGuarded(place.dir / "a/b").error().code == ErrorCode::kAccessDenied);
}

}  // namespace
}  // namespace tidegate
