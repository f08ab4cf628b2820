// The same policy text on all three kinds of volume: online, alive, hurt, offline.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/apps/program.h"

namespace tidegate {
namespace {

using test::Ended;
using test::Folder;
using test::RunProgram;

const std::string kPolicy = TIDEGATE_SOURCE_DIR "/policies/volume";

bool CanLoop() { return geteuid() == 0 && access("/dev/loop-control", W_OK) == 0; }

std::string Output(const std::string& command) {
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  char line[256];
  while (pipe != nullptr && fgets(line, sizeof line, pipe) != nullptr) out += line;
  if (pipe != nullptr) pclose(pipe);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

// A volume of one kind, undone also when a test fails half way.
class KindOfVolume {
 public:
  explicit KindOfVolume(const std::string& kind) : kind_(kind), image_(dir_ / "volume.img") {
    std::ofstream(image_).close();
    std::filesystem::resize_file(image_, 16 << 20);
    if (kind == "image") {
      path_ = image_;
      return;
    }
    REQUIRE(std::system(("PATH=$PATH:/sbin:/usr/sbin mke2fs -q -F -t ext4 " + image_).c_str()) ==
            0);
    path_ = kind == "loop" ? "loop:" + image_ : Output("losetup -f --show " + image_);
  }
  ~KindOfVolume() {
    umount2(mount().c_str(), MNT_DETACH);
    if (kind_ == "block") (void)!std::system(("losetup -d " + path_).c_str());
    if (kind_ == "loop") {
      (void)!std::system(("losetup -j " + image_ + " | cut -d: -f1 | xargs -r losetup -d").c_str());
    }
  }

  std::string mount() const { return dir_ / "mnt"; }
  Ended Call(const std::string& entry) const {
    return RunProgram({"call", kPolicy, entry, "--set", "VolumePath=" + path_, "--set",
                       "MountPoint=" + mount(), "--set", "OnlineRetries=0", "--runtime-dir",
                       dir_ / "run"});
  }
  void UnmountBehindItsBack() const {
    REQUIRE((kind_ == "image" ? unlink(mount().c_str()) : umount2(mount().c_str(), 0)) == 0);
  }

 private:
  Folder dir_;
  std::string kind_;
  std::string image_;
  std::string path_;
};

TEST_CASE("the same policy text runs on every kind of volume") {
  const std::string kind = GENERATE("image", "loop", "block");
  INFO(kind);
  if (kind != "image" && !CanLoop()) SKIP("skipped: " + kind + " needs root and loop devices");
  const KindOfVolume volume(kind);

  CHECK(volume.Call("is_alive").code == 1);  // nothing is mounted yet
  CHECK(volume.Call("online").output == "online: succeeded\n");
  CHECK(volume.Call("online").output == "online: succeeded\n");  // a second one is harmless
  if (kind != "image") {
    std::ofstream(volume.mount() + "/kept.txt") << "kept";
    CHECK(std::filesystem::exists(volume.mount() + "/lost+found"));
  }
  CHECK(volume.Call("is_alive").output == "is_alive: alive\n");
  volume.UnmountBehindItsBack();
  CHECK(volume.Call("is_alive").code == 1);
  CHECK(volume.Call("online").code == 0);
  CHECK(volume.Call("offline").output == "offline: succeeded\n");
  CHECK(volume.Call("offline").code == 0);
  CHECK(volume.Call("is_alive").code == 1);
  CHECK(volume.Call("online").code == 0);
  if (kind != "image") CHECK(std::filesystem::exists(volume.mount() + "/kept.txt"));
  CHECK(volume.Call("terminate").code == 0);
  CHECK(volume.Call("is_alive").code == 1);
}

}  // namespace
}  // namespace tidegate
