// Which kind of device a path names.
#include "host/env/linux/device.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

#include "host/core/limits.h"
#include "host/env/linux/block.h"
#include "host/env/linux/errno_map.h"
#include "host/env/linux/image.h"
#include "host/env/linux/loop.h"

namespace tidegate {
namespace {

constexpr char kForms[] = "a volume is an image file, loop:FILE or a block device under /dev";

std::string Shown(const std::string& path) {
  constexpr std::size_t kShown = 200;
  return path.size() <= kShown ? path : path.substr(0, kShown) + "...";
}

const char* WhatIs(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISCHR(mode)) return "a character device";
  return "no file";
}

Error NotFound(int number, const std::string& path) {
  const bool missing = number == ENOENT || number == ENOTDIR || number == ENAMETOOLONG;
  return ErrnoError(missing ? ErrorCode::kFileNotFound : CodeOfErrno(number), number,
                    Shown(path) + "; " + kForms);
}

}  // namespace

Result<Target> Resolve(const std::string& volume_path, const OffLimits& off_limits) {
  const bool loop = volume_path.starts_with("loop:");
  const std::string path = loop ? volume_path.substr(5) : volume_path;
  if (path.empty() || path.find('\0') != std::string::npos || path.size() >= limits::kPathBytes) {
    const char* why = path.empty()                        ? "is empty"
                      : path.size() >= limits::kPathBytes ? "is longer than 4095 bytes"
                                                          : "has a NUL byte";
    return Error{ErrorCode::kInvalidParameter, "", std::string("the path ") + why + "; " + kForms};
  }
  // The one thing that all else is asked about, whatever takes its name meanwhile.
  const Fd file(open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat s = {};
  if (!file || fstat(file.get(), &s) != 0) return NotFound(errno, path);
  const Result<std::string> real = PathOf(file);
  if (!real) return real.error();
  struct stat named = {};
  const bool there =
      stat(real->c_str(), &named) == 0 && named.st_dev == s.st_dev && named.st_ino == s.st_ino;
  if (!there) return NotFound(ENOENT, path);  // removed since, or of another root
  if (S_ISREG(s.st_mode)) {
    if (const Outcome may = off_limits.CheckVolume(file, *real); !may) return may.error();
    return Target{{loop ? 'l' : 'i', s.st_dev, s.st_ino}, *real};
  }
  if (S_ISBLK(s.st_mode) && !loop) return Target{{'b', s.st_rdev, 0}, *real};
  return Error{ErrorCode::kInvalidParameter, "",
               Shown(path) + " is " + (S_ISBLK(s.st_mode) ? "a block device" : WhatIs(s.st_mode)) +
                   "; " + (loop ? "loop: takes an image file" : kForms)};
}

std::unique_ptr<Device> MakeDevice(const Target& target,
                                   const std::shared_ptr<const OffLimits>& off_limits) {
  switch (target.identity.kind) {
    case 'i':
      return std::make_unique<ImageDevice>(target, off_limits);
    case 'l':
      return std::make_unique<LoopDevice>(target);
    default:
      return MakeBlockDevice(target);
  }
}

}  // namespace tidegate
