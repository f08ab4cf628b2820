// An operation is one thing that a policy may ask of the world outside: a struct each, and the one
// place that describes it.
//
// Why here and nowhere else: the bindings check arguments against these fields, every Env must
// implement each struct (std::visit makes a missing one a compile error), the simulator tries each
// declared error, traces print the fields, and the documentation is generated from the texts.
// Adding an operation is one struct and its name in `Call`; the compiler names the rest.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "host/core/capability.h"
#include "host/core/error_code.h"
#include "host/core/time.h"
#include "host/core/value.h"

namespace tidegate {

// Positional fields come in order; named ones from a table that is the last argument:
// vol:probe{ sectors = {0, 8} }.
enum class FieldStyle : std::uint8_t { kPositional, kNamed };

template <class Op, class T>
struct Field {
  std::string_view name;
  T Op::*member;
  FieldStyle style;
  std::string_view doc;
};

template <class Op, class T>
constexpr Field<Op, T> Positional(std::string_view name, T Op::*member, std::string_view doc) {
  return {name, member, FieldStyle::kPositional, doc};
}
template <class Op, class T>
constexpr Field<Op, T> Named(std::string_view name, T Op::*member, std::string_view doc) {
  return {name, member, FieldStyle::kNamed, doc};
}

struct OpInfo {
  std::string_view name;  // "volume.offline"
  Capability capability;
  // Blocking operations go to a worker thread; the others answer at once.
  bool blocking;
  std::string_view doc;
  std::span<const ErrorCode> errors;  // what it can fail with, besides ERROR_OPERATION_ABORTED
};

using Sectors = std::vector<std::int64_t>;

#define TIDEGATE_OP(Op, op_name, cap, is_blocking, text)                                \
  static constexpr OpInfo Info() { return {op_name, cap, is_blocking, text, kErrors}; } \
  bool operator==(const Op&) const = default;

struct VolumeOpen {
  using Reply = VolumeHandle;
  std::string path;
  static constexpr ErrorCode kErrors[] = {
      ErrorCode::kFileNotFound,     ErrorCode::kAccessDenied, ErrorCode::kSharingViolation,
      ErrorCode::kInvalidParameter, ErrorCode::kNotReady,     ErrorCode::kTooManyOpenFiles,
      ErrorCode::kIoDevice};
  static constexpr auto Fields() {
    return std::tuple{Positional("path", &VolumeOpen::path,
                                 "an image file, loop:FILE for a loop device made from it, or a "
                                 "block device")};
  }
  TIDEGATE_OP(
      VolumeOpen, "volume.open", Capability::kVolume, true,
      "Opens a volume. An offline volume can be opened, but its I/O fails. A volume that was "
      "dismounted and is not offline mounts again.")
};

// The operations on an open volume all begin with its handle.
#define TIDEGATE_VOLUME_OP(Op, op_name, Answer, errors, text)                 \
  struct Op {                                                                 \
    using Reply = Answer;                                                     \
    VolumeHandle volume;                                                      \
    static constexpr auto& kErrors = errors;                                  \
    static constexpr auto Fields() {                                          \
      return std::tuple{Positional("volume", &Op::volume, "an open volume")}; \
    }                                                                         \
    TIDEGATE_OP(Op, op_name, Capability::kVolume, true, text)                 \
  };

namespace errors {
inline constexpr ErrorCode kHandle[] = {ErrorCode::kInvalidHandle};
inline constexpr ErrorCode kLock[] = {ErrorCode::kAccessDenied, ErrorCode::kSharingViolation,
                                      ErrorCode::kBusy,         ErrorCode::kNotReady,
                                      ErrorCode::kIoDevice,     ErrorCode::kInvalidHandle};
inline constexpr ErrorCode kUnlock[] = {ErrorCode::kNotLocked, ErrorCode::kBusy,
                                        ErrorCode::kInvalidHandle};
inline constexpr ErrorCode kOffline[] = {ErrorCode::kAccessDenied, ErrorCode::kBusy,
                                         ErrorCode::kNotReady, ErrorCode::kNotSupported,
                                         ErrorCode::kInvalidHandle};
inline constexpr ErrorCode kOnline[] = {ErrorCode::kAccessDenied, ErrorCode::kSharingViolation,
                                        ErrorCode::kBusy,         ErrorCode::kNotReady,
                                        ErrorCode::kIoDevice,     ErrorCode::kInvalidHandle};
inline constexpr ErrorCode kRead[] = {ErrorCode::kNotReady, ErrorCode::kIoDevice, ErrorCode::kCrc,
                                      ErrorCode::kInvalidHandle};
inline constexpr ErrorCode kDirty[] = {ErrorCode::kNotReady, ErrorCode::kIoDevice,
                                       ErrorCode::kUnrecognizedVolume, ErrorCode::kInvalidHandle};
}  // namespace errors

TIDEGATE_VOLUME_OP(
    VolumeClose, "volume.close", std::monostate, errors::kHandle,
    "Closes the handle: its lock is released, and a volume that was dismounted through "
    "it but not taken offline may mount again.")
TIDEGATE_VOLUME_OP(
    VolumeLock, "volume.lock", std::monostate, errors::kLock,
    "Locks the volume: succeeds only when no file on it is open; its caches are then "
    "flushed and nobody else can mount or open it. Held until unlock or close. "
    "Source: FSCTL_LOCK_VOLUME.")
TIDEGATE_VOLUME_OP(VolumeUnlock, "volume.unlock", std::monostate, errors::kUnlock,
                   "Releases the lock of this handle. Source: FSCTL_UNLOCK_VOLUME.")
TIDEGATE_VOLUME_OP(
    VolumeOffline, "volume.offline", std::monostate, errors::kOffline,
    "Takes the volume offline: reads, writes and mounts fail from now on. Needs a "
    "dismount through the same handle first, so that nobody can mount it in between. "
    "Offline twice is harmless. Source: IOCTL_VOLUME_OFFLINE.")
TIDEGATE_VOLUME_OP(VolumeOnline, "volume.online", std::monostate, errors::kOnline,
                   "Brings the volume online: I/O is honored again. Online twice is harmless. "
                   "Source: IOCTL_VOLUME_ONLINE.")
TIDEGATE_VOLUME_OP(VolumeIsOffline, "volume.is_offline", bool, errors::kHandle,
                   "Whether the volume is offline. Source: IOCTL_VOLUME_IS_OFFLINE.")
TIDEGATE_VOLUME_OP(VolumeIsMounted, "volume.is_mounted", bool, errors::kHandle,
                   "Whether a file system of this volume is mounted, asked of the system and not "
                   "remembered. Source: FSCTL_IS_VOLUME_MOUNTED.")
TIDEGATE_VOLUME_OP(VolumeSupportsOnlineOffline, "volume.supports_online_offline", bool,
                   errors::kHandle,
                   "Whether this kind of device has an offline state that outlives the host. "
                   "Source: IOCTL_VOLUME_SUPPORTS_ONLINE_OFFLINE.")
TIDEGATE_VOLUME_OP(VolumeFlush, "volume.flush", std::monostate, errors::kRead,
                   "Writes everything cached for the volume to its device, and waits.")
TIDEGATE_VOLUME_OP(VolumeIsDirty, "volume.is_dirty", bool, errors::kDirty,
                   "Whether the file system says it was not cleanly dismounted or has errors. "
                   "Source: FSCTL_IS_VOLUME_DIRTY.")
TIDEGATE_VOLUME_OP(VolumeExtents, "volume.extents", Extents, errors::kRead,
                   "Which disks the volume lies on. Source: IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS.")
TIDEGATE_VOLUME_OP(VolumeNumber, "volume.number", std::int64_t, errors::kRead,
                   "The system's number for the volume, good until the next boot. "
                   "Source: IOCTL_VOLUME_QUERY_VOLUME_NUMBER.")
TIDEGATE_VOLUME_OP(VolumeGetAttributes, "volume.attributes", VolumeAttributes, errors::kRead,
                   "Kind, device, file system, mount point, size, sector size, read-only.")

struct VolumeDismount {
  using Reply = std::monostate;
  VolumeHandle volume;
  bool force = false;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kAccessDenied, ErrorCode::kSharingViolation,
                                          ErrorCode::kBusy,         ErrorCode::kNotReady,
                                          ErrorCode::kIoDevice,     ErrorCode::kInvalidHandle};
  static constexpr auto Fields() {
    return std::tuple{Positional("volume", &VolumeDismount::volume, "an open volume"),
                      Named("force", &VolumeDismount::force,
                            "dismount although files are open: they become invalid (needs the "
                            "capability volume.force)")};
  }
  TIDEGATE_OP(
      VolumeDismount, "volume.dismount", Capability::kVolume, true,
      "Dismounts the file system. Without force it fails with ERROR_ACCESS_DENIED while files "
      "are open. Source: FSCTL_DISMOUNT_VOLUME.")
};

