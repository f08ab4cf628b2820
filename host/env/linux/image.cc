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

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// The folder of a link that is or will be there. `where` has no links in it; a folder that is
// elsewhere by now was put there since that was found out.
Result<Fd> FolderOfLink(const std::string& where) {
  const std::string directory = DirectoryOf(where);
  Fd fd(open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd) {
    const bool gone = errno == ENOENT || errno == ENOTDIR;
    return ErrnoError(gone ? ErrorCode::kPathNotFound : CodeOfErrno(errno), errno, directory);
  }
  const Result<std::string> real = PathOf(fd);
  if (!real) return real.error();
  if (*real == directory) return fd;
  return Error{ErrorCode::kAccessDenied, "",
               directory + " has become a link to " + *real + "; name that folder itself"};
}

// Direct reads of a file must be aligned to its disk's blocks; 4 KiB suits all of them.
constexpr std::int64_t kBlock = 4096;

}  // namespace

bool LeadsTo(const Target& image, int folder, const std::string& link) {
  struct stat s = {}, target = {};
  if (fstatat(folder, link.c_str(), &s, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISLNK(s.st_mode)) {
    return false;
  }
  if (fstatat(folder, link.c_str(), &target, 0) == 0) {
    return target.st_dev == image.identity.device && target.st_ino == image.identity.inode;
  }
  char text[PATH_MAX];
  const ssize_t n = readlinkat(folder, link.c_str(), text, sizeof text);
  return n > 0 && std::string_view(text, static_cast<std::size_t>(n)) == image.path;
}

ImageDevice::ImageDevice(Target image, std::shared_ptr<const OffLimits> off_limits)
    : image_(std::move(image)), off_limits_(std::move(off_limits)) {
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
  const ssize_t n = readlink((image_.path + ".mounted_at").c_str(), text, sizeof text);
  if (n <= 0) return {};
  const std::optional<MountPoint> m = MountAt({text, static_cast<std::size_t>(n)});
  return m ? std::vector<MountPoint>{*m} : std::vector<MountPoint>();
}

std::optional<MountPoint> ImageDevice::MountAt(const std::string& where) const {
  if (!LeadsTo(image_, AT_FDCWD, where)) return std::nullopt;
  MountPoint m;
  m.where = where;
  m.type = "link";
  return m;
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

// As long as the image is in it under its name, and is the image that was opened.
Result<Fd> ImageDevice::Folder(int flags) const {
  const std::string directory = DirectoryOf(image_.path);
  Fd fd(open(directory.c_str(), flags | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return ErrnoError(errno, directory);
  struct stat s = {};
  const bool ours = fstatat(fd.get(), Name().c_str(), &s, AT_SYMLINK_NOFOLLOW) == 0 &&
                    s.st_dev == image_.identity.device && s.st_ino == image_.identity.inode;
  if (ours) return fd;
  return Error{ErrorCode::kIoDevice, "",
               image_.path + " is another file by now; the image that was opened is gone"};
}

Result<Fd> ImageDevice::ProbeDirectory(const std::string&) const { return Folder(O_RDONLY); }

std::string ImageDevice::ProbePrefix() const { return Name() + "."; }

Outcome ImageDevice::Own() {
  if (IsDestroyed()) return Ok();  // no other host can change it either
  return lock_.Take(image_);
}

bool ImageDevice::IsDestroyed() const {
  struct stat s = {};
  return stat(image_.path.c_str(), &s) != 0 && errno == ENOENT;
}

Outcome ImageDevice::Mount(const std::string& where, bool) {
  const std::string name = NameOf(where);
  const Result<Fd> folder = FolderOfLink(where);
  if (!folder) return folder.error();
  if (Outcome may = off_limits_->CheckLink(*folder, name); !may) return may;
  const Error taken{ErrorCode::kAccessDenied, "",
                    where + " exists; an image is mounted as a link, at a name that is still free"};
  struct stat s = {};
  // A link that nothing leads back from is somebody else's.
  const bool there = LeadsTo(image_, folder->get(), name) && !Mounts().empty();
  if (!there && fstatat(folder->get(), name.c_str(), &s, AT_SYMLINK_NOFOLLOW) == 0) return taken;
  const Result<Fd> ours = Folder(O_PATH);
  if (!ours) return ours.error();
  // First the way back: a link that nobody can find from the image would be a mount unseen.
  RemoveBackLink(*ours);
  if (symlinkat(where.c_str(), ours->get(), BackLinkName().c_str()) != 0) {
    return ErrnoError(errno, image_.path + ".mounted_at");
  }
  if (there || symlinkat(image_.path.c_str(), folder->get(), name.c_str()) == 0) return Ok();
  const int number = errno;
  RemoveBackLink(*ours);
  if (number == EEXIST) return taken;
  return ErrnoError(number == ENOENT ? ErrorCode::kPathNotFound : CodeOfErrno(number), number,
                    where);
}

Outcome ImageDevice::Unmount(const std::vector<MountPoint>& mounts) {
  if (IsDestroyed()) return RemoveLinks(mounts);
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

void ImageDevice::RemoveBackLink(const Fd& folder) const {
  struct stat s = {};
  const bool link = fstatat(folder.get(), BackLinkName().c_str(), &s, AT_SYMLINK_NOFOLLOW) == 0 &&
                    S_ISLNK(s.st_mode);
  if (link) unlinkat(folder.get(), BackLinkName().c_str(), 0);
}

// What is there by now and does not lead to this image is no mount of it, and stays.
Outcome ImageDevice::RemoveLink(const std::string& where) const {
  const Result<Fd> folder = FolderOfLink(where);
  if (!folder && folder.error().code == ErrorCode::kPathNotFound) return Ok();
  if (!folder) return folder.error();
  const std::string name = NameOf(where);
  if (!LeadsTo(image_, folder->get(), name)) return Ok();
  if (Outcome may = off_limits_->CheckLink(*folder, name); !may) return may;
  if (unlinkat(folder->get(), name.c_str(), 0) == 0 || errno == ENOENT) return Ok();
  return ErrnoError(errno, where);
}

Outcome ImageDevice::RemoveLinks(const std::vector<MountPoint>& mounts) {
  for (const MountPoint& m : mounts) {
    if (Outcome removed = RemoveLink(m.where); !removed) return removed;
  }
  const Result<Fd> folder = Folder(O_PATH);
  if (folder) RemoveBackLink(*folder);
  return Ok();
}

Outcome ImageDevice::Remount(const std::vector<MountPoint>& mounts) {
  for (const MountPoint& m : mounts) {
    if (Outcome mounted = Mount(m.where, false); !mounted) return mounted;
  }
  return Ok();
}

}  // namespace tidegate
