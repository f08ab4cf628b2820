// Manifest is what a policy says of itself: entry points, properties, timeouts, health,
// capabilities.
#pragma once

#include <array>
#include <bitset>
#include <string>
#include <vector>

#include "host/core/capability.h"
#include "host/core/entry_point.h"
#include "host/core/limits.h"
#include "host/core/property.h"
#include "host/core/time.h"

namespace tidegate {

inline constexpr int kPolicyApi = 1;

// How many verdicts it takes to change one's mind: fail after `fail_after` bad ones among the last
// `of`, healthy again after `succeed_after` good ones in a row.
struct Health {
  int fail_after = 1;
  int of = 1;
  int succeed_after = 1;
  bool operator==(const Health&) const = default;
};
inline constexpr int kHealthWindow = 32;

constexpr Duration DefaultTimeout(EntryPoint e) {
  switch (e) {
    case EntryPoint::kOnline:
    case EntryPoint::kOffline:
    case EntryPoint::kPromote:
    case EntryPoint::kDemote:
      return limits::kPendingEntryTimeout;
    case EntryPoint::kTerminate:
      return limits::kTerminateTimeout;
    case EntryPoint::kLooksAlive:
    case EntryPoint::kIsAlive:
      return limits::kAliveTimeout;
    default:
      return limits::kOpenTimeout;
  }
}

struct Manifest {
  int api = kPolicyApi;
  std::string name;     // "volume.lua"
  std::string version;  // the policy's own text, may be empty
  std::string digest;   // SHA-256 of the source, lower-case hex; names this exact text
  std::vector<PropertySpec> properties;
  Capabilities capabilities = Capabilities::All();  // what the policy asks for
  std::bitset<kEntryPoints> entry_points;
  std::array<Duration, kEntryPoints> timeouts = [] {
    std::array<Duration, kEntryPoints> all{};
    for (std::size_t i = 0; i < kEntryPoints; ++i) {
      all[i] = DefaultTimeout(static_cast<EntryPoint>(i));
    }
    return all;
  }();
  Health health;

  bool Has(EntryPoint e) const { return entry_points.test(static_cast<std::size_t>(e)); }
  Duration Timeout(EntryPoint e) const { return timeouts[static_cast<std::size_t>(e)]; }
};

}  // namespace tidegate
