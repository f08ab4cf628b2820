// Mounting and unmounting.
#include "host/env/linux/mounts.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host/core/limits.h"
#include "host/env/fd.h"
#include "host/env/linux/errno_map.h"
#include "host/env/linux/holders.h"
#include "host/env/linux/sysfs.h"

namespace tidegate {
namespace {

// FS_IOC_SHUTDOWN: EXT4_IOC_SHUTDOWN, XFS_IOC_GOINGDOWN, F2FS_IOC_SHUTDOWN are one number.
constexpr unsigned long kFsIocShutdown = _IOR('X', 125, std::uint32_t);
// Commit the journal, then abort it. The flag 0 would freeze, which leaves a clean file system, but
// the dead one then believes that its journal is in order, and when its last file is closed
// Linux 6.1 writes a superblock that says so: possibly under another node that has it mounted by
// then.
constexpr std::uint32_t kLogFlush = 1;

// What a system lives on, whatever it has mounted there. Source: Filesystem Hierarchy Standard 3.0.
constexpr std::string_view kSystemPlaces[] = {
    "/",      "/bin",   "/boot",   "/boot/efi", "/dev",     "/efi",     "/etc",    "/lib",
    "/lib32", "/lib64", "/libx32", "/proc",     "/root",    "/run",     "/sbin",   "/sys",
    "/tmp",   "/usr",   "/var",    "/var/lib",  "/var/log", "/var/run", "/var/tmp"};

std::string Unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                               (text[i + 3] - '0'));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The text up to `end`, which is taken off; all of it if there is none.
std::string_view Taken(std::string_view& text, char end) {
  const std::string_view part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

unsigned long FlagsOf(std::string_view options) {
  struct Flag {
    const char* name;
    unsigned long bit;
  };
  constexpr Flag kFlags[] = {{"ro", MS_RDONLY},        {"nosuid", MS_NOSUID},
                             {"nodev", MS_NODEV},      {"noexec", MS_NOEXEC},
                             {"noatime", MS_NOATIME},  {"nodiratime", MS_NODIRATIME},
                             {"relatime", MS_RELATIME}};
  unsigned long flags = 0;
  while (!options.empty()) {
    const std::string_view option = Taken(options, ',');
    for (const Flag& flag : kFlags) {
      if (option == flag.name) flags |= flag.bit;
    }
  }
  return flags;
}

std::optional<unsigned> Number(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A line of mountinfo. Source: proc(5).
std::optional<MountPoint> Read(std::string_view line) {
  MountPoint m;
  m.id = Number(Taken(line, ' ')).value_or(0);
  Taken(line, ' ');  // its parent's
  const auto major = Number(Taken(line, ':'));
  const auto minor = Number(Taken(line, ' '));
  m.root = Unescaped(Taken(line, ' '));
  m.where = Unescaped(Taken(line, ' '));
  m.options = Taken(line, ' ');
  while (!line.empty() && Taken(line, ' ') != "-") {
  }
  m.type = Taken(line, ' ');
  m.source = Unescaped(Taken(line, ' '));
  m.super_options = line;
  if (!major || !minor || line.empty()) return std::nullopt;
  m.device = makedev(*major, *minor);
  return m;
}

std::string DataOf(std::string_view super_options) {
  std::string data;
  while (!super_options.empty()) {
    const std::string_view option = Taken(super_options, ',');
    if (option == "rw" || option == "ro") continue;
    data += (data.empty() ? "" : ",") + std::string(option);
  }
  return data;
}

// A part of the file system is seen through `whole`; without that its own options name it (btrfs).
int MountOne(const std::string& node, const MountPoint& mount_point, const MountPoint& whole) {
  const unsigned long flags = FlagsOf(mount_point.options);
  const char* where = mount_point.where.c_str();
  if (mount_point.root != "/" && whole.root == "/") {
    const std::string from = whole.where + mount_point.root;
    return mount(from.c_str(), where, nullptr, MS_BIND, nullptr);
  }
  const char* type = mount_point.type.c_str();
  const std::string data = DataOf(mount_point.super_options);
  if (mount(node.c_str(), where, type, flags, data.c_str()) == 0) return 0;
  // Not every option that a file system shows is one that it takes.
  return mount(node.c_str(), where, type, flags, nullptr);
}

constexpr std::string_view kBtrfs = "btrfs";

// The kernel's name of a block device: "sda1", "dm-0". Empty: there is none of that number.
std::string KernelName(dev_t device) {
  const std::string link = SysOf(device);
  char text[PATH_MAX];
  const ssize_t n = readlink(link.c_str(), text, sizeof text);
  const std::string_view path(text, n > 0 ? static_cast<std::size_t>(n) : 0);
  return std::string(path.substr(path.rfind('/') + 1));
}

// The disks of a btrfs by which it is mounted are one file system; which, says the kernel.
// Source: fs/btrfs/sysfs.c, /sys/fs/btrfs/FSID/devices.
bool IsOnDisk(const MountPoint& m, dev_t device, const std::string& node) {
  struct stat s = {};
  if (stat(m.source.c_str(), &s) != 0 || !S_ISBLK(s.st_mode)) return m.source == node;
  if (s.st_rdev == device) return true;
  const std::string one = KernelName(s.st_rdev), other = KernelName(device);
  if (one.empty() || other.empty()) return false;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/fs/btrfs", error)) {
    const std::filesystem::path disks = entry.path() / "devices";
    if (std::filesystem::exists(disks / one, error) &&
        std::filesystem::exists(disks / other, error)) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<std::string> PlaceOf(const std::string& where) {
  if (where.empty() || where.front() != '/' || where.size() >= limits::kPathBytes ||
      where.find('\0') != std::string::npos) {
    return Error{ErrorCode::kPathNotFound, "", "a mount point is an absolute path"};
  }
  std::string path = where;
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const std::size_t slash = path.rfind('/');
  const std::string name = path.substr(slash + 1);
  if (name.empty() || name == "." || name == "..") {
    return Error{ErrorCode::kPathNotFound, "", where + " is no place for a mount"};
  }
  char real[PATH_MAX];
  struct stat s = {};
  // The last component may be an image's own link, or not exist yet.
  const bool link_to_directory = lstat(path.c_str(), &s) == 0 && S_ISLNK(s.st_mode) &&
                                 stat(path.c_str(), &s) == 0 && S_ISDIR(s.st_mode);
  std::string place;
  if (link_to_directory) {
    if (realpath(path.c_str(), real) == nullptr) return ErrnoError(errno, path);
    place = real;
  } else {
    const std::string above = slash == 0 ? "/" : path.substr(0, slash);
    if (realpath(above.c_str(), real) == nullptr) {
      return ErrnoError(ErrorCode::kPathNotFound, errno, above);
    }
    place = (std::string(real) == "/" ? "" : std::string(real)) + "/" + name;
  }
  if (std::ranges::find(kSystemPlaces, place) == std::end(kSystemPlaces)) return place;
  return Error{ErrorCode::kAccessDenied, "",
               place + " is the system's own: no volume is mounted there"};
}

std::vector<MountPoint> AllMounts() {
  std::vector<MountPoint> mounts;
  std::ifstream in("/proc/thread-self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    if (std::optional<MountPoint> mount = Read(line)) mounts.push_back(std::move(*mount));
  }
  return mounts;
}

std::vector<MountPoint> MountsOf(dev_t device, const std::string& node) {
  std::vector<MountPoint> mounts = AllMounts();
  std::erase_if(mounts, [&](const MountPoint& m) {
    return m.device != device && !(m.type == kBtrfs && IsOnDisk(m, device, node));
  });
  return mounts;
}

const MountPoint* PrimaryOf(const std::vector<MountPoint>& mounts) {
  const auto whole = std::ranges::find(mounts, "/", &MountPoint::root);
  if (whole != mounts.end()) return &*whole;
  return mounts.empty() ? nullptr : &mounts.front();
}

std::vector<MountPoint> StackAt(const std::string& where) {
  std::vector<MountPoint> stack = AllMounts();
  std::erase_if(stack, [&](const MountPoint& m) { return m.where != where; });
  return stack;
}

std::optional<MountPoint> OnTop(const std::string& where) {
  std::vector<MountPoint> all = AllMounts();
  struct statx s = {};
  constexpr int kFlags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
  const bool asked = statx(AT_FDCWD, where.c_str(), kFlags, STATX_MNT_ID, &s) == 0;
  const bool told = asked && (s.stx_mask & STATX_MNT_ID) != 0;
  if (!asked && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  // A file system that was shut down, or a device that is gone, answers nothing: then the last one.
  const auto is = [&](const MountPoint& m) {
    return m.where == where && (!told || m.id == s.stx_mnt_id);
  };
  if (asked && !told && !S_ISDIR(s.stx_mode)) return std::nullopt;
  const auto found = std::find_if(all.rbegin(), all.rend(), is);
  if (found == all.rend()) return std::nullopt;
  return std::move(*found);
}

std::vector<MountPoint> Below(const MountPoint& mount) {
  std::vector<MountPoint> below = AllMounts();
  std::erase_if(below,
                [&](const MountPoint& m) { return !m.where.starts_with(mount.where + "/"); });
  return below;
}

Outcome Unmount(const std::string& node, const std::vector<MountPoint>& mounts) {
  std::vector<MountPoint> gone;
  for (auto at = mounts.rbegin(); at != mounts.rend(); ++at) {
    const MountPoint& m = *at;
    // What was mounted over it meanwhile would go in its place.
    const std::optional<MountPoint> top = OnTop(m.where);
    if (top && top->id != m.id) {
      (void)Remount(node, gone);
      return Error{ErrorCode::kAccessDenied, "",
                   "EBUSY: " + top->source + " is mounted over " + m.where};
    }
    if (umount2(m.where.c_str(), UMOUNT_NOFOLLOW) == 0) {
      gone.insert(gone.begin(), m);
      continue;
    }
    const int number = errno;
    std::string detail = m.where + " is in use" + HoldersText({.file_system = m.device});
    if (Outcome back = Remount(node, gone); !back) {
      detail += "; and mounting again failed: " + back.error().detail;
    }
    return ErrnoError(number == EBUSY ? ErrorCode::kAccessDenied : CodeOfErrno(number), number,
                      detail);
  }
  return Ok();
}

Outcome ShutDown(const std::vector<MountPoint>& mounts) {
  if (mounts.empty()) return Ok();
  for (const MountPoint& m : mounts) {
    const std::vector<MountPoint> below = Below(m);
    if (below.empty()) continue;
    return Error{ErrorCode::kAccessDenied, "",
                 "EBUSY: " + below.back().source + " is mounted at " + below.back().where +
                     ", below it: unmount that first"};
  }
  const MountPoint& first = mounts.front();
  const Fd root(open(first.where.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int open_errno = errno;
  // XFS refuses to open anything once it is shut down.
  if (!root && open_errno != EIO) return ErrnoError(open_errno, first.where);
  if (root) {
    std::uint32_t flags = kLogFlush;
    // What was written until now reaches the disk if the disk still takes it.
    syncfs(root.get());
    if (ioctl(root.get(), kFsIocShutdown, &flags) != 0) {
      const int number = errno;
      return ErrnoError(ErrorCode::kAccessDenied, number,
                        first.where + " has open files and " + first.type +
                            " cannot be shut down under them" +
                            HoldersText({.file_system = first.device}));
    }
  }
  for (auto m = mounts.rbegin(); m != mounts.rend(); ++m) {
    if (umount2(m->where.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0) {
      return ErrnoError(errno, m->where);
    }
  }
  return Ok();
}

Outcome Remount(const std::string& node, const std::vector<MountPoint>& mounts) {
  std::vector<MountPoint> order = mounts;
  std::stable_partition(order.begin(), order.end(),
                        [](const MountPoint& m) { return m.root == "/"; });
  for (const MountPoint& m : order) {
    if (MountOne(node, m, order.front()) != 0) return ErrnoError(errno, m.where);
  }
  return Ok();
}

bool IsShutDown(int directory) {
  // A file system that was shut down fails this without a look at the device (ext4_sync_file); a
  // live one has nothing to write for its root.
  return fsync(directory) != 0 && errno == EIO;
}

}  // namespace tidegate