struct VolumeMount {
  using Reply = std::monostate;
  VolumeHandle volume;
  std::string where;
  bool read_only = false;
  static constexpr ErrorCode kErrors[] = {
      ErrorCode::kNotReady,     ErrorCode::kPathNotFound,     ErrorCode::kUnrecognizedVolume,
      ErrorCode::kAccessDenied, ErrorCode::kSharingViolation, ErrorCode::kWriteProtect,
      ErrorCode::kBusy,         ErrorCode::kIoDevice,         ErrorCode::kDiskCorrupt,
      ErrorCode::kInvalidHandle};
  static constexpr auto Fields() {
    return std::tuple{Positional("volume", &VolumeMount::volume, "an open volume"),
                      Positional("where", &VolumeMount::where, "the mount point, an absolute path"),
                      Named("read_only", &VolumeMount::read_only, "mount without write access")};
  }
  TIDEGATE_OP(
      VolumeMount, "volume.mount", Capability::kVolume, true,
      "Mounts the volume's file system. Mounted there already is success; mounted elsewhere "
      "is ERROR_BUSY.")
};

struct VolumeProbe {
  using Reply = std::int64_t;
  VolumeHandle volume;
  Sectors sectors = {0};
  std::string write_file;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kNotReady,     ErrorCode::kIoDevice,
                                          ErrorCode::kCrc,          ErrorCode::kWriteProtect,
                                          ErrorCode::kDiskFull,     ErrorCode::kInvalidParameter,
                                          ErrorCode::kInvalidHandle};
  static constexpr auto Fields() {
    return std::tuple{
        Positional("volume", &VolumeProbe::volume, "an open volume"),
        Named("sectors", &VolumeProbe::sectors,
              "512-byte sector numbers to read past every cache, default {0}"),
        Named("write_file", &VolumeProbe::write_file,
              "also write and read back this file, a name relative to the mount point")};
  }
  TIDEGATE_OP(
      VolumeProbe, "volume.probe", Capability::kVolume, true,
      "Reads sectors from the device itself, aligned and uncached, and answers how many bytes "
      "were read.")
};

