// Value is what an operation can answer: plain data, copied by value, never an address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "host/core/shared_text.h"

namespace tidegate {

// Names a volume that one resource has open. Given out by Env, never reused within a resource; a
// number that no longer names anything is ERROR_INVALID_HANDLE, not a crash.
struct VolumeHandle {
  std::uint32_t id = 0;
  auto operator<=>(const VolumeHandle&) const = default;
};

// Where a volume lies: DISK_EXTENT of IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS. Offsets in bytes.
struct Extent {
  std::int64_t disk = 0;
  std::int64_t offset = 0;
  std::int64_t length = 0;
  bool operator==(const Extent&) const = default;
};

// What can be said of a volume without touching its file system.
struct VolumeAttributes {
  SharedText kind;         // "image", "loop", "block", "scsi"
  SharedText device;       // where the system has it now: a path, empty if nowhere
  SharedText file_system;  // "ext4", "xfs"; empty when not recognized
  SharedText mounted_at;   // empty when not mounted
  std::int64_t size = 0;   // bytes
  std::int64_t sector_size = 512;
  bool read_only = false;
  bool operator==(const VolumeAttributes&) const = default;
};

// The kinds of a persistent reservation, with the numbers that SCSI gives them. Of the first two
// there is one holder; of the others every registered node may do what the holder may.
enum class ReservationKind : std::uint8_t {
  kNone = 0,
  kWriteExclusive = 1,
  kExclusive = 3,
  kWriteExclusiveRegistrants = 5,
  kExclusiveRegistrants = 6,
};
inline constexpr std::string_view kReservationDefault = "write_exclusive_registrants";

constexpr std::string_view Name(ReservationKind kind) {
  switch (kind) {
    case ReservationKind::kNone:
      return "";
    case ReservationKind::kWriteExclusive:
      return "write_exclusive";
    case ReservationKind::kExclusive:
      return "exclusive";
    case ReservationKind::kWriteExclusiveRegistrants:
      return kReservationDefault;
    case ReservationKind::kExclusiveRegistrants:
      return "exclusive_registrants";
  }
  return "?";  // a disk may answer any number
}
// Not of kNone.
constexpr std::optional<ReservationKind> ReservationKindNamed(std::string_view name) {
  for (const auto kind :
       {ReservationKind::kWriteExclusive, ReservationKind::kExclusive,
        ReservationKind::kWriteExclusiveRegistrants, ReservationKind::kExclusiveRegistrants}) {
    if (Name(kind) == name) return kind;
  }
  return std::nullopt;
}

// A disk's reservation; kind is "" when there is none. Keys are 64 bits, here as a signed number.
struct Reservation {
  std::int64_t key = 0;
  std::string kind;
  bool operator==(const Reservation&) const = default;
};

using Numbers = std::vector<std::int64_t>;
using Strings = std::vector<std::string>;
using Extents = std::vector<Extent>;

using Value = std::variant<std::monostate, bool, std::int64_t, std::string, VolumeHandle, Extents,
                           VolumeAttributes, Strings, Numbers, Reservation>;

}  // namespace tidegate
