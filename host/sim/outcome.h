// An Outcome is what can happen at one site of a run; menu entry 0 is always the nominal one.
//
// What a site can meet is decided here and nowhere else: an operation by its declared errors and by
// what it does, an entry point by what can befall its node or its disk at that moment.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "host/core/call.h"

namespace tidegate::sim {

enum class Fate : std::uint8_t {
  kNominal,
  // An operation:
  kFails,             // at once, without an effect
  kFailsAfterEffect,  // it happened, but the answer says that it failed
  kFailsFromNowOn,    // this operation on this node, until faults stop
  kSlow,              // takes longer than a poll may
  kHangs,             // until faults stop
  kStale,             // answers what was true before the latest change
  kCrashesBefore,     // the node loses power before the effect
  kCrashesAfter,      // ... after it, with the caches of the node
  kHostKilled,        // the process that hosts the resource dies; the operation still happens
  kPolicySwapped,     // a new version of the policy is offered at this yield point
  kIntruderOpens,     // another process opens the volume and keeps it open for a while
  // A node or its disk, when an entry point begins:
  kDiskGone,
  kDiskReadOnly,
  kDiskFull,
  kReservationLost,
  kPartitioned,        // nobody hears the node
  kPartitionedOneWay,  // the node hears the others, they do not hear it
  kClockSteps,         // the node's clock jumps ahead, as after a pause of its machine
  kReboots,
  kOperatorMoves,
  kOperatorTakesOffline,
  // Of two events at the same instant:
  kSecondFirst,
  // Of what the documentation leaves open:
  kOtherReading,
};
inline constexpr int kFates = static_cast<int>(Fate::kOtherReading) + 1;

struct Outcome {
  Fate fate = Fate::kNominal;
  ErrorCode code = ErrorCode::kSuccess;
  bool operator==(const Outcome&) const = default;
};

using Menu = std::span<const Outcome>;

// Each lives as long as the program.
Menu MenuOf(const Call& call, bool can_be_stale);
// Of the lane's own reading and writing of resource.state.
Menu StateMenu(const Call& call);
Menu EntryMenu();
Menu OrderMenu();
Menu ReadingMenu();

// The operation changes the volume or what is stored; only then can it fail after its effect.
bool Changes(const Call& call);
bool IsWorldFate(Fate fate);

// "fails NOT_READY", "hangs", "disk_gone"
std::string Text(const Outcome& outcome);
std::optional<Outcome> ParseOutcome(std::string_view text);

}  // namespace tidegate::sim
