// Loop devices.
#include "host/env/linux/loop.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <thread>

#include "host/core/limits.h"
#include "host/env/linux/errno_map.h"
#include "host/env/linux/holders.h"
#include "host/env/linux/sysfs.h"

namespace tidegate {
namespace {

struct Found {
  std::string node;
  dev_t device = 0;
  bool leaving = false;  // the kernel detaches it when the last one closes it
};

bool Backs(const std::string& node, const std::string& file, dev_t device, ino_t inode) {
  struct stat s = {};
  if (stat(file.c_str(), &s) == 0) return s.st_dev == device && s.st_ino == inode;
  // The image was deleted, moved or lies outside this root: only the driver knows it. Not asked
  // otherwise, since to open a loop device delays whoever detaches it.
  const Fd fd(open(node.c_str(), O_RDONLY | O_CLOEXEC));
  loop_info64 info = {};
  return fd && ioctl(fd.get(), LOOP_GET_STATUS64, &info) == 0 && info.lo_device == device &&
         info.lo_inode == inode;
}

Found Find(dev_t device, ino_t inode) {
  Found found;
  for (const std::string& name : NamesIn("/sys/block")) {
    if (!name.starts_with("loop")) continue;
    const std::string sys = "/sys/block/" + name;
    const auto file = ReadAttribute(sys + "/loop/backing_file");
    if (!file || file->empty() || !Backs("/dev/" + name, *file, device, inode)) continue;
    const std::string number = ReadAttribute(sys + "/dev").value_or("7:0");
    const auto after = number.c_str() + number.find(':') + 1;
    found = {"/dev/" + name,
             makedev(static_cast<unsigned>(std::strtoul(number.c_str(), nullptr, 10)),
                     static_cast<unsigned>(std::strtoul(after, nullptr, 10))),
             ReadAttribute(sys + "/loop/autoclear") == "1"};
    if (!found.leaving) break;
  }
  return found;
}

bool IsGone(const Found& found) {
  return found.node.empty() || (found.leaving && MountsOf(found.device, found.node).empty());
}

Outcome Deleted(const std::string& image, const std::string& node) {
  return Error{ErrorCode::kAccessDenied, "",
               image + " was deleted and lives only in " + node +
                   "; to detach it would lose it: copy it from there first"};
}

}  // namespace

std::string LoopNodeOf(dev_t device, ino_t inode) { return Find(device, inode).node; }

bool LoopDevice::IsOffline() const {
  return IsGone(Find(target().identity.device, target().identity.inode));
}

std::string LoopDevice::Node() const {
  return Find(target().identity.device, target().identity.inode).node;
}

dev_t LoopDevice::Rdev() const {
  return Find(target().identity.device, target().identity.inode).device;
}

Result<Geometry> LoopDevice::Measure() const {
  if (!IsOffline()) return BlockDevice::Measure();
  struct stat s = {};
  if (stat(target().path.c_str(), &s) != 0) return ErrnoError(errno, target().path);
  return Geometry{s.st_size, 512, access(target().path.c_str(), W_OK) != 0};
}

Result<Fd> LoopDevice::OpenForProbe() const {
  const Result<Geometry> geometry = BlockDevice::Measure();
  if (!geometry) return geometry.error();
  struct stat s = {};
  // A read behind the end of a truncated image answers zeros and no error.
  if (stat(target().path.c_str(), &s) == 0 && s.st_ino == target().identity.inode &&
      s.st_size < geometry->size) {
    return Error{ErrorCode::kIoDevice, "",
                 target().path + " was truncated to " + std::to_string(s.st_size) +
                     " bytes under " + Node()};
  }
  return BlockDevice::OpenForProbe();
}

// What an image has in it is whoever's may write the file: it does not take the place of what is
// there.
Outcome LoopDevice::Mount(const std::string& where, bool read_only) {
  std::error_code error;
  const std::filesystem::directory_iterator first(where, error);
  if (!error && first != std::filesystem::directory_iterator()) {
    return Error{ErrorCode::kAccessDenied, "",
                 where + " is not empty; an image is mounted at an empty folder"};
  }
  return BlockDevice::Mount(where, read_only);
}

Outcome LoopDevice::GoOnline() {
  const Found found = Find(target().identity.device, target().identity.inode);
  if (found.node.empty()) return Attach();
  if (!IsGone(found)) return Ok();
  return Error{ErrorCode::kAccessDenied, "",
               "EBUSY: " + found.node + " is being detached but still in use" +
                   HoldersText({.file_system = found.device, .device = found.device})};
}

Outcome LoopDevice::Attach() {
  Result<Fd> image = OpenImage(target(), O_RDWR);
  const bool read_only = !image.ok();
  if (read_only) image = OpenImage(target(), O_RDONLY);
  if (!image) return image.error();
  const Fd control(open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  if (!control) return ErrnoError(errno, "/dev/loop-control");

  loop_config config = {};
  config.fd = static_cast<std::uint32_t>(image->get());
  // Without direct I/O a probe would read the page cache of the file below. The kernel leaves the
  // flag out by itself where the file system below cannot do it.
  config.info.lo_flags = LO_FLAGS_DIRECT_IO | (read_only ? LO_FLAGS_READ_ONLY : 0);
  std::strncpy(reinterpret_cast<char*>(config.info.lo_file_name), target().path.c_str(),
               LO_NAME_SIZE - 1);
  // Between asking for a free device and taking it another process may take it.
  constexpr int kAttempts = 64;
  for (int attempt = 1;; ++attempt) {
    const int n = ioctl(control.get(), LOOP_CTL_GET_FREE);
    if (n < 0) return ErrnoError(errno, "/dev/loop-control");
    const std::string node = "/dev/loop" + std::to_string(n);
    const Fd device(open(node.c_str(), O_RDWR | O_CLOEXEC));
    if (device && ioctl(device.get(), LOOP_CONFIGURE, &config) == 0) return Ok();
    const int number = errno;
    const bool again = number == EBUSY || number == ENXIO;
    if (!again || attempt == kAttempts) return ErrnoError(number, node + " for " + target().path);
    std::this_thread::sleep_for(std::chrono::milliseconds(attempt));
  }
}

Result<Fd> LoopDevice::GoOffline(Fd claim) {
  Found found = Find(target().identity.device, target().identity.inode);
  if (found.node.empty()) return Fd();
  struct stat s = {};
  if (lock_.held() && fstat(lock_.fd(), &s) == 0 && s.st_nlink == 0) {
    return Deleted(target().path, found.node).error();
  }
  if (!claim) claim = Fd(open(found.node.c_str(), O_RDWR | O_CLOEXEC));
  if (!claim || ioctl(claim.get(), LOOP_CLR_FD, 0) != 0) {
    if (errno != ENXIO) return ErrnoError(errno, found.node);
  }
  claim.Reset();  // the kernel detaches when the last one closes it
  const auto until =
      std::chrono::steady_clock::now() + std::chrono::nanoseconds(limits::kLoopDetachWait.ns);
  for (;;) {
    found = Find(target().identity.device, target().identity.inode);
    if (found.node.empty()) return Fd();
    if (std::chrono::steady_clock::now() > until) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  // Somebody has the device open and could go on writing: it is not offline, so it stays.
  const Fd device(open(found.node.c_str(), O_RDWR | O_CLOEXEC));
  loop_info64 info = {};
  if (device && ioctl(device.get(), LOOP_GET_STATUS64, &info) == 0) {
    info.lo_flags &= ~static_cast<std::uint32_t>(LO_FLAGS_AUTOCLEAR);
    ioctl(device.get(), LOOP_SET_STATUS64, &info);
  }
  return ErrnoError(
      ErrorCode::kAccessDenied, EBUSY,
      found.node + " is open" + HoldersText({.device = found.device, .skip_self = false}));
}

}  // namespace tidegate
