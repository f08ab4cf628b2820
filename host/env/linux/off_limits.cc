// Telling places apart.
//
// Below a folder of the host's is what has its path in front; what lies on the same mount has no
// other path. Under another mount of the same file system (a bind mount) the folders above are
// compared by device and inode; and a file with several names is looked for by its inode in all
// that the host has there.
#include "host/env/linux/off_limits.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <linux/magic.h>
#include <span>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "host/core/limits.h"
#include "host/env/linux/errno_map.h"
#include "host/env/linux/mounts.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

// What the Filesystem Hierarchy Standard 3.0 gives to the system and its packages: what is run from
// there, and what is read there to decide what to run.
struct SystemFolder {
  std::string_view path;
  bool images;  // may lie there, for it is also where data are kept
};
constexpr SystemFolder kSystemFolders[] = {
    {"/bin", false},  {"/boot", false},  {"/dev", false},   {"/etc", false},
    {"/lib", false},  {"/lib32", false}, {"/lib64", false}, {"/libx32", false},
    {"/proc", false}, {"/sbin", false},  {"/sys", false},   {"/usr", false},
    {"/efi", false},  {"/run", true},    {"/var", true},    {"/root", true}};
// Of these what is mounted in the place of a folder: /usr/sap and /var/lib/mysql are on a cluster's
// volumes everywhere, /usr/bin and /etc/cron.d on nobody's.
constexpr std::string_view kNoMounts[] = {
    // clang-format off
    "/bin", "/boot", "/dev", "/efi", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc",
    "/root", "/sbin", "/sys", "/usr/bin", "/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64",
    "/usr/libexec", "/usr/libx32", "/usr/local/bin", "/usr/local/etc", "/usr/local/lib",
    "/usr/local/sbin", "/usr/sbin", "/usr/share", "/run/systemd", "/run/udev", "/var/lib/dpkg",
    "/var/lib/rpm", "/var/lib/systemd", "/var/spool/cron"
    // clang-format on
};
// But these are everybody's.
constexpr std::string_view kForAll[] = {"/dev/shm", "/var/tmp"};

// File systems without a disk that are a view of the kernel, wherever they are mounted.
constexpr long kKernelViews[] = {PROC_SUPER_MAGIC,    SYSFS_MAGIC,        DEBUGFS_MAGIC,
                                 TRACEFS_MAGIC,       SECURITYFS_MAGIC,   CGROUP_SUPER_MAGIC,
                                 CGROUP2_SUPER_MAGIC, BPF_FS_MAGIC,       EFIVARFS_MAGIC,
                                 PSTOREFS_MAGIC,      BINFMTFS_MAGIC,     NSFS_MAGIC,
                                 SELINUX_MAGIC,       DEVPTS_SUPER_MAGIC, 0x62656570 /* configfs */,
                                 0x19800202 /* mqueue */};

constexpr char kRemedy[] = "; keep volumes in a folder of their own";

Error Refused(const std::string& path, const std::string& why) {
  return {ErrorCode::kAccessDenied, "", path + why + kRemedy};
}