struct TimerSleep {
  using Reply = std::monostate;
  Duration duration;
  static constexpr std::span<const ErrorCode> kErrors = {};
  static constexpr auto Fields() {
    return std::tuple{Positional("duration", &TimerSleep::duration, "how long, e.g. \"250ms\"")};
  }
  TIDEGATE_OP(TimerSleep, "timer.sleep", Capability::kTimer, false,
              "Waits. The resource stays pending and the host goes on.")
};

struct StoreGet {
  using Reply = std::string;
  std::string key;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kNotFound, ErrorCode::kInvalidParameter,
                                          ErrorCode::kFileCorrupt, ErrorCode::kIoDevice};
  static constexpr auto Fields() {
    return std::tuple{Positional("key", &StoreGet::key, "1 to 64 of a-z 0-9 _ . -")};
  }
  TIDEGATE_OP(StoreGet, "store.get", Capability::kStore, true,
              "Reads a value that this resource stored; ERROR_NOT_FOUND if there is none.")
};

struct StoreSet {
  using Reply = std::monostate;
  std::string key;
  std::string value;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kInvalidParameter, ErrorCode::kDiskFull,
                                          ErrorCode::kWriteProtect, ErrorCode::kIoDevice};
  static constexpr auto Fields() {
    return std::tuple{Positional("key", &StoreSet::key, "1 to 64 of a-z 0-9 _ . -"),
                      Positional("value", &StoreSet::value, "at most 64 KiB")};
  }
  TIDEGATE_OP(StoreSet, "store.set", Capability::kStore, true,
              "Stores a value, on disk before it answers; the old value or the new one survives a "
              "crash, whole.")
};

#define TIDEGATE_CLUSTER_OP(Op, op_name, Answer, text)                 \
  struct Op {                                                          \
    using Reply = Answer;                                              \
    static constexpr ErrorCode kErrors[] = {ErrorCode::kNotSupported}; \
    static constexpr auto Fields() { return std::tuple{}; }            \
    TIDEGATE_OP(Op, op_name, Capability::kCluster, false, text)        \
  };

TIDEGATE_CLUSTER_OP(ClusterNodes, "cluster.nodes", Strings, "The names of the cluster's nodes.")
TIDEGATE_CLUSTER_OP(ClusterOwner, "cluster.owner", std::string,
                    "The node that owns this resource now.")
TIDEGATE_CLUSTER_OP(ClusterQuorum, "cluster.quorum", bool,
                    "Whether this node is in a quorate part.")

// Every operation there is. The order is of no consequence: texts carry names.
using Call =
    std::variant<VolumeOpen, VolumeClose, VolumeLock, VolumeUnlock, VolumeDismount, VolumeMount,
                 VolumeIsMounted, VolumeOffline, VolumeOnline, VolumeIsOffline,
                 VolumeSupportsOnlineOffline, VolumeProbe, VolumeFlush, VolumeIsDirty,
                 VolumeExtents, VolumeNumber, VolumeGetAttributes, TimerSleep, StoreGet, StoreSet,
                 ClusterNodes, ClusterOwner, ClusterQuorum>;

#undef TIDEGATE_OP
#undef TIDEGATE_VOLUME_OP
#undef TIDEGATE_CLUSTER_OP

}  // namespace tidegate
