// Capability is a permission that a policy needs for an operation; one not granted is an error that
// names it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tidegate {

enum class Capability : std::uint8_t {
  kVolume,       // open volumes, look at them, read and write their state
  kVolumeForce,  // dismount although files are open: what others have open becomes invalid
  kCluster,      // ask the cluster about nodes, quorum and ownership
  kTimer,        // wait
  kStore,        // keep values that outlive the host
  kDisk,         // change attributes of a disk: every volume on it feels it
  kReservation,  // take and give reservations: decide which node may write to a disk
  kIoctl,        // send any control code: whatever the driver does then
};

inline constexpr std::array<std::string_view, 8> kCapabilityNames = {
    "volume", "volume.force", "cluster", "timer", "store", "disk", "reservation", "ioctl"};

constexpr std::string_view Name(Capability c) { return kCapabilityNames[static_cast<int>(c)]; }
std::optional<Capability> CapabilityNamed(std::string_view name);

// A set of capabilities, small enough to copy.
class Capabilities {
 public:
  static constexpr Capabilities All() { return Capabilities((1u << kCapabilityNames.size()) - 1); }
  static constexpr Capabilities None() { return Capabilities(0); }
  constexpr bool Has(Capability c) const { return (bits_ >> static_cast<int>(c)) & 1u; }
  constexpr void Add(Capability c) { bits_ |= 1u << static_cast<int>(c); }
  constexpr bool operator==(const Capabilities&) const = default;

 private:
  explicit constexpr Capabilities(std::uint32_t bits) : bits_(bits) {}
  std::uint32_t bits_;
};

}  // namespace tidegate