// `path` is `folder` or lies below it.
bool IsIn(std::string_view path, std::string_view folder) {
  if (folder == "/") return true;
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

const SystemFolder* SystemFolderOf(std::string_view path) {
  for (const std::string_view folder : kForAll) {
    if (path != folder && IsIn(path, folder)) return nullptr;
  }
  for (const SystemFolder& folder : kSystemFolders) {
    if (IsIn(path, folder.path)) return &folder;
  }
  return nullptr;
}

// Where a path without links is in its file system, whatever is mounted where: a bind mount shows
// the same place under another path.
class Shown {
 public:
  explicit Shown(const std::string& path) : mounts_(AllMounts()), place_(Within(path)) {}
  // The folder, or something below it.
  bool IsIn(std::string_view folder) const {
    char real[PATH_MAX];
    if (realpath(std::string(folder).c_str(), real) == nullptr) return false;
    const Inside in = Within(real);
    return in.device == place_.device && in.path != "/" && tidegate::IsIn(place_.path, in.path);
  }

 private:
  struct Inside {
    dev_t device = 0;
    std::string path;
  };
  Inside Within(const std::string& path) const {
    Inside found;
    std::size_t longest = 0;
    for (const MountPoint& m : mounts_) {
      if (!tidegate::IsIn(path, m.where) || m.where.size() < longest) continue;
      longest = m.where.size();
      found.device = m.device;
      found.path = (m.root == "/" ? "" : m.root) + path.substr(m.where == "/" ? 0 : longest);
      if (found.path.empty()) found.path = "/";
    }
    return found;
  }

  const std::vector<MountPoint> mounts_;
  const Inside place_;
};

std::string ParentOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<std::string> PathOf(const Fd& fd) {
  char path[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(fd.get());
  const ssize_t n = readlink(link.c_str(), path, sizeof path);
  if (n < 0) return ErrnoError(errno, link);
  if (path[0] != '/') return ErrnoError(ErrorCode::kFileNotFound, ENOENT, link);
  return std::string(path, static_cast<std::size_t>(n));
}

// What a path leads to.
struct OffLimits::Place {
  std::string path;
  std::uint64_t mount = 0;
  dev_t device = 0;
  ino_t inode = 0;
  std::uint64_t names = 0;
  bool folder = false;

  bool Is(const struct stat& s) const { return s.st_dev == device && s.st_ino == inode; }
  bool Read(int at, const char* name) {
    struct statx s = {};
    constexpr unsigned kMask = STATX_TYPE | STATX_INO | STATX_NLINK | STATX_MNT_ID;
    if (statx(at, name, name[0] == 0 ? AT_EMPTY_PATH : 0, kMask, &s) != 0) return false;
    mount = s.stx_mnt_id;
    device = makedev(s.stx_dev_major, s.stx_dev_minor);
    inode = s.stx_ino;
    names = s.stx_nlink;
    folder = S_ISDIR(s.stx_mode);
    return true;
  }
};

struct OffLimits::Own {
  std::string asked;  // what it was called
  Place place;        // its path is that, until it is found
  bool found = false;

  // For a place that another mount shows.
  bool IsAbove(const Place& other) const {
    std::string at = other.folder ? other.path : ParentOf(other.path);
    for (;; at = ParentOf(at)) {
      struct stat s = {};
      if (stat(at.c_str(), &s) == 0 && place.Is(s)) return true;
      if (at == "/") return false;
    }
  }
  // For a file that has other names.
  Outcome CheckNames(const Place& file) const {
    std::size_t seen = 0;
    std::error_code error;
    fs::recursive_directory_iterator it(place.path, error);
    for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
      struct stat s = {};
      if (lstat(it->path().c_str(), &s) == 0 && file.Is(s)) {
        return Refused(file.path, " is also " + it->path().string() + ", which is this host's own");
      }
      if (++seen > limits::kOwnNames) {
        return Refused(file.path, " has another name, and there are too many files in " +
                                      place.path + " to know that it is none of them");
      }
    }
    return Ok();
  }
};

OffLimits::OffLimits(const std::vector<std::string>& own)
    : own_(std::make_shared<const std::vector<Own>>()) {
  for (const std::string& path : own) KeepOff(path);
}

void OffLimits::KeepOff(const std::string& path) const {
  if (path.empty()) return;
  const fs::path whole = fs::absolute(path).lexically_normal();
  Own one;
  one.place.path = (whole.has_filename() ? whole : whole.parent_path()).string();
  const std::scoped_lock lock(mutex_);
  const auto is = [&](const Own& known) { return known.asked == one.place.path; };
  if (std::ranges::any_of(*own_, is)) return;
  one.asked = one.place.path;
  std::vector<Own> all = *own_;
  all.push_back(std::move(one));
  own_ = std::make_shared<const std::vector<Own>>(std::move(all));
}

// A host makes its folders when it begins, and they stay: each is found once.
OffLimits::Folders OffLimits::Found() const {
  Folders own;
  {
    const std::scoped_lock lock(mutex_);
    own = own_;
  }
  if (std::ranges::all_of(*own, &Own::found)) return own;
  std::vector<Own> folders = *own;
  for (Own& folder : folders) {
    char real[PATH_MAX];
    if (folder.found || !folder.place.Read(AT_FDCWD, folder.place.path.c_str())) continue;
    if (realpath(folder.place.path.c_str(), real) == nullptr) continue;
    folder.place.path = real;
    folder.found = true;
  }
  const Folders found = std::make_shared<const std::vector<Own>>(std::move(folders));
  const std::scoped_lock lock(mutex_);
  if (own_ == own) own_ = found;  // else there are more by now, and the next look finds all
  return found;
}

Outcome OffLimits::CheckOwn(const Place& place) const {
  const Folders own = Found();
  const Shown shown(place.path);
  for (const Own& folder : *own) {
    const std::string& path = folder.place.path;
    const bool near = folder.found && place.device == folder.place.device;
    const bool elsewhere = near && place.mount != folder.place.mount;
    if (IsIn(place.path, path) || shown.IsIn(path) || (elsewhere && folder.IsAbove(place))) {
      return Refused(place.path, " is in " + path + ", which is this host's own");
    }
    if (near && place.inode == folder.place.inode) {
      return Refused(place.path, " is " + path + ", which this host reads");
    }
    if (!near || !folder.place.folder || place.folder || place.names < 2) continue;
    if (Outcome checked = folder.CheckNames(place); !checked) return checked;
  }
  return Ok();
}

Outcome OffLimits::CheckVolume(const Fd& file, const std::string& path) const {
  const SystemFolder* system = SystemFolderOf(path);
  if (system != nullptr && !system->images) {
    return Refused(path, " is in " + std::string(system->path) + ", which is the system's own");
  }
  const Shown shown(path);
  for (const SystemFolder& other : kSystemFolders) {
    if (other.images || !shown.IsIn(other.path)) continue;
    return Refused(path, " is in " + std::string(other.path) + ", which is the system's own");
  }
  struct statfs view = {};
  if (fstatfs(file.get(), &view) != 0) return ErrnoError(errno, path);
  for (const long magic : kKernelViews) {
    if (view.f_type == magic) return Refused(path, " is a view of the kernel and no file");
  }
  Place place{.path = path};
  return place.Read(file.get(), "") ? CheckOwn(place) : ErrnoError(errno, path);
}

Outcome OffLimits::CheckMountPoint(const std::string& place) const {
  const Shown shown(place);
  const Folders own = Found();
  for (const Own& folder : *own) {
    const std::string& path = folder.place.path;
    if (IsIn(place, path) || IsIn(path, place) || shown.IsIn(path)) {
      return Refused(place, " is in, over or above " + path + ", which is this host's own");
    }
  }
  const bool for_all = std::ranges::any_of(
      kForAll, [&](std::string_view folder) { return place != folder && IsIn(place, folder); });
  for (const std::string_view folder : for_all ? std::span<const std::string_view>() : kNoMounts) {
    if (!IsIn(place, folder) && !shown.IsIn(folder)) continue;
    return Refused(place, " is in " + std::string(folder) + ", which is the system's own");
  }
  return Ok();
}

Outcome OffLimits::CheckLink(const Fd& folder, const std::string& name) const {
  const Result<std::string> path = PathOf(folder);
  if (!path) return path.error();
  const std::string link = (*path == "/" ? "" : *path) + "/" + name;
  if (*path == "/") return Refused(link, " is beside the system's own folders");
  const Shown shown(*path);
  for (const SystemFolder& system : kSystemFolders) {
    if (system.images || !shown.IsIn(system.path)) continue;
    return Refused(link, " is in " + std::string(system.path) + ", which is the system's own");
  }
  if (const SystemFolder* system = SystemFolderOf(link)) {
    return Refused(link, " is in " + std::string(system->path) + ", which is the system's own");
  }
  if (link.find("/.") != link.npos) {
    return Refused(link, " is hidden, as settings are that somebody's programs read");
  }
  Place place{.path = *path};
  return place.Read(folder.get(), "") ? CheckOwn(place) : ErrnoError(errno, *path);
}

}  // namespace tidegate
