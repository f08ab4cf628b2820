// ResourceState is where a resource stands, with the numbers of CLUSTER_RESOURCE_STATE, and the
// matrix of the moves that are legal between states.
//
// Source: CLUSTER_RESOURCE_STATE, clusapi.h.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tidegate {

enum class ResourceState : std::int32_t {
  kUnknown = -1,
  kInherited = 0,
  kInitializing = 1,
  kOnline = 2,
  kOffline = 3,
  kFailed = 4,
  kCannotComeOnlineOnAnyNode = 126,
  kCannotComeOnlineOnThisNode = 127,
  kPending = 128,
  kOnlinePending = 129,
  kOfflinePending = 130,
};

constexpr std::string_view Name(ResourceState s) {
  switch (s) {
    case ResourceState::kUnknown:
      return "Unknown";
    case ResourceState::kInherited:
      return "Inherited";
    case ResourceState::kInitializing:
      return "Initializing";
    case ResourceState::kOnline:
      return "Online";
    case ResourceState::kOffline:
      return "Offline";
    case ResourceState::kFailed:
      return "Failed";
    case ResourceState::kCannotComeOnlineOnAnyNode:
      return "CannotComeOnlineOnAnyNode";
    case ResourceState::kCannotComeOnlineOnThisNode:
      return "CannotComeOnlineOnThisNode";
    case ResourceState::kPending:
      return "Pending";
    case ResourceState::kOnlinePending:
      return "OnlinePending";
    case ResourceState::kOfflinePending:
      return "OfflinePending";
  }
  return "?";
}

constexpr bool IsPending(ResourceState s) {
  return s == ResourceState::kOnlinePending || s == ResourceState::kOfflinePending;
}

// Which state may be reported after which. A pending state follows itself: that is a heartbeat.
constexpr bool IsLegal(ResourceState from, ResourceState to) {
  using S = ResourceState;
  switch (from) {
    case S::kInitializing:
      // Pending at once: a one-shot caller asks a fresh instance to take offline what it finds.
      return to == S::kOffline || to == S::kFailed || IsPending(to);
    case S::kOffline:
    case S::kFailed:
    case S::kCannotComeOnlineOnAnyNode:
    case S::kCannotComeOnlineOnThisNode:
      return to == S::kOnlinePending || to == S::kOfflinePending || to == S::kOffline ||
             to == S::kFailed;
    case S::kOnlinePending:
      return to == S::kOnlinePending || to == S::kOnline || to == S::kFailed || to == S::kOffline ||
             to == S::kCannotComeOnlineOnAnyNode || to == S::kCannotComeOnlineOnThisNode;
    case S::kOnline:
      return to == S::kOfflinePending || to == S::kFailed || to == S::kOffline;
    case S::kOfflinePending:
      return to == S::kOfflinePending || to == S::kOffline || to == S::kFailed;
    case S::kUnknown:
    case S::kInherited:
    case S::kPending:
      return false;  // Tidegate never reports these of itself
  }
  return false;
}

}  // namespace tidegate
