// Making, hurting, mending and removing the demo's volume.
#include "host/apps/tidegate/demo_volume.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/loop.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "host/env/linux/loop.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kSize = 64 * kMiB;
// The file system ends before the image does: what is cut off to make the device fail is not its.
constexpr std::int64_t kFileSystemSize = 62 * kMiB;
constexpr std::int64_t kMarkAt = 62 * kMiB + 4096;
constexpr std::int64_t kBrokenSize = 63 * kMiB;
constexpr char kMark[] = "written before the trouble began\n";

Error Cannot(const fs::path& path, const char* what) {
  return {ErrorCode::kAccessDenied, "", path.string() + ": " + what + ": " + std::strerror(errno)};
}

// The system's own e2fsprogs; an ordinary user's PATH often lacks /sbin.
int RunTool(std::vector<std::string> words) {
  for (const char* folder : {"/sbin/", "/usr/sbin/"}) {
    const std::string tool = folder + words[0];
    if (access(tool.c_str(), X_OK) != 0) continue;
    words[0] = tool;
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    pid_t pid = 0;
    const int failed = posix_spawn(&pid, tool.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    if (failed != 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
  }
  return -1;
}

Fd LockFolder(const fs::path& dir) {
  Fd fd(open((dir / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (fd && flock(fd.get(), LOCK_EX | LOCK_NB) != 0) fd.Reset();
  return fd;
}

bool CanMakeLoopDevices() {
  return geteuid() == 0 && access("/dev/loop-control", R_OK | W_OK) == 0;
}

}  // namespace

Result<std::unique_ptr<DemoVolume>> DemoVolume::Make(std::string kind, const std::string& given) {
  if (kind.empty()) kind = CanMakeLoopDevices() ? "loop" : "image";
  if (kind == "loop" && !CanMakeLoopDevices()) {
    return Error{ErrorCode::kAccessDenied, "",
                 "--volume loop needs root and /dev/loop-control; --volume image needs neither"};
  }
  Fd lock;
  fs::path dir;
  for (int n = 0; n < 8 && !lock; ++n) {  // beside a demo that runs: the next name
    dir = given.empty()
              ? fs::temp_directory_path() / ("tidegate-demo-" + kind + "-" +
                                             std::to_string(geteuid()) + "-" + std::to_string(n))
              : fs::absolute(given);
    if (mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) return Cannot(dir, "cannot be made");
    struct stat info {};
    if (lstat(dir.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid()) {
      if (!given.empty()) return Cannot(dir, "must be a folder of your own");
      continue;
    }
    lock = LockFolder(dir);
  }
  if (!lock) return Error{ErrorCode::kSharingViolation, "", dir.string() + ": a demo runs here"};
  std::unique_ptr<DemoVolume> volume(new DemoVolume(dir, kind == "loop", std::move(lock)));
  volume->keep_dir_ = !given.empty();
  std::error_code error;
  volume->found_ = fs::exists(volume->image(), error);
  if (volume->found_) {
    if (Outcome mended = volume->Mend(); !mended) return mended.error();
  } else if (Outcome made = volume->MakeImage(); !made) {
    return made.error();
  }
  return volume;
}

Outcome DemoVolume::MakeImage() {
  const fs::path part = dir_ / "volume.img.part";
  {
    const Fd fd(open(part.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd || ftruncate(fd.get(), kSize) != 0) return Cannot(part, "cannot be made");
  }
  const int made = RunTool({"mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", part.string(),
                            std::to_string(kFileSystemSize / 4096)});
  if (made != 0 && loop_) {
    return Error{ErrorCode::kFileNotFound, "",
                 "mke2fs failed or is missing; install e2fsprogs, or take --volume image"};
  }
  if (rename(part.c_str(), image().c_str()) != 0) return Cannot(image(), "cannot be made");
  return Ok();
}

std::string DemoVolume::description() const {
  std::string text = loop_ ? "A real ext4 file system on a loop device, "
                           : "An image file as the volume (a loop device with ext4 needs root), ";
  text += image().string();
  if (found_) text += "\nIt was left behind by a demo that was killed: taken over as it is found.";
  return text;
}

Properties DemoVolume::properties() const {
  return {{"VolumePath", (loop_ ? "loop:" : "") + image().string()},
          {"MountPoint", mount_point().string()},
          {"ProbeSector", kSize / 512 - 8}};
}

std::string DemoVolume::written() const {
  return loop_ ? "writes " + (mount_point() / "tide.txt").string() + " and syncs it"
               : "writes a mark into the image and syncs it";
}

Outcome DemoVolume::WriteFile() {
  const fs::path file = loop_ ? mount_point() / "tide.txt" : image();
  const Fd fd(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  const auto size = static_cast<ssize_t>(sizeof kMark - 1);
  if (!fd || pwrite(fd.get(), kMark, sizeof kMark - 1, loop_ ? 0 : kMarkAt) != size ||
      fsync(fd.get()) != 0) {
    return Cannot(file, "cannot be written");
  }
  return Ok();
}

Outcome DemoVolume::UnmountBehindItsBack() {
  const int done = loop_ ? umount2(mount_point().c_str(), 0) : unlink(mount_point().c_str());
  if (done != 0) return Cannot(mount_point(), "cannot be unmounted");
  return Ok();
}

std::string DemoVolume::failure() const { return "its last MiB cannot be read any more"; }

Outcome DemoVolume::Break() {
  if (truncate(image().c_str(), kBrokenSize) != 0) return Cannot(image(), "cannot be cut");
  return Ok();
}

Outcome DemoVolume::Mend() {
  if (truncate(image().c_str(), kSize) != 0) return Cannot(image(), "cannot be mended");
  return Ok();
}

Result<std::string> DemoVolume::Verify() {
  if (loop_) {
    const fs::path copy = dir_ / "copy";
    const int clean = RunTool({"e2fsck", "-f", "-n", image().string()});
    const int dumped =
        RunTool({"debugfs", "-R", "dump /tide.txt " + copy.string(), image().string()});
    std::ifstream in(copy);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (clean != 0) {
      return Error{ErrorCode::kDiskCorrupt, "",
                   "e2fsck -fn finds errors (exit code " + std::to_string(clean) + ")"};
    }
    if (dumped != 0 || text != kMark) {
      return Error{ErrorCode::kFileCorrupt, "", "what was written is not on the volume"};
    }
    return std::string("e2fsck -fn: clean; tide.txt is there, word for word");
  }
  const Fd fd(open(image().c_str(), O_RDONLY | O_CLOEXEC));
  char mark[sizeof kMark - 1] = {};
  if (!fd || pread(fd.get(), mark, sizeof mark, kMarkAt) != static_cast<ssize_t>(sizeof mark) ||
      std::memcmp(mark, kMark, sizeof mark) != 0) {
    return Error{ErrorCode::kFileCorrupt, "", "what was written is not in the image"};
  }
  return std::string("the mark is there, word for word");
}

Outcome DemoVolume::Clean() {
  if (loop_) {
    while (umount2(mount_point().c_str(), MNT_DETACH) == 0) {
    }
    struct stat info {};
    if (stat(image().c_str(), &info) == 0) {
      const std::string node = LoopNodeOf(info.st_dev, info.st_ino);
      const Fd fd(node.empty() ? -1 : open(node.c_str(), O_RDONLY | O_CLOEXEC));
      if (fd) (void)ioctl(fd.get(), LOOP_CLR_FD);
    }
  }
  std::error_code error;
  fs::remove(mount_point(), error);  // never what may still be mounted there
  for (const char* name : {"volume.img", "volume.img.part", "volume.img.mounted_at", "copy",
                           "edited", "state", "run", "lock"}) {
    fs::remove_all(dir_ / name, error);
    if (error)
      return Error{ErrorCode::kAccessDenied, "", (dir_ / name).string() + ": " + error.message()};
  }
  if (!keep_dir_) fs::remove(dir_, error);
  return Ok();
}

}  // namespace tidegate
