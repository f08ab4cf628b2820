// Block devices and SCSI disks.
#include "host/env/linux/block.h"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <thread>

#include "host/env/linux/errno_map.h"
#include "host/env/linux/holders.h"
#include "host/env/linux/read.h"
#include "host/env/linux/superblock.h"
#include "host/env/linux/sysfs.h"

namespace tidegate {
namespace {

std::int64_t IntegerOf(const std::optional<std::string>& text) {
  return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
}

// Creates the last component where it is missing; never a whole tree, which is more likely a typo.
Outcome PrepareMountPoint(const std::string& where) {
  struct stat s = {};
  if (mkdir(where.c_str(), 0755) != 0 && errno != EEXIST) {
    const int number = errno;
    return ErrnoError(number == ENOENT ? ErrorCode::kPathNotFound : CodeOfErrno(number), number,
                      where);
  }
  if (stat(where.c_str(), &s) != 0) return ErrnoError(ErrorCode::kPathNotFound, errno, where);
  if (!S_ISDIR(s.st_mode)) return ErrnoError(ErrorCode::kPathNotFound, ENOTDIR, where);
  return Ok();
}

ErrorCode CodeOfMountErrno(int number) {
  switch (number) {
    case EINVAL:  // the kernel found no superblock, or a bad one, where we saw its magic number
    case EUCLEAN:
    case EBADMSG:
      return ErrorCode::kDiskCorrupt;
    case ENODEV:
      return ErrorCode::kUnrecognizedVolume;
    case EACCES:
      return ErrorCode::kWriteProtect;
    default:
      return CodeOfErrno(number);
  }
}

}  // namespace

Result<Fd> BlockDevice::OpenNode(int flags) const {
  const std::string node = Node();
  if (node.empty()) {
    return Error{ErrorCode::kNotReady, "", "ENXIO: " + target_.path + " has no device now"};
  }
  Fd fd(open(node.c_str(), flags | O_CLOEXEC));
  if (!fd && errno == ENOENT) return ErrnoError(ErrorCode::kNotReady, errno, node);
  if (!fd) return ErrnoError(errno, node);
  struct stat s = {};
  if (fstat(fd.get(), &s) == 0 && S_ISBLK(s.st_mode) && s.st_rdev == Rdev()) return fd;
  return Error{ErrorCode::kNotReady, "", "ENXIO: " + node + " is another device by now"};
}

bool BlockDevice::IsRemoved() const {
  return !Node().empty() && access("/sys/dev/block", F_OK) == 0 &&
         access(SysOf(Rdev()).c_str(), F_OK) != 0;
}

Result<Geometry> BlockDevice::Measure() const {
  const Result<Fd> fd = OpenNode(O_RDONLY);
  if (!fd) return fd.error();
  std::uint64_t size = 0;
  int block = 0;
  int read_only = 0;
  if (ioctl(fd->get(), BLKGETSIZE64, &size) != 0 || ioctl(fd->get(), BLKSSZGET, &block) != 0 ||
      ioctl(fd->get(), BLKROGET, &read_only) != 0) {
    return ErrnoError(errno, Node());
  }
  return Geometry{static_cast<std::int64_t>(size), block, read_only != 0};
}

Result<Fd> BlockDevice::OpenForProbe() const { return OpenNode(O_RDONLY | O_DIRECT); }

std::vector<MountPoint> BlockDevice::Mounts() const {
  const std::string node = Node();
  return node.empty() ? std::vector<MountPoint>{} : MountsOf(Rdev(), node);
}

Result<Extents> BlockDevice::Where() const {
  const Result<Geometry> geometry = Measure();
  if (!geometry) return geometry.error();
  const std::string sys = SysOf(Rdev());
  if (!ReadAttribute(sys + "/partition")) return Extents{{minor(Rdev()), 0, geometry->size}};
  // "8:0": the disk that the partition is on.
  const std::string disk = ReadAttribute(sys + "/../dev").value_or("0:0");
  constexpr std::int64_t kSector = 512;
  return Extents{{std::strtoll(disk.c_str() + disk.find(':') + 1, nullptr, 10),
                  IntegerOf(ReadAttribute(sys + "/start")) * kSector, geometry->size}};
}

Result<std::int64_t> BlockDevice::Number() const {
  if (Node().empty()) return OpenNode(O_RDONLY).error();
  return static_cast<std::int64_t>(minor(Rdev()));
}

Outcome BlockDevice::Flush() const {
  for (const MountPoint& m : Mounts()) {
    const Fd root(open(m.where.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root || syncfs(root.get()) != 0) return ErrnoError(errno, m.where);
  }
  const Result<Fd> fd = OpenNode(O_RDONLY);
  if (!fd) return fd.error();
  if (fsync(fd->get()) != 0) return ErrnoError(errno, Node());
  return Ok();
}

Result<Fd> BlockDevice::ProbeDirectory(const std::string& where) const {
  for (const MountPoint& m : Mounts()) {
    if (!where.empty() && m.where != where) continue;
    Fd root(open(m.where.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root) return ErrnoError(errno, m.where);
    return root;
  }
  return Error{ErrorCode::kNotReady, "", "not mounted: there is no place for a file to write"};
}

bool BlockDevice::IsPartition() const {
  return ReadAttribute(SysOf(Rdev()) + "/partition").has_value();
}

bool BlockDevice::IsMapped() const { return ReadAttribute(SysOf(Rdev()) + "/dm/name").has_value(); }

// Why not for writing: udev looks at every disk that somebody closes after that.
Result<Fd> BlockDevice::OpenForCommands() const { return OpenNode(O_RDONLY | O_NONBLOCK); }

Result<Fd> BlockDevice::Claim() {
  if (IsRemoved()) return Fd();  // nobody can mount what is not there
  // A file system that was just unmounted, or a program that just looks, lets go within moments.
  constexpr int kAttempts = 10;
  for (int attempt = 1;; ++attempt) {
    Result<Fd> fd = OpenNode(O_RDWR | O_EXCL);
    if (!fd && fd.error().code == ErrorCode::kWriteProtect) fd = OpenNode(O_RDONLY | O_EXCL);
    if (fd.ok() || fd.error().code != ErrorCode::kBusy) return fd;
    if (attempt == kAttempts) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return ErrnoError(ErrorCode::kAccessDenied, EBUSY,
                    Node() +
                        " is claimed by someone else (mounted in another namespace, or part of "
                        "a dm, md or LVM device)" +
                        HoldersText({.file_system = Rdev(), .device = Rdev(), .skip_self = true}));
}

Result<std::string> BlockDevice::FileSystemType() const {
  const Result<std::vector<unsigned char>> start = ReadStart(*this, kSuperblockBytes);
  if (!start) return start.error();
  const auto found = ReadSuperblock(*start);
  if (!found) {
    return Error{ErrorCode::kUnrecognizedVolume, "", Node() + " has no file system that is known"};
  }
  return found->type;
}

// Mounted is over the folder that was looked at, held open: what is put in its place meanwhile, or
// made of a folder above it, gets nothing.
Outcome BlockDevice::Mount(const std::string& where, bool read_only) {
  const Result<std::string> type = FileSystemType();
  if (!type) return type.error();
  if (Outcome prepared = PrepareMountPoint(where); !prepared) return prepared;
  const Fd over(open(where.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!over) return ErrnoError(ErrorCode::kPathNotFound, errno, where);
  if (const Result<std::string> real = PathOf(over); !real || *real != where) {
    return Error{ErrorCode::kAccessDenied, "",
                 where + " has become a link to " + (real ? *real : "elsewhere")};
  }
  const std::string place = "/proc/self/fd/" + std::to_string(over.get());
  const std::string node = Node();
  const unsigned long flags = MS_NODEV | MS_NOSUID | (read_only ? MS_RDONLY : 0);
  int failed = mount(node.c_str(), place.c_str(), type->c_str(), flags, nullptr);
  if (failed != 0 && errno == ENODEV && type->starts_with("ext")) {
    failed = mount(node.c_str(), place.c_str(), "ext4", flags, nullptr);
  }
  if (failed != 0) {
    const int number = errno;
    return ErrnoError(CodeOfMountErrno(number), number, node + " (" + *type + ") on " + where);
  }
  // A file system that was shut down but is still in the kernel mounts, and is as dead as before.
  const Fd root(open(where.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (root ? !IsShutDown(root.get()) : errno != EIO) return Ok();
  umount2(where.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
  return Error{ErrorCode::kBusy, "",
               "EIO: a forced dismount left files open" +
                   HoldersText({.file_system = Rdev(), .skip_self = false}) +
                   "; it mounts again when they are closed"};
}

Outcome BlockDevice::Unmount(const std::vector<MountPoint>& mounts) {
  return tidegate::Unmount(Node(), mounts);
}

Outcome BlockDevice::ShutDown(const std::vector<MountPoint>& mounts) {
  return tidegate::ShutDown(mounts);
}

Outcome BlockDevice::Remount(const std::vector<MountPoint>& mounts) {
  return tidegate::Remount(Node(), mounts);
}

bool BlockDevice::HasShutDownRemains() const {
  const Result<std::string> type = FileSystemType();
  if (!type) return false;
  // A mount that is visible to nobody: it finds the file system that the kernel still has.
  const Fd context(fsopen(type->c_str(), FSOPEN_CLOEXEC));
  if (!context) return false;
  fsconfig(context.get(), FSCONFIG_SET_STRING, "source", Node().c_str(), 0);
  if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) return false;
  const Fd tree(fsmount(context.get(), FSMOUNT_CLOEXEC, 0));
  if (!tree) return false;
  const Fd root(openat(tree.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return root ? IsShutDown(root.get()) : errno == EIO;
}

std::string BlockDevice::Holders() const { return HoldersText({.file_system = Rdev()}); }

bool ScsiDisk::IsOffline() const { return ReadAttribute(state_file_) == "offline"; }

Outcome ScsiDisk::GoOnline() {
  if (!IsOffline()) return Ok();
  const int number = WriteAttribute(state_file_, "running");
  if (number != 0) return ErrnoError(number, state_file_);
  return Ok();
}

Result<Fd> ScsiDisk::GoOffline(Fd claim) {
  if (claim) fsync(claim.get());
  const int number = WriteAttribute(state_file_, "offline");
  if (number != 0) return ErrnoError(number, state_file_);
  return claim;
}

std::unique_ptr<Device> MakeBlockDevice(const Target& target) {
  const std::string device = SysOf(target.identity.device) + "/device";
  char bus[256];
  const ssize_t n = readlink((device + "/subsystem").c_str(), bus, sizeof bus);
  const bool scsi = n > 0 && std::string_view(bus, static_cast<std::size_t>(n)).ends_with("/scsi");
  if (scsi && access((device + "/state").c_str(), W_OK) == 0) {
    return std::make_unique<ScsiDisk>(target, device + "/state");
  }
  return std::make_unique<BlockDevice>(target);
}

}  // namespace tidegate
