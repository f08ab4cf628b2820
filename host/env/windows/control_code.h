// The control codes that Tidegate sends, and what travels with them.
//
// Why not <winioctl.h>: the headers of different compilers have different ones of them, and some
// structures wrong. Source: winioctl.h, ntddvol.h, ntddstor.h of the Windows SDK.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tidegate {

enum class ControlCode : std::uint32_t {
  kFsctlLockVolume = 0x00090018,
  kFsctlUnlockVolume = 0x0009001C,
  kFsctlDismountVolume = 0x00090020,
  kFsctlIsVolumeMounted = 0x00090028,
  kFsctlIsVolumeDirty = 0x00090078,
  kDiskIsWritable = 0x00070024,
  kDiskGetLengthInfo = 0x0007405C,
  kDiskGetDiskAttributes = 0x000700F0,
  kDiskIsClustered = 0x000700F8,
  kDiskSetDiskAttributes = 0x0007C0F4,
  kStorageCheckVerify2 = 0x002D0800,
  kStorageGetDeviceNumber = 0x002D1080,
  kStoragePersistentReserveIn = 0x002D5018,
  kStoragePersistentReserveOut = 0x002DD01C,
  kVolumeGetVolumeDiskExtents = 0x00560000,
  kVolumeSupportsOnlineOffline = 0x00560004,
  kVolumeOnline = 0x0056C008,
  kVolumeOffline = 0x0056C00C,
  kVolumeIsOffline = 0x00560010,
  kVolumeIsIoCapable = 0x00560014,
  kVolumeQueryFailoverSet = 0x00560018,
  kVolumeQueryVolumeNumber = 0x0056001C,
  kVolumeLogicalToPhysical = 0x00560020,
  kVolumePhysicalToLogical = 0x00560024,
  kVolumeIsPartition = 0x00560028,
  kVolumeIsClustered = 0x00560030,
  kVolumeSetGptAttributes = 0x00560034,
  kVolumeGetGptAttributes = 0x00560038,
  kVolumeIsDynamic = 0x00560048,
  kVolumeUpdateProperties = 0x00560054,
  kVolumeIsCsv = 0x00560060,
  kVolumePostOnline = 0x0056C064,
};

// DISK_EXTENT
struct DiskExtent {
  std::uint32_t disk;
  std::uint32_t reserved;
  std::int64_t offset;
  std::int64_t length;
};
static_assert(sizeof(DiskExtent) == 24);

// VOLUME_DISK_EXTENTS, VOLUME_PHYSICAL_OFFSETS: this, then so many entries.
struct CountOfWide {
  std::uint32_t count;
  std::uint32_t reserved;
};
static_assert(sizeof(CountOfWide) == 8);

// VOLUME_PHYSICAL_OFFSET
struct PhysicalOffset {
  std::uint32_t disk;
  std::uint32_t reserved;
  std::int64_t offset;
};
static_assert(sizeof(PhysicalOffset) == 16);

// VOLUME_NUMBER
struct VolumeNumberAnswer {
  std::uint32_t number;
  char16_t manager[8];
};
static_assert(sizeof(VolumeNumberAnswer) == 20);

// STORAGE_DEVICE_NUMBER
struct DeviceNumber {
  std::uint32_t type;
  std::uint32_t number;
  std::uint32_t partition;
};
static_assert(sizeof(DeviceNumber) == 12);

// VOLUME_SET_GPT_ATTRIBUTES_INFORMATION
struct SetGptAttributes {
  std::uint64_t attributes;
  std::uint8_t revert_on_close;
  std::uint8_t apply_to_all_connected_volumes;
  std::uint16_t reserved1;
  std::uint32_t reserved2;
};
static_assert(sizeof(SetGptAttributes) == 16);

// GET_DISK_ATTRIBUTES
struct GetDiskAttributes {
  std::uint32_t version;
  std::uint32_t reserved;
  std::uint64_t attributes;
};
static_assert(sizeof(GetDiskAttributes) == 16);

// SET_DISK_ATTRIBUTES
struct SetDiskAttributes {
  std::uint32_t version;
  std::uint8_t persist;
  std::uint8_t reserved1[3];
  std::uint64_t attributes;
  std::uint64_t mask;
  std::uint32_t reserved2[4];
};
static_assert(sizeof(SetDiskAttributes) == 40);

// PERSISTENT_RESERVE_COMMAND as it reads.
struct PersistentReserveIn {
  std::uint32_t version;
  std::uint32_t size;
  std::uint8_t action;  // of which 5 bits count
  std::uint8_t reserved;
  std::uint16_t allocation_length;
};
static_assert(sizeof(PersistentReserveIn) == 12);

// PERSISTENT_RESERVE_COMMAND as it changes, and PRO_PARAMETER_LIST behind it. What is sent ends
// with the list: its length is the rest of the input.
struct PersistentReserveOut {
  std::uint32_t version;
  std::uint32_t size;
  std::uint8_t action;          // of which 5 bits count
  std::uint8_t type_and_scope;  // type in the lower 4 bits
  std::uint8_t key[8];          // from here on as SCSI has them: big-endian
  std::uint8_t action_key[8];
  std::uint8_t rest[8];
};
inline constexpr std::size_t kPersistentReserveOutBytes = 34;
static_assert(offsetof(PersistentReserveOut, key) == 10);
static_assert(offsetof(PersistentReserveOut, rest) + 8 == kPersistentReserveOutBytes);

}  // namespace tidegate
