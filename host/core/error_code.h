// ErrorCode is a Win32 system error number that a policy can name.
//
// Why Win32 numbers on every platform: a policy that tests `err.name == "ERROR_NOT_READY"` must
// mean the same on a Windows cluster, on Linux and in the simulator. Names and numbers: winerror.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tidegate {

// X(identifier, number, NAME without ERROR_)
#define TIDEGATE_ERROR_CODES(X)                                    \
  X(kSuccess, 0, "SUCCESS")                                        \
  X(kInvalidFunction, 1, "INVALID_FUNCTION")                       \
  X(kFileNotFound, 2, "FILE_NOT_FOUND")                            \
  X(kPathNotFound, 3, "PATH_NOT_FOUND")                            \
  X(kTooManyOpenFiles, 4, "TOO_MANY_OPEN_FILES")                   \
  X(kAccessDenied, 5, "ACCESS_DENIED")                             \
  X(kInvalidHandle, 6, "INVALID_HANDLE")                           \
  X(kNotEnoughMemory, 8, "NOT_ENOUGH_MEMORY")                      \
  X(kInvalidData, 13, "INVALID_DATA")                              \
  X(kWriteProtect, 19, "WRITE_PROTECT")                            \
  X(kNotReady, 21, "NOT_READY")                                    \
  X(kCrc, 23, "CRC")                                               \
  X(kGenFailure, 31, "GEN_FAILURE")                                \
  X(kSharingViolation, 32, "SHARING_VIOLATION")                    \
  X(kLockViolation, 33, "LOCK_VIOLATION")                          \
  X(kWrongDisk, 34, "WRONG_DISK")                                  \
  X(kNotSupported, 50, "NOT_SUPPORTED")                            \
  X(kInvalidParameter, 87, "INVALID_PARAMETER")                    \
  X(kDriveLocked, 108, "DRIVE_LOCKED")                             \
  X(kDiskFull, 112, "DISK_FULL")                                   \
  X(kSemTimeout, 121, "SEM_TIMEOUT")                               \
  X(kInsufficientBuffer, 122, "INSUFFICIENT_BUFFER")               \
  X(kNotLocked, 158, "NOT_LOCKED")                                 \
  X(kBusy, 170, "BUSY")                                            \
  X(kAlreadyExists, 183, "ALREADY_EXISTS")                         \
  X(kMoreData, 234, "MORE_DATA")                                   \
  X(kDeviceHardwareError, 483, "DEVICE_HARDWARE_ERROR")            \
  X(kOperationAborted, 995, "OPERATION_ABORTED")                   \
  X(kIoPending, 997, "IO_PENDING")                                 \
  X(kUnrecognizedVolume, 1005, "UNRECOGNIZED_VOLUME")              \
  X(kFileInvalid, 1006, "FILE_INVALID")                            \
  X(kIoDevice, 1117, "IO_DEVICE")                                  \
  X(kDeviceNotConnected, 1167, "DEVICE_NOT_CONNECTED")             \
  X(kNotFound, 1168, "NOT_FOUND")                                  \
  X(kCancelled, 1223, "CANCELLED")                                 \
  X(kRetry, 1237, "RETRY")                                         \
  X(kRevisionMismatch, 1306, "REVISION_MISMATCH")                  \
  X(kInternalError, 1359, "INTERNAL_ERROR")                        \
  X(kFileCorrupt, 1392, "FILE_CORRUPT")                            \
  X(kDiskCorrupt, 1393, "DISK_CORRUPT")                            \
  X(kTimeout, 1460, "TIMEOUT")                                     \
  X(kNotEnoughQuota, 1816, "NOT_ENOUGH_QUOTA")                     \
  X(kOpenFiles, 2401, "OPEN_FILES")                                \
  X(kDeviceInUse, 2404, "DEVICE_IN_USE")                           \
  X(kResourceNotOnline, 5004, "RESOURCE_NOT_ONLINE")               \
  X(kResourceNotAvailable, 5006, "RESOURCE_NOT_AVAILABLE")         \
  X(kResourceNotFound, 5007, "RESOURCE_NOT_FOUND")                 \
  X(kResourceOnline, 5019, "RESOURCE_ONLINE")                      \
  X(kInvalidState, 5023, "INVALID_STATE")                          \
  X(kResourcePropertiesStored, 5024, "RESOURCE_PROPERTIES_STORED") \
  X(kResourceFailed, 5038, "RESOURCE_FAILED")                      \
  X(kClusterResnameNotFound, 5080, "CLUSTER_RESNAME_NOT_FOUND")    \
  X(kResourceCallTimedOut, 5910, "RESOURCE_CALL_TIMED_OUT")        \
  X(kVolumeDirty, 6851, "VOLUME_DIRTY")

enum class ErrorCode : std::uint32_t {
#define TIDEGATE_X(id, number, name) id = number,
  TIDEGATE_ERROR_CODES(TIDEGATE_X)
#undef TIDEGATE_X
};

// "ERROR_NOT_READY"; "ERROR_UNKNOWN" for a number outside the table, which callers print beside it.
std::string_view Name(ErrorCode code);

// Takes "ERROR_NOT_READY" or "NOT_READY".
std::optional<ErrorCode> ErrorCodeNamed(std::string_view name);

}  // namespace tidegate
