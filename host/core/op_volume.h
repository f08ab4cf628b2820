// The operations on volumes. Read op.h first.
#pragma once

#include "host/core/op_info.h"

namespace tidegate {

using Sectors = Numbers;

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
      VolumeOpen, "volume.open", Capability::kVolume, true, does::kTakes,
      "Opens a volume. An offline volume can be opened, but its I/O fails. A volume that was "
      "dismounted and is not offline mounts again.")
};

// Why an operation of its own: a name may lead to another disk by now, or to none. What was brought
// up is known by what it is.
struct VolumeOurs {
  using Reply = VolumeHandle;
  std::string path;
  std::string at;
  static constexpr ErrorCode kErrors[] = {
      ErrorCode::kNotReady,         ErrorCode::kNotFound,         ErrorCode::kAccessDenied,
      ErrorCode::kSharingViolation, ErrorCode::kInvalidParameter, ErrorCode::kTooManyOpenFiles,
      ErrorCode::kIoDevice};
  static constexpr auto Fields() {
    return std::tuple{
        Positional("path", &VolumeOurs::path, "the volume's name, as for volume.open"),
        Named("at", &VolumeOurs::at,
              "this resource's mount point: the volume that path names, mounted there, is its own "
              "whoever mounted it")};
  }
  TIDEGATE_OP(
      VolumeOurs, "volume.ours", Capability::kVolume, true, does::kTakes,
      "Opens what this resource has brought up here, by online or mount, until offline: by what it "
      "is, wherever its name leads by now. ERROR_NOT_FOUND says for certain that nothing of it is "
      "up; any other error, that it cannot be told.")
};

// The operations on an open volume all begin with its handle.
#define TIDEGATE_VOLUME_OP(Op, op_name, Answer, errors, what, text)           \
  struct Op {                                                                 \
    using Reply = Answer;                                                     \
    VolumeHandle volume;                                                      \
    static constexpr auto& kErrors = errors;                                  \
    static constexpr auto Fields() {                                          \
      return std::tuple{Positional("volume", &Op::volume, "an open volume")}; \
    }                                                                         \
    TIDEGATE_OP(Op, op_name, Capability::kVolume, true, what, text)           \
  };

namespace errors {
inline constexpr ErrorCode kHandle[] = {ErrorCode::kInvalidHandle};
inline constexpr ErrorCode kMounted[] = {ErrorCode::kNotReady, ErrorCode::kInvalidHandle};
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
    VolumeClose, "volume.close", std::monostate, errors::kHandle, does::kGivesBack,
    "Closes the handle: its lock is released, and a volume that was dismounted through "
    "it but not taken offline may mount again.")
TIDEGATE_VOLUME_OP(
    VolumeLock, "volume.lock", std::monostate, errors::kLock, does::kChangesInTurn,
    "Locks the volume: succeeds only when no file on it is open and nobody else has it mounted; "
    "its caches are then flushed and nobody else can mount or open it. Held until unlock or close. "
    "Source: FSCTL_LOCK_VOLUME.")
TIDEGATE_VOLUME_OP(VolumeUnlock, "volume.unlock", std::monostate, errors::kUnlock,
                   does::kChangesInTurn,
                   "Releases the lock of this handle. Source: FSCTL_UNLOCK_VOLUME.")
TIDEGATE_VOLUME_OP(
    VolumeOffline, "volume.offline", std::monostate, errors::kOffline, does::kChangesInTurn,
    "Takes the volume offline: reads, writes and mounts fail from now on. Needs a "
    "dismount through the same handle first, so that nobody can mount it in between. "
    "Offline twice is harmless. Source: IOCTL_VOLUME_OFFLINE.")
TIDEGATE_VOLUME_OP(VolumeOnline, "volume.online", std::monostate, errors::kOnline,
                   does::kChangesInTurn,
                   "Brings the volume online: I/O is honored again. Online twice is harmless. "
                   "Source: IOCTL_VOLUME_ONLINE.")
TIDEGATE_VOLUME_OP(VolumeIsOffline, "volume.is_offline", bool, errors::kHandle, does::kAsksMemory,
                   "Whether the volume is offline. Source: IOCTL_VOLUME_IS_OFFLINE.")
