// EntryPoint is one of the functions that a cluster calls on a resource and a policy provides.
//
// Source: "Resource DLL Entry-Point Functions", Windows Failover Cluster API; `migrate` is
// Tidegate's; `promote` and `demote` are those of a promotable clone, Pacemaker alone has them: OCF
// Resource Agent API 1.1.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tidegate {

enum class EntryPoint : std::uint8_t {
  kOpen,
  kClose,
  kOnline,
  kOffline,
  kTerminate,
  kLooksAlive,
  kIsAlive,
  kArbitrate,
  kRelease,
  kControl,
  kTypeControl,
  kMigrate,
  kPromote,
  kDemote,
};

inline constexpr std::array<std::string_view, 14> kEntryPointNames = {
    "open",      "close",   "online",  "offline",      "terminate", "looks_alive", "is_alive",
    "arbitrate", "release", "control", "type_control", "migrate",   "promote",     "demote"};
inline constexpr std::size_t kEntryPoints = kEntryPointNames.size();

constexpr std::string_view Name(EntryPoint e) { return kEntryPointNames[static_cast<int>(e)]; }
constexpr std::optional<EntryPoint> EntryPointNamed(std::string_view name) {
  for (std::size_t i = 0; i < kEntryPoints; ++i) {
    if (kEntryPointNames[i] == name) return static_cast<EntryPoint>(i);
  }
  return std::nullopt;
}

// LooksAlive and IsAlive answer TRUE or FALSE; what goes wrong in them is a FALSE.
constexpr bool IsPoll(EntryPoint e) {
  return e == EntryPoint::kLooksAlive || e == EntryPoint::kIsAlive;
}

}  // namespace tidegate
