// The table.
#include "host/env/linux/errno_map.h"

#include <cerrno>
#include <cstring>

namespace tidegate {
namespace {

struct Row {
  int number;
  ErrorCode code;
};

// Block layer errors: block/blk-core.c, blk_errors[].
constexpr Row kTable[] = {
    {ENOENT, ErrorCode::kFileNotFound},
    {ENOTDIR, ErrorCode::kPathNotFound},
    {ELOOP, ErrorCode::kPathNotFound},
    {ENAMETOOLONG, ErrorCode::kPathNotFound},
    {EMFILE, ErrorCode::kTooManyOpenFiles},
    {ENFILE, ErrorCode::kTooManyOpenFiles},
    {EACCES, ErrorCode::kAccessDenied},
    {EPERM, ErrorCode::kAccessDenied},
    {ETXTBSY, ErrorCode::kSharingViolation},
    {EAGAIN, ErrorCode::kSharingViolation},  // fcntl: another process has the lock
    {ENOMEM, ErrorCode::kNotEnoughMemory},
    {EROFS, ErrorCode::kWriteProtect},
    {ENXIO, ErrorCode::kNotReady},   // a SCSI disk that is offline, a loop device without image
    {ENODEV, ErrorCode::kNotReady},  // the device went away
    {ENOMEDIUM, ErrorCode::kNotReady},
    {EBUSY, ErrorCode::kBusy},
    {EBADE, ErrorCode::kBusy},  // a reservation of another node
    {ENOSPC, ErrorCode::kDiskFull},
    {EDQUOT, ErrorCode::kDiskFull},
    {EFBIG, ErrorCode::kDiskFull},
    {ENODATA, ErrorCode::kCrc},  // unrecovered medium error
    {EILSEQ, ErrorCode::kCrc},   // integrity check of the block layer
    {EBADMSG, ErrorCode::kCrc},  // checksum of the file system
    {EUCLEAN, ErrorCode::kDiskCorrupt},
    {EIO, ErrorCode::kIoDevice},
    {EREMOTEIO, ErrorCode::kIoDevice},
    {ENOLINK, ErrorCode::kIoDevice},    // the transport failed
    {ETIMEDOUT, ErrorCode::kIoDevice},  // the block layer gave up
    {ESHUTDOWN, ErrorCode::kIoDevice},
    {EINVAL, ErrorCode::kInvalidParameter},
    {EOPNOTSUPP, ErrorCode::kNotSupported},
    {ENOTTY, ErrorCode::kNotSupported},
    {ENOSYS, ErrorCode::kNotSupported},
    {EEXIST, ErrorCode::kAlreadyExists},
    {EINTR, ErrorCode::kRetry},
};

}  // namespace

ErrorCode CodeOfErrno(int number) {
  for (const Row& row : kTable) {
    if (row.number == number) return row.code;
  }
  return ErrorCode::kGenFailure;
}

std::string ErrnoName(int number) {
  const char* name = strerrorname_np(number);
  return name != nullptr ? name : "errno " + std::to_string(number);
}

Error ErrnoError(int number, const std::string& what) {
  return ErrnoError(CodeOfErrno(number), number, what);
}

Error ErrnoError(ErrorCode code, int number, const std::string& what) {
  return {code, "", ErrnoName(number) + ": " + what};
}

}  // namespace tidegate