TIDEGATE_VOLUME_OP(VolumeIsMounted, "volume.is_mounted", bool, errors::kMounted, does::kAsksMemory,
                   "Whether a file system of this volume is mounted, asked of the system and not "
                   "remembered. Of a volume that this resource has mounted: at that mount point; "
                   "ERROR_NOT_READY when something else is mounted over it. "
                   "Source: FSCTL_IS_VOLUME_MOUNTED.")
TIDEGATE_VOLUME_OP(VolumeSupportsOnlineOffline, "volume.supports_online_offline", bool,
                   errors::kHandle, does::kAsks,
                   "Whether this kind of device has an offline state that outlives the host. "
                   "Source: IOCTL_VOLUME_SUPPORTS_ONLINE_OFFLINE.")
TIDEGATE_VOLUME_OP(VolumeFlush, "volume.flush", std::monostate, errors::kRead, does::kChanges,
                   "Writes everything cached for the volume to its device, and waits.")
TIDEGATE_VOLUME_OP(VolumeIsDirty, "volume.is_dirty", bool, errors::kDirty, does::kAsks,
                   "Whether the file system says it was not cleanly dismounted or has errors. "
                   "Source: FSCTL_IS_VOLUME_DIRTY.")
TIDEGATE_VOLUME_OP(VolumeExtents, "volume.extents", Extents, errors::kRead, does::kAsks,
                   "Which disks the volume lies on. Source: IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS.")
TIDEGATE_VOLUME_OP(VolumeNumber, "volume.number", std::int64_t, errors::kRead, does::kAsks,
                   "The system's number for the volume, good until the next boot. "
                   "Source: IOCTL_VOLUME_QUERY_VOLUME_NUMBER.")
TIDEGATE_VOLUME_OP(VolumeGetAttributes, "volume.attributes", VolumeAttributes, errors::kRead,
                   does::kAsks,
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
      VolumeDismount, "volume.dismount", Capability::kVolume, true, does::kChangesInTurn,
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
      VolumeMount, "volume.mount", Capability::kVolume, true, does::kChangesInTurn,
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
      VolumeProbe, "volume.probe", Capability::kVolume, true, does::kAsks,
      "Reads sectors from the device itself, aligned and uncached, and answers how many bytes "
      "were read.")
};

namespace errors {
inline constexpr ErrorCode kAsk[] = {ErrorCode::kNotReady, ErrorCode::kIoDevice,
                                     ErrorCode::kNotSupported, ErrorCode::kInvalidHandle};
}  // namespace errors

TIDEGATE_VOLUME_OP(VolumeIsIoCapable, "volume.is_io_capable", bool, errors::kAsk, does::kAsks,
                   "Whether I/O on the volume can succeed now. "
                   "Source: IOCTL_VOLUME_IS_IO_CAPABLE.")
TIDEGATE_VOLUME_OP(VolumeIsClustered, "volume.is_clustered", bool, errors::kAsk, does::kAsks,
                   "Whether the volume lies on a disk that the cluster has as a resource. "
                   "Source: IOCTL_VOLUME_IS_CLUSTERED.")
TIDEGATE_VOLUME_OP(VolumeIsPartition, "volume.is_partition", bool, errors::kAsk, does::kAsks,
                   "Whether the volume is one partition of one disk. "
                   "Source: IOCTL_VOLUME_IS_PARTITION.")
TIDEGATE_VOLUME_OP(VolumeIsDynamic, "volume.is_dynamic", bool, errors::kAsk, does::kAsks,
                   "Whether a volume manager made it: a dynamic disk, the device mapper. "
                   "Source: IOCTL_VOLUME_IS_DYNAMIC.")
TIDEGATE_VOLUME_OP(VolumeIsCsv, "volume.is_csv", bool, errors::kAsk, does::kAsks,
                   "Whether it is a cluster shared volume, which is never taken offline. "
                   "Source: IOCTL_VOLUME_IS_CSV.")
TIDEGATE_VOLUME_OP(VolumeFailoverSet, "volume.failover_set", Numbers, errors::kAsk, does::kAsks,
                   "The numbers of the disks that must move with it from node to node. "
                   "Source: IOCTL_VOLUME_QUERY_FAILOVER_SET.")
TIDEGATE_VOLUME_OP(VolumeUpdateProperties, "volume.update_properties", std::monostate, errors::kAsk,
                   does::kChanges,
                   "Has the system forget what it remembers of the volume, such as its size. "
                   "Source: IOCTL_VOLUME_UPDATE_PROPERTIES.")
