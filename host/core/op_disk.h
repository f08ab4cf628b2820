// The operations on the disk below a volume: its attributes, persistent reservations, raw control
// codes. Read op.h first.
//
// They go to the device that the handle was opened by. On Windows that is the disk itself,
// volume.open("\\\\.\\PhysicalDrive3"), where the volume is offline or lies on several disks.
#pragma once

#include "host/core/op_volume.h"

namespace tidegate {

namespace errors {
// ERROR_BUSY is a reservation conflict. Source: IOCTL_STORAGE_PERSISTENT_RESERVE_OUT.
inline constexpr ErrorCode kReserve[] = {ErrorCode::kBusy, ErrorCode::kNotReady,
                                         ErrorCode::kIoDevice, ErrorCode::kNotSupported,
                                         ErrorCode::kInvalidHandle};
}  // namespace errors

TIDEGATE_VOLUME_OP(VolumeVerify, "volume.verify", std::monostate, errors::kAsk, does::kAsks,
                   "Whether the device has its medium, without mounting anything: "
                   "ERROR_NOT_READY when not. Source: IOCTL_STORAGE_CHECK_VERIFY2.")
TIDEGATE_VOLUME_OP(VolumeDiskNumber, "volume.disk_number", std::int64_t, errors::kAsk, does::kAsks,
                   "The system's number of the disk, good until the next boot: the 3 of "
                   "PhysicalDrive3. Source: IOCTL_STORAGE_GET_DEVICE_NUMBER.")
TIDEGATE_VOLUME_OP(VolumeDiskIsClustered, "volume.disk_is_clustered", bool, errors::kAsk,
                   does::kAsks,
                   "Whether the cluster has the disk as a resource. "
                   "Source: IOCTL_DISK_IS_CLUSTERED.")

struct VolumeDiskAttribute {
  using Reply = bool;
  VolumeHandle volume;
  std::string name;
  static constexpr auto& kErrors = VolumeGptAttribute::kErrors;
  static constexpr auto Fields() {
    return std::tuple{Positional("volume", &VolumeDiskAttribute::volume, "an open disk"),
                      Positional("name", &VolumeDiskAttribute::name,
                                 "offline, read_only, hidden or maintenance")};
  }
  TIDEGATE_OP(VolumeDiskAttribute, "volume.disk_attribute", Capability::kVolume, true, does::kAsks,
              "Whether an attribute of the disk is set. Source: IOCTL_DISK_GET_DISK_ATTRIBUTES.")
};

struct VolumeSetDiskAttribute {
  using Reply = std::monostate;
  VolumeHandle volume;
  std::string name;
  bool on = false;
  bool persist = false;
  static constexpr auto& kErrors = VolumeGptAttribute::kErrors;
  static constexpr auto Fields() {
    return std::tuple{
        Positional("volume", &VolumeSetDiskAttribute::volume, "an open disk"),
        Positional("name", &VolumeSetDiskAttribute::name, "offline or read_only"),
        Positional("on", &VolumeSetDiskAttribute::on, "set or clear it"),
        Named("persist", &VolumeSetDiskAttribute::persist, "also after the next boot")};
  }
  TIDEGATE_OP(VolumeSetDiskAttribute, "volume.set_disk_attribute", Capability::kDisk, true,
              does::kChanges,
              "Sets or clears an attribute of the disk: every volume on it feels it. "
              "Source: IOCTL_DISK_SET_DISK_ATTRIBUTES.")
};

// --- Persistent reservations. Source: SCSI Primary Commands, PERSISTENT RESERVE IN and OUT. ---

struct VolumeRegisteredKeys {
  using Reply = Numbers;
  VolumeHandle volume;
  static constexpr auto& kErrors = errors::kReserve;
  static constexpr auto Fields() {
    return std::tuple{Positional("volume", &VolumeRegisteredKeys::volume, "an open disk")};
  }
  TIDEGATE_OP(VolumeRegisteredKeys, "volume.registered_keys", Capability::kReservation, true,
              does::kAsks,
              "The keys registered with the disk, one for each path of a node to it. "
              "Source: IOCTL_STORAGE_PERSISTENT_RESERVE_IN.")
};

struct VolumeReservation {
  using Reply = Reservation;
  VolumeHandle volume;
  static constexpr auto& kErrors = errors::kReserve;
  static constexpr auto Fields() {
    return std::tuple{Positional("volume", &VolumeReservation::volume, "an open disk")};
  }
  TIDEGATE_OP(VolumeReservation, "volume.reservation", Capability::kReservation, true, does::kAsks,
              "Who holds the disk's reservation; the kind is \"\" when nobody does. "
              "Source: IOCTL_STORAGE_PERSISTENT_RESERVE_IN.")
};

struct VolumeRegister {
  using Reply = std::monostate;
  VolumeHandle volume;
  std::int64_t key = 0;
  static constexpr auto& kErrors = errors::kReserve;
  static constexpr auto Fields() {
    return std::tuple{Positional("volume", &VolumeRegister::volume, "an open disk"),
                      Positional("key", &VolumeRegister::key,
                                 "this node's key, not 0; 0 takes its registration back")};
  }
  TIDEGATE_OP(VolumeRegister, "volume.register", Capability::kReservation, true, does::kChanges,
              "Registers this node's key with the disk, in place of one that it had. "
              "Source: IOCTL_STORAGE_PERSISTENT_RESERVE_OUT.")
};

#define TIDEGATE_RESERVATION_FIELDS(Op)                                          \
  Positional("volume", &Op::volume, "an open disk"),                             \
      Positional("key", &Op::key, "this node's key, registered before"),         \
      Named("kind", &Op::kind,                                                   \
            "write_exclusive, exclusive, write_exclusive_registrants (default) " \
            "or exclusive_registrants")

struct VolumeReserve {
  using Reply = std::monostate;
  VolumeHandle volume;
  std::int64_t key = 0;
  std::string kind = std::string(kReservationDefault);
  static constexpr auto& kErrors = errors::kReserve;
  static constexpr auto Fields() { return std::tuple{TIDEGATE_RESERVATION_FIELDS(VolumeReserve)}; }
  TIDEGATE_OP(VolumeReserve, "volume.reserve", Capability::kReservation, true, does::kChanges,
              "Reserves the disk: others cannot write to it, or not use it at all. Reserved so by "
              "this node already is success. Source: IOCTL_STORAGE_PERSISTENT_RESERVE_OUT.")
};

struct VolumeRelease {
  using Reply = std::monostate;
  VolumeHandle volume;
  std::int64_t key = 0;
  std::string kind = std::string(kReservationDefault);
  static constexpr auto& kErrors = errors::kReserve;
  static constexpr auto Fields() { return std::tuple{TIDEGATE_RESERVATION_FIELDS(VolumeRelease)}; }
  TIDEGATE_OP(VolumeRelease, "volume.release", Capability::kReservation, true, does::kChanges,
              "Gives this node's reservation up; the registration stays. "
              "Source: IOCTL_STORAGE_PERSISTENT_RESERVE_OUT.")
};

struct VolumePreempt {
  using Reply = std::monostate;
  VolumeHandle volume;
  std::int64_t key = 0;
  std::int64_t victim = 0;
  std::string kind = std::string(kReservationDefault);
  bool abort = false;
  static constexpr auto& kErrors = errors::kReserve;
  static constexpr auto Fields() {
    return std::tuple{
        Positional("volume", &VolumePreempt::volume, "an open disk"),
        Positional("key", &VolumePreempt::key, "this node's key, registered before"),
        Positional("victim", &VolumePreempt::victim, "whose registration ends"),
        Named("kind", &VolumePreempt::kind, "of the reservation, as for reserve"),
        Named("abort", &VolumePreempt::abort, "also abort what the victim has under way")};
  }
  TIDEGATE_OP(VolumePreempt, "volume.preempt", Capability::kReservation, true, does::kChanges,
              "Ends the victim's registration: its writes fail from now on, and a reservation that "
              "it held is this node's. Source: IOCTL_STORAGE_PERSISTENT_RESERVE_OUT.")
};

struct VolumeClearReservations {
  using Reply = std::monostate;
  VolumeHandle volume;
  std::int64_t key = 0;
  static constexpr auto& kErrors = errors::kReserve;
  static constexpr auto Fields() {
    return std::tuple{
        Positional("volume", &VolumeClearReservations::volume, "an open disk"),
        Positional("key", &VolumeClearReservations::key, "this node's key, registered before")};
  }
  TIDEGATE_OP(VolumeClearReservations, "volume.clear_reservations", Capability::kReservation, true,
              does::kChanges,
              "Ends the reservation and all registrations, those of other nodes too. "
              "Source: IOCTL_STORAGE_PERSISTENT_RESERVE_OUT.")
};

#undef TIDEGATE_RESERVATION_FIELDS

struct VolumeIoctl {
  using Reply = std::string;
  VolumeHandle volume;
  std::int64_t code = 0;
  std::string input;
  std::int64_t size = 0;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kInvalidFunction, ErrorCode::kAccessDenied,
                                          ErrorCode::kNotReady,        ErrorCode::kIoDevice,
                                          ErrorCode::kMoreData,        ErrorCode::kNotSupported,
                                          ErrorCode::kInvalidHandle};
  static constexpr auto Fields() {
    return std::tuple{Positional("volume", &VolumeIoctl::volume, "an open volume or disk"),
                      Positional("code", &VolumeIoctl::code, "a control code, e.g. 0x2D0800"),
                      Positional("input", &VolumeIoctl::input, "the input buffer, \"\" for none"),
                      Positional("size", &VolumeIoctl::size, "bytes of the output buffer")};
  }
  TIDEGATE_OP(VolumeIoctl, "volume.ioctl", Capability::kIoctl, true, does::kChanges,
              "Sends a control code as it is and answers the bytes that come back. For what no "
              "operation does; only on Windows. Source: DeviceIoControl.")
};

}  // namespace tidegate
