// Where no volume is and no image is mounted, by whatever way a path leads there.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>

#include "tests/env/linux_lab.h"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;

// A lab with a host that has folders of its own in it.
struct OwnLab : Lab {
  OwnLab() : volumes({.own_folders = {dir + "/state", dir + "/run"}}) {
    fs::create_directories(dir + "/state/values/vol1");
    fs::create_directory(dir + "/run");
    std::ofstream(record()) << "the host's own";
  }
  std::string record() const { return dir + "/state/values/vol1/payload"; }
  Reply Ask(const Call& call) { return volumes.Perform(id, call); }
  std::string Open(const std::string& path) {
    const Reply reply = Ask(VolumeOpen{path});
    UNSCOPED_INFO(path << " -> " << Text(reply));
    return Short(reply);
  }
  VolumeHandle Opened(const std::string& path) {
    const Reply reply = Ask(VolumeOpen{path});
    INFO(path << " -> " << Text(reply));
    REQUIRE(reply.ok());
    REQUIRE(Ask(VolumeOnline{std::get<VolumeHandle>(reply.value)}).ok());
    return std::get<VolumeHandle>(reply.value);
  }

  Volumes volumes;
  ResourceId id{1};
};

std::vector<std::string> AllBelow(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    names.push_back(entry.path().lexically_relative(folder).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST_CASE("what lies in the host's own folders is no volume, whatever it is called",
          "[env][volume]") {
  OwnLab lab;
  fs::create_symlink(lab.record(), lab.dir + "/link");
  fs::create_directory_symlink(lab.dir + "/state", lab.dir + "/folder");
  fs::create_hard_link(lab.record(), lab.dir + "/other-name");
  const std::string self = "/proc/self/root" + lab.record();
  for (const std::string& path :
       {lab.record(), lab.dir + "/link", lab.dir + "/folder/values/vol1/payload",
        lab.dir + "/run/../state//values/./vol1/payload", lab.dir + "/other-name", self}) {
    CHECK(lab.Open(path) == "ERROR_ACCESS_DENIED");
    CHECK(lab.Open("loop:" + path) == "ERROR_ACCESS_DENIED");
  }
  const Reply reply = lab.Ask(VolumeOpen{lab.dir + "/link"});
  CHECK(reply.detail == lab.record() + " is in " + lab.dir +
                            "/state, which is this host's own; keep volumes in a folder of their "
                            "own");
  // Nothing was left beside it; and what lies elsewhere is opened, with several names too.
  CHECK(AllBelow(lab.dir + "/state") ==
        std::vector<std::string>{"values", "values/vol1", "values/vol1/payload"});
  const std::string image = lab.Image();
  fs::create_hard_link(image, lab.dir + "/disk2.img");
  CHECK(lab.Open(image).starts_with("ok "));
  CHECK(lab.Open(lab.dir + "/state.img") == "ERROR_FILE_NOT_FOUND");
}

TEST_CASE("the host's own is nothing that a resource has brought up", "[env][volume]") {
  OwnLab lab;
  // As if it had been mounted once.
  fs::create_symlink(lab.record(), lab.where());
  fs::create_symlink(lab.where(), lab.record() + ".mounted_at");
  const Reply reply = lab.Ask(VolumeOurs{lab.record(), lab.where()});
  INFO(Text(reply));
  CHECK(reply.code == ErrorCode::kNotFound);
  CHECK(fs::is_symlink(lab.where()));
}

TEST_CASE("the host's own folder is known by another mount, too", "[env][volume]") {
  OwnLab lab;
  const std::string bound = lab.dir + "/bound";
  fs::create_directory(bound);
  if (mount(lab.dir.c_str(), bound.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    SKIP("skipped: a bind mount needs root");
  }
  CHECK(lab.Open(bound + "/state/values/vol1/payload") == "ERROR_ACCESS_DENIED");
  lab.Image();
  CHECK(lab.Open(bound + "/disk.img").starts_with("ok "));
}

TEST_CASE("a folder of the host's may be made after the table of volumes", "[env][volume]") {
  Lab lab;
  Volumes volumes({.own_folders = {lab.dir + "/later/state"}});
  const std::string image = lab.Image();
  CHECK(volumes.Perform({1}, VolumeOpen{image}).ok());
  fs::create_directory(lab.dir + "/real");
  fs::create_directory_symlink(lab.dir + "/real", lab.dir + "/later");
  fs::create_directories(lab.dir + "/later/state/records");
  std::ofstream(lab.dir + "/real/state/records/x") << "x";
  for (const char* path : {"/later/state/records/x", "/real/state/records/x"}) {
    CHECK(volumes.Perform({1}, VolumeOpen{lab.dir + path}).code == ErrorCode::kAccessDenied);
  }
}

TEST_CASE("what the kernel shows as files, and the system's own, is no volume", "[env][volume]") {
  OwnLab lab;
  for (const char* path : {"/proc/self/mem", "/proc/self/environ", "/proc/version", "/proc/mounts",
                           "/sys/kernel/uevent_seqnum", "/etc/passwd", "/etc/hostname",
                           "/proc/self/root/etc/passwd", "/usr/bin/env", "/bin/sh"}) {
    if (access(path, F_OK) != 0) continue;
    CHECK(lab.Open(path) == "ERROR_ACCESS_DENIED");
    CHECK(lab.Open(std::string("loop:") + path) == "ERROR_ACCESS_DENIED");
  }
  for (const char* path : {"/dev/null", "/dev/mem", "/dev/kmsg", "/dev/tty", "/dev/ptmx"}) {
    if (access(path, F_OK) != 0) continue;
    CHECK(lab.Open(path) == "ERROR_INVALID_PARAMETER");
    CHECK(lab.Open(std::string("loop:") + path) == "ERROR_INVALID_PARAMETER");
  }
}

// Removed also where the test fails: a link into a system's folder must not stay.
struct Removed {
  std::string path;
  ~Removed() { (void)unlink(path.c_str()); }
};

TEST_CASE("no image is mounted where a system or somebody's programs read", "[env][volume]") {
  OwnLab lab;
  const VolumeHandle v = lab.Opened(lab.Image());
  fs::create_directory(lab.dir + "/.ssh");
  fs::create_directory_symlink("/etc", lab.dir + "/to-etc");
  const std::string name = "tidegate-test-" + std::to_string(getpid());
  for (const std::string& folder : {std::string("/etc"),
                                    std::string("/etc/profile.d"),
                                    std::string("/etc/cron.d"),
                                    std::string("/usr/local/bin"),
                                    std::string("/usr/lib"),
                                    std::string("/bin"),
                                    std::string("/lib"),
                                    std::string("/boot"),
                                    std::string("/sbin"),
                                    std::string("/var/lib"),
                                    std::string("/var/spool"),
                                    std::string("/var/spool/cron"),
                                    std::string("/run"),
                                    std::string("/run/systemd"),
                                    std::string("/proc"),
                                    std::string("/sys"),
                                    std::string("/dev"),
                                    lab.dir + "/.ssh",
                                    lab.dir + "/to-etc",
                                    lab.dir + "/to-etc/profile.d",
                                    lab.dir + "/state",
                                    lab.dir + "/state/values/vol1",
                                    lab.dir + "/run",
                                    lab.dir + "/../../../etc",
                                    std::string("/proc/self/root/etc")}) {
    if (!fs::is_directory(folder)) continue;
    const Removed removed{folder + "/" + name};
    const Reply reply = lab.Ask(VolumeMount{v, removed.path, false});
    INFO(removed.path << " -> " << Text(reply));
    CHECK(reply.code == ErrorCode::kAccessDenied);
    struct stat s = {};
    CHECK(lstat(removed.path.c_str(), &s) != 0);
  }
  for (const std::string& where : {lab.dir + "/.bash_login", lab.dir + "/...",
                                   std::string("/.") + name, std::string("/lib32/") + name}) {
    if (!fs::is_directory(fs::path(where).parent_path())) continue;
    const Removed removed{where};
    CHECK(Short(lab.Ask(VolumeMount{v, where, false})) == "ERROR_ACCESS_DENIED");
  }
  CHECK(Short(lab.Ask(VolumeIsMounted{v})) == "ok false");
  CHECK_FALSE(fs::is_symlink(lab.dir + "/disk.img.mounted_at"));
  // And where it may be.
  fs::create_directory(lab.dir + "/real");
  fs::create_directory_symlink(lab.dir + "/real", lab.dir + "/way");
  CHECK(Short(lab.Ask(VolumeMount{v, lab.dir + "/way/mnt", false})) == "ok");
  CHECK(fs::is_symlink(lab.dir + "/real/mnt"));
  CHECK(Short(lab.Ask(VolumeDismount{v, false})) == "ok");
  CHECK_FALSE(fs::is_symlink(lab.dir + "/real/mnt"));
}

TEST_CASE("an image takes no name that something has, not an empty folder's either",
          "[env][volume]") {
  OwnLab lab;
  const VolumeHandle v = lab.Opened(lab.Image());
  fs::create_directory(lab.dir + "/empty");
  std::ofstream(lab.dir + "/file") << "x";
  fs::create_symlink(lab.dir + "/nothing", lab.dir + "/dangling");
  for (const char* where : {"/empty", "/file", "/dangling"}) {
    CHECK(Short(lab.Ask(VolumeMount{v, lab.dir + where, false})) == "ERROR_ACCESS_DENIED");
  }
  CHECK(fs::is_directory(lab.dir + "/empty"));
  CHECK(fs::read_symlink(lab.dir + "/dangling") == lab.dir + "/nothing");
  // What is called as the way back is, and is no link, is somebody's file.
  std::ofstream(lab.dir + "/disk.img.mounted_at") << "a file";
  CHECK(Short(lab.Ask(VolumeMount{v, lab.where(), false})) != "ok");
  CHECK(fs::file_size(lab.dir + "/disk.img.mounted_at") == 6);
  CHECK_FALSE(fs::is_symlink(lab.where()));
}

TEST_CASE("nothing is mounted in, over or above the host's own folders", "[env][volume]") {
  OwnLab lab;
  Lab::NeedsLoop();
  const VolumeHandle v = lab.Opened(lab.Make("loop"));
  fs::create_directory_symlink(lab.dir + "/state", lab.dir + "/link");
  fs::create_directory(lab.dir + "/state/empty");
  for (const char* where : {"/state", "/state/empty", "/state/new", "/run", "/link", "/link/empty",
                            "/state/../state"}) {
    CHECK(Short(lab.Ask(VolumeMount{v, lab.dir + where, false})) == "ERROR_ACCESS_DENIED");
  }
  CHECK(Short(lab.Ask(VolumeMount{v, lab.dir, false})) == "ERROR_ACCESS_DENIED");
  CHECK(Short(lab.Ask(VolumeIsMounted{v})) == "ok false");
  CHECK(Short(lab.Ask(VolumeMount{v, lab.where(), false})) == "ok");
  CHECK(Short(lab.Ask(VolumeDismount{v, false})) == "ok");
}

TEST_CASE("nothing is mounted where a system keeps its programs and settings", "[env][volume]") {
  OwnLab lab;
  const VolumeHandle v = lab.Opened(lab.Make("block"));
  const std::string view = lab.dir + "/view";
  fs::create_directory(view);
  REQUIRE(mount("/etc", view.c_str(), nullptr, MS_BIND, nullptr) == 0);
  for (const std::string& where :
       {std::string("/etc"), std::string("/etc/cron.d"), std::string("/etc/tidegate-none/new"),
        std::string("/bin"), std::string("/usr/bin"), std::string("/usr/lib/tidegate-none"),
        std::string("/root/.tidegate-none"), view, view + "/cron.d", view + "/tidegate-none"}) {
    INFO(where);
    const Reply refused = lab.Ask(VolumeMount{v, where, false});
    INFO(Text(refused));
    const bool none = refused.code == ErrorCode::kPathNotFound && where.find("none/") != where.npos;
    CHECK((refused.code == ErrorCode::kAccessDenied || none));
  }
  CHECK(Short(lab.Ask(VolumeIsMounted{v})) == "ok false");
}

TEST_CASE("an image's file system takes the place of nothing", "[env][volume]") {
  OwnLab lab;
  Lab::NeedsLoop();
  const VolumeHandle v = lab.Opened(lab.Make("loop"));
  fs::create_directories(lab.where() + "/something");
  CHECK(Short(lab.Ask(VolumeMount{v, lab.where(), false})) == "ERROR_ACCESS_DENIED");
  fs::remove(lab.where() + "/something");
  CHECK(Short(lab.Ask(VolumeMount{v, lab.where(), false})) == "ok");
  CHECK(Short(lab.Ask(VolumeDismount{v, false})) == "ok");
}

TEST_CASE("what the host reads, and what shows it, is no volume and no mount point",
          "[env][volume]") {
  OwnLab lab;
  fs::create_directory(lab.dir + "/policies");
  for (const char* file : {"/policies/policy.lua", "/alone.lua"}) {
    std::ofstream(lab.dir + file) << "return {}";
  }
  lab.volumes.KeepOff(lab.dir + "/policies");
  lab.volumes.KeepOff(lab.dir + "/alone.lua");
  fs::create_hard_link(lab.dir + "/alone.lua", lab.dir + "/other-name");
  fs::create_directories(lab.dir + "/view");
  REQUIRE(mount((lab.dir + "/state/values").c_str(), (lab.dir + "/view").c_str(), nullptr, MS_BIND,
                nullptr) == 0);
  for (const char* file :
       {"/policies/policy.lua", "/alone.lua", "/other-name", "/view/vol1/payload"}) {
    CHECK(lab.Open(lab.dir + file) == "ERROR_ACCESS_DENIED");
  }
  const VolumeHandle v = lab.Opened(lab.Make("image"));
  for (const char* where : {"/policies/more.lua", "/policies", "/alone.lua", "/view/vol1/new"}) {
    CHECK(Short(lab.Ask(VolumeMount{v, lab.dir + where, false})) == "ERROR_ACCESS_DENIED");
  }
  CHECK(Short(lab.Ask(VolumeMount{v, lab.where(), false})) == "ok");  // beside them
}

TEST_CASE("a link that somebody else made to an image is his", "[env][volume]") {
  OwnLab lab;
  const std::string image = lab.Make("image");
  const VolumeHandle v = lab.Opened(image);
  fs::create_symlink(image, lab.where());
  CHECK(Short(lab.Ask(VolumeMount{v, lab.where(), false})) == "ERROR_ACCESS_DENIED");
  CHECK(Short(lab.Ask(VolumeOurs{image, lab.where()})) == "ERROR_NOT_FOUND");
  CHECK(fs::is_symlink(lab.where()));
  VolumeProbe probe{v, {0}, "mounted_at"};
  CHECK(Short(lab.Ask(probe)) == "ERROR_INVALID_PARAMETER");
}

// Two names change places, again and again.
class Swapping {
 public:
  Swapping(std::string a, std::string b)
      : thread_([this, a = std::move(a), b = std::move(b)] {
          while (!end_) {
            (void)renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE);
            ++times_;
          }
        }) {}
  ~Swapping() {
    end_ = true;
    thread_.join();
  }
  long times() const { return times_; }

 private:
  std::atomic<bool> end_ = false;
  std::atomic<long> times_ = 0;
  std::thread thread_;
};

TEST_CASE("a folder that becomes a link between look and use gets no link of ours",
          "[env][volume]") {
  OwnLab lab;
  const VolumeHandle v = lab.Opened(lab.Image());
  fs::create_directory(lab.dir + "/place");
  fs::create_directory_symlink(lab.dir + "/state", lab.dir + "/decoy");
  const std::vector<std::string> before = AllBelow(lab.dir + "/state");
  int mounted = 0;
  {
    const Swapping swapping(lab.dir + "/place", lab.dir + "/decoy");
    for (int i = 0; i < 3000 || swapping.times() < 3000; ++i) {
      if (lab.Ask(VolumeMount{v, lab.dir + "/place/mnt", false}).ok()) ++mounted;
      if (i % 3 == 0) (void)lab.Ask(VolumeDismount{v, true});
      REQUIRE(AllBelow(lab.dir + "/state") == before);
    }
  }
  CHECK(mounted > 0);
}

TEST_CASE("an image whose folder becomes a link has nothing written beside it elsewhere",
          "[env][volume]") {
  OwnLab lab;
  fs::create_directory(lab.dir + "/place");
  const VolumeHandle v = lab.Opened(lab.Image("place/disk.img"));
  fs::create_directory_symlink(lab.dir + "/state", lab.dir + "/decoy");
  const std::vector<std::string> before = AllBelow(lab.dir + "/state");
  {
    const Swapping swapping(lab.dir + "/place", lab.dir + "/decoy");
    for (int i = 0; i < 3000 || swapping.times() < 3000; ++i) {
      (void)lab.Ask(VolumeMount{v, lab.where(), false});
      if (i % 10 == 0) (void)lab.Ask(VolumeProbe{v, {0}, "probe"});
      if (i % 3 == 0) (void)lab.Ask(VolumeDismount{v, true});
      REQUIRE(AllBelow(lab.dir + "/state") == before);
    }
  }
}

}  // namespace
}  // namespace tidegate::test