TIDEGATE_VOLUME_OP(VolumePostOnline, "volume.post_online", std::monostate, errors::kAsk,
                   does::kChanges,
                   "Tells the volume's drivers that it went online; nothing where there are none "
                   "to tell. Source: IOCTL_VOLUME_POST_ONLINE.")

struct VolumeLogicalToPhysical {
  using Reply = Extents;
  VolumeHandle volume;
  std::int64_t offset = 0;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kNotReady, ErrorCode::kInvalidParameter,
                                          ErrorCode::kNotSupported, ErrorCode::kInvalidHandle};
  static constexpr auto Fields() {
    return std::tuple{
        Positional("volume", &VolumeLogicalToPhysical::volume, "an open volume"),
        Positional("offset", &VolumeLogicalToPhysical::offset, "bytes from the volume's start")};
  }
  TIDEGATE_OP(VolumeLogicalToPhysical, "volume.logical_to_physical", Capability::kVolume, true,
              does::kAsks,
              "Where a byte of the volume lies: a disk and an offset for each copy, of length 0. "
              "Source: IOCTL_VOLUME_LOGICAL_TO_PHYSICAL.")
};

struct VolumePhysicalToLogical {
  using Reply = std::int64_t;
  VolumeHandle volume;
  std::int64_t disk = 0;
  std::int64_t offset = 0;
  static constexpr auto& kErrors = VolumeLogicalToPhysical::kErrors;
  static constexpr auto Fields() {
    return std::tuple{
        Positional("volume", &VolumePhysicalToLogical::volume, "an open volume"),
        Positional("disk", &VolumePhysicalToLogical::disk, "the disk's number"),
        Positional("offset", &VolumePhysicalToLogical::offset, "bytes from the disk's start")};
  }
  TIDEGATE_OP(VolumePhysicalToLogical, "volume.physical_to_logical", Capability::kVolume, true,
              does::kAsks,
              "Which byte of the volume lies there; ERROR_INVALID_PARAMETER outside of it. "
              "Source: IOCTL_VOLUME_PHYSICAL_TO_LOGICAL.")
};

struct VolumeGptAttribute {
  using Reply = bool;
  VolumeHandle volume;
  std::string name;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kNotReady, ErrorCode::kIoDevice,
                                          ErrorCode::kInvalidParameter, ErrorCode::kNotSupported,
                                          ErrorCode::kInvalidHandle};
  static constexpr auto Fields() {
    return std::tuple{Positional("volume", &VolumeGptAttribute::volume, "an open volume"),
                      Positional("name", &VolumeGptAttribute::name,
                                 "no_drive_letter, hidden, shadow_copy, read_only, offline, dax "
                                 "or service")};
  }
  TIDEGATE_OP(VolumeGptAttribute, "volume.gpt_attribute", Capability::kVolume, true, does::kAsks,
              "Whether an attribute of the volume's partition is set. "
              "Source: IOCTL_VOLUME_GET_GPT_ATTRIBUTES.")
};

struct VolumeSetGptAttribute {
  using Reply = std::monostate;
  VolumeHandle volume;
  std::string name;
  bool on = false;
  bool revert_on_close = false;
  bool whole_disk = false;
  static constexpr auto& kErrors = VolumeGptAttribute::kErrors;
  static constexpr auto Fields() {
    return std::tuple{Positional("volume", &VolumeSetGptAttribute::volume, "an open volume"),
                      Positional("name", &VolumeSetGptAttribute::name, "as for gpt_attribute"),
                      Positional("on", &VolumeSetGptAttribute::on, "set or clear it"),
                      Named("revert_on_close", &VolumeSetGptAttribute::revert_on_close,
                            "as before when this handle is closed"),
                      Named("whole_disk", &VolumeSetGptAttribute::whole_disk,
                            "for all volumes of the disk, which a disk with an MBR asks for")};
  }
  TIDEGATE_OP(VolumeSetGptAttribute, "volume.set_gpt_attribute", Capability::kDisk, true,
              does::kChanges,
              "Sets or clears one attribute of the volume's partition and leaves the others. "
              "Source: IOCTL_VOLUME_SET_GPT_ATTRIBUTES.")
};

}  // namespace tidegate
