// A Lab is a folder with volumes of every kind, and it leaves nothing behind: no mount, no loop
// device, no process, no file, also when a test fails.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <linux/loop.h>
#include <signal.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "host/env/linux/loop.h"
#include "host/env/linux/volumes.h"

namespace tidegate::test {

// "ok", "ok true", "ERROR_NOT_READY": an answer without its details.
inline std::string Short(const Reply& reply) {
  return reply.ok() ? Text(reply) : std::string(Name(reply.code));
}

// One host process's table and one resource in it.
struct Host {
  explicit Host(VolumesOptions options = {}) : volumes(std::move(options)) {}
  Volumes volumes;
  ResourceId id{1};

  VolumeHandle Open(const std::string& path) {
    const Reply reply = volumes.Perform(id, VolumeOpen{path});
    INFO(path << ": " << Text(reply));
    REQUIRE(reply.ok());
    return std::get<VolumeHandle>(reply.value);
  }
  Reply Ask(const Call& call) { return volumes.Perform(id, call); }
  std::string operator()(const Call& call) {
    const Reply reply = Ask(call);
    UNSCOPED_INFO(tidegate::Text(call) << " -> " << Text(reply));
    return Short(reply);
  }
};

class Process {
 public:
  // Runs `body` in a child that has none of our descriptors, and waits until it says so.
  template <class Body>
  explicit Process(Body body) {
    int ready[2], end[2];
    REQUIRE(pipe(ready) == 0);
    REQUIRE(pipe(end) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ready[1], 3);
      dup2(end[0], 4);
      close_range(5, ~0U, 0);
      const char answer = body() ? 'y' : 'n';
      char c = 0;
      if (write(3, &answer, 1) == 1) (void)!read(4, &c, 1);
      _exit(0);
    }
    close(ready[1]);
    close(end[0]);
    end_ = end[1];
    char answer = 0;
    said_yes_ = read(ready[0], &answer, 1) == 1 && answer == 'y';
    close(ready[0]);
  }
  ~Process() { Kill(); }
  void Kill() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    close(end_);
    pid_ = -1;
  }
  bool said_yes() const { return said_yes_; }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int end_ = -1;
  bool said_yes_ = false;
};

class Lab {
 public:
  Lab() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    const char* tmp = std::getenv("TMPDIR");
    std::string name =
        std::string(tmp != nullptr ? tmp : "/tmp") + "/tidegate-lab-" + std::string(6, 'X');
    REQUIRE(mkdtemp(name.data()) != nullptr);
    dir = std::filesystem::canonical(name);
  }
  ~Lab() {
    std::vector<MountPoint> mounts = AllMounts();
    for (auto m = mounts.rbegin(); m != mounts.rend(); ++m) {
      if (m->where.starts_with(dir)) umount2(m->where.c_str(), MNT_DETACH);
    }
    for (const std::string& image : images_) Detach(image);
    std::error_code ignored;
    std::filesystem::remove_all(dir, ignored);
  }

  std::string Image(const std::string& name = "disk.img", int mib = 8) {
    std::string path = dir + "/" + name;
    std::ofstream(path).close();
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(mib) << 20);
    images_.push_back(path);
    return path;
  }
  std::string Formatted(const std::string& name = "disk.img", const char* type = "ext4") {
    std::string path = Image(name);
    const std::string command = "PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q -F -t " +
                                std::string(type) + " '" + path + "' >/dev/null 2>&1";
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    if (std::system(command.c_str()) != 0) SKIP("skipped: needs mkfs.ext4 (e2fsprogs)");
    return path;
  }
  // A loop device that this test made, as it were an operator's disk.
  std::string Disk(const std::string& image) {
    NeedsLoop();
    LoopDevice device(*Resolve("loop:" + image));
    REQUIRE(device.GoOnline().ok());
    return device.Node();
  }
  // The VolumePath of a formatted volume of this kind.
  std::string Make(const std::string& kind) {
    if (kind == "image") return Image();
    NeedsLoop();
    const std::string image = Formatted();
    return kind == "loop" ? "loop:" + image : Disk(image);
  }
  static void NeedsLoop() {
    const bool usable = geteuid() == 0 && access("/dev/loop-control", W_OK) == 0;
    if (!usable) SKIP("skipped: needs root / loop devices");
  }
  static void Detach(const std::string& image) {
    struct stat s = {};
    if (stat(image.c_str(), &s) != 0) return;
    const std::string node = LoopNodeOf(s.st_dev, s.st_ino);
    const Fd fd(node.empty() ? -1 : open(node.c_str(), O_RDWR | O_CLOEXEC));
    if (fd) ioctl(fd.get(), LOOP_CLR_FD, 0);
  }

  std::string dir;
  std::string where() const { return dir + "/mnt"; }

 private:
  std::vector<std::string> images_;
};

inline std::size_t OpenDescriptors() {
  std::size_t n = 0;
  for ([[maybe_unused]] const auto& fd : std::filesystem::directory_iterator("/proc/self/fd")) ++n;
  return n;
}

}  // namespace tidegate::test
