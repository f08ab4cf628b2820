// Locking image files.
#include "host/env/linux/image_lock.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

#include "host/env/linux/errno_map.h"
#include "host/env/linux/holders.h"

namespace tidegate {

Result<Fd> OpenImage(const Target& image, int flags) {
  Fd fd(open(image.path.c_str(), flags | O_CLOEXEC | O_NONBLOCK));
  if (!fd && errno == ENOENT) {
    return ErrnoError(ErrorCode::kIoDevice, errno, image.path + ", the image is gone");
  }
  if (!fd) return ErrnoError(errno, image.path);
  struct stat s = {};
  if (fstat(fd.get(), &s) != 0) return ErrnoError(errno, image.path);
  if (s.st_dev != image.identity.device || s.st_ino != image.identity.inode) {
    return Error{ErrorCode::kIoDevice, "",
                 image.path + " is another file by now; the image that was opened is gone"};
  }
  return fd;
}

Outcome ImageLock::Take(const Target& image) {
  if (held()) return Ok();
  Result<Fd> fd = OpenImage(image, O_RDWR);
  // A read-only image can only be guarded by a read lock: several hosts may read it.
  const bool writable = fd.ok();
  if (!writable) fd = OpenImage(image, O_RDONLY);
  if (!fd) return fd.error();
  struct flock lock = {};
  lock.l_type = writable ? F_WRLCK : F_RDLCK;
  lock.l_whence = SEEK_SET;
  if (fcntl(fd->get(), F_OFD_SETLK, &lock) != 0) {
    const int number = errno;
    const HolderQuery query{
        .image_dev = image.identity.device, .image_ino = image.identity.inode, .skip_self = true};
    return ErrnoError(ErrorCode::kSharingViolation, number,
                      image.path + " is owned by another host" + HoldersText(query) +
                          "; take it offline there, or end that host");
  }
  fd_ = std::move(*fd);
  return Ok();
}

}  // namespace tidegate
