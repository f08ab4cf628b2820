// An Invariant is something that must hold in every run, whatever deviates. A Checker watches a run
// and says which one is violated first.
//
// Each is evaluated where it can change, and counts how often: one that was never evaluated proves
// nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/core/time.h"

namespace tidegate::sim {

enum class Invariant : std::uint8_t {
  // Safety:
  kSingleOwner,            // a volume is never writable on two nodes
  kDismountBeforeOffline,  // through the same handle
  kNoIoAfterOffline,       // a resource that is offline asks for nothing
  kTruthfulStatus,         // Online and Offline are what the volume is
  kNoLostWrite,            // what was acknowledged is readable after a failover
  kIdempotent,             // a second Online, Offline, Terminate does no harm
  kOneEntryPoint,          // at a time, except Terminate
  kDeadAfterTerminate,     // nothing more comes from a cancelled entry point
  kLegalTransition,        // and rising checkpoints
  kBounded,                // operations outstanding, events without progress
  kCapability,             // no operation without its capability
  kOneVersion,             // a policy is swapped between entry points only
  kProbeIsPure,            // looks_alive and is_alive change nothing
  kNoSilentFailure,        // Failed names operation, code and attempt
  kNeighboursUnharmed,     // a fault of one resource fails no other
  // Liveness:
  kPendingEnds,   // even under faults that never heal
  kRecovers,      // once faults stop, it is online within a bound
  kNoFlapping,    // and stays so
  kDetects,       // a dead disk within a bound
  kNoFalseAlarm,  // without a fault nothing fails
  kFailSafe,      // in the end it is safely offline, and says so
  kScenario,      // what a scenario of one's own asks for
};
inline constexpr int kInvariants = static_cast<int>(Invariant::kScenario) + 1;

inline constexpr std::array<std::string_view, kInvariants> kInvariantNames = {
    "single_owner",
    "dismount_before_offline",
    "no_io_after_offline",
    "truthful_status",
    "no_lost_write",
    "idempotent",
    "one_entry_point",
    "dead_after_terminate",
    "legal_transition",
    "bounded",
    "capability",
    "one_version",
    "probe_is_pure",
    "no_silent_failure",
    "neighbours_unharmed",
    "pending_ends",
    "recovers",
    "no_flapping",
    "detects",
    "no_false_alarm",
    "fail_safe",
    "scenario"};

constexpr std::string_view Name(Invariant i) {
  return kInvariantNames[static_cast<std::size_t>(i)];
}
std::optional<Invariant> InvariantNamed(std::string_view name);

struct Violation {
  Invariant invariant;
  Instant at;
  std::string node;
  std::string resource;
  std::string what;
};

using Evaluations = std::array<std::uint64_t, kInvariants>;

}  // namespace tidegate::sim
