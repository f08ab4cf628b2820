// Image files.
#include "host/env/linux/image.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host/env/linux/errno_map.h"
#include "host/env/linux/holders.h"
#include "host/env/linux/loop.h"

namespace tidegate {
namespace {

std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Direct reads of a file must be aligned to its disk's blocks; 4 KiB suits all of them.
constexpr std::int64_t kBlock = 4096;

}  // namespace

ImageDevice::ImageDevice(Target image) : image_(std::move(image)) {
  struct stat s = {};
  if (stat(image_.path.c_str(), &s) == 0) size_at_open_ = s.st_size;
}

Result<Geometry> ImageDevice::Measure() const {
  const Result<Fd> fd = OpenImage(image_, O_RDONLY);
  if (!fd) return fd.error();
  struct stat s = {};
  if (fstat(fd->get(), &s) != 0) return ErrnoError(errno, image_.path);
  const bool read_only = access(image_.path.c_str(), W_OK) != 0;
  return Geometry{std::max<std::int64_t>(s.st_size, size_at_open_), kBlock, read_only};
}

Result<Fd> ImageDevice::OpenForProbe() const {
  Result<Fd> fd = OpenImage(image_, O_RDONLY | O_DIRECT);
  if (fd.ok()) return fd;
  // A file system without direct I/O: write back and drop what is cached, the next best thing. It
  // cannot drop pages that somebody has mapped.
  fd = OpenImage(image_, O_RDONLY);
  if (!fd) return fd;
  if (fdatasync(fd->get()) != 0) return ErrnoError(errno, image_.path);
  posix_fadvise(fd->get(), 0, 0, POSIX_FADV_DONTNEED);
  return fd;
}

std::vector<MountPoint> ImageDevice::Mounts() const {
  char text[PATH_MAX];
  const ssize_t n = readlink(BackLink().c_str(), text, sizeof text);
  if (n <= 0) return {};
  const std::string where(text, static_cast<std::size_t>(n));
  struct stat link = {}, target = {};
  if (lstat(where.c_str(), &link) != 0 || !S_ISLNK(link.st_mode)) return {};
  if (stat(where.c_str(), &target) != 0 || target.st_dev != image_.identity.device ||
      target.st_ino != image_.identity.inode) {
    return {};
  }
  MountPoint m;
  m.where = where;
  m.type = "link";
  return {m};
}

Result<Extents> ImageDevice::Where() const {
  const Result<Geometry> geometry = Measure();
  if (!geometry) return geometry.error();
  return Extents{{minor(image_.identity.device), 0, geometry->size}};
}

Result<std::int64_t> ImageDevice::Number() const {
  return static_cast<std::int64_t>(image_.identity.inode);
}

Outcome ImageDevice::Flush() const {
  const Result<Fd> fd = OpenImage(image_, O_RDONLY);
  if (!fd) return fd.error();
  if (fsync(fd->get()) != 0) return ErrnoError(errno, image_.path);
  return Ok();
}

Result<Fd> ImageDevice::ProbeDirectory(const std::string&) const {
  Fd fd(open(DirectoryOf(image_.path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return ErrnoError(errno, DirectoryOf(image_.path));
  return fd;
}

std::string ImageDevice::ProbePrefix() const {
  return image_.path.substr(image_.path.rfind('/') + 1) + ".";
}

Outcome ImageDevice::Mount(const std::string& where, bool) {
  struct stat s = {};
  if (lstat(where.c_str(), &s) == 0) {
    struct stat target = {};
    const bool ours = S_ISLNK(s.st_mode) && stat(where.c_str(), &target) == 0 &&
                      target.st_dev == image_.identity.device &&
                      target.st_ino == image_.identity.inode;
    if (!ours) {
      return Error{ErrorCode::kAccessDenied, "",
                   where + " exists; an image is mounted as a link, at a name that is still free"};
    }
  } else if (errno != ENOENT) {
    return ErrnoError(errno, where);
  }
  // First the way back: a link that nobody can find from the image would be a mount unseen.
  unlink(BackLink().c_str());
  if (symlink(where.c_str(), BackLink().c_str()) != 0) return ErrnoError(errno, BackLink());
  if (symlink(image_.path.c_str(), where.c_str()) == 0 || errno == EEXIST) return Ok();
  const int number = errno;
  unlink(BackLink().c_str());
  return ErrnoError(number == ENOENT ? ErrorCode::kPathNotFound : CodeOfErrno(number), number,
                    where);
}

Outcome ImageDevice::Unmount(const std::vector<MountPoint>& mounts) {
  const std::string loop = LoopNodeOf(image_.identity.device, image_.identity.inode);
  if (!loop.empty()) {
    return Error{ErrorCode::kAccessDenied, "", "EBUSY: " + image_.path + " is in use as " + loop};
  }
  const HolderQuery query{
      .image_dev = image_.identity.device, .image_ino = image_.identity.inode, .skip_self = true};
  if (!FindHolders(query).empty()) {
    return Error{ErrorCode::kAccessDenied, "",
                 "EBUSY: " + image_.path + " is open" + HoldersText(query)};
  }
  if (Outcome flushed = Flush(); !flushed) return flushed;
  return RemoveLinks(mounts);
}

// An open image cannot be taken from whoever has it open; only the way to it goes.
Outcome ImageDevice::ShutDown(const std::vector<MountPoint>& mounts) {
  (void)Flush();
  return RemoveLinks(mounts);
}

Outcome ImageDevice::RemoveLinks(const std::vector<MountPoint>& mounts) {
  for (const MountPoint& m : mounts) {
    if (unlink(m.where.c_str()) != 0 && errno != ENOENT) return ErrnoError(errno, m.where);
  }
  unlink(BackLink().c_str());
  return Ok();
}

Outcome ImageDevice::Remount(const std::vector<MountPoint>& mounts) {
  for (const MountPoint& m : mounts) {
    if (Outcome mounted = Mount(m.where, false); !mounted) return mounted;
  }
  return Ok();
}

}  // namespace tidegate
