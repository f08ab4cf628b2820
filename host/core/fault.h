// A Plan is what goes wrong, as text, a fault a line:
//
//     # the lock is never had, and the node dies while it waits
//     A vol1 volume.lock#1 fails_from_now_on ACCESS_DENIED
//     A vol1 volume.lock#7 crashes_before
//
// It is at once the simulator's counterexample, its replay file and what a running host injects. A
// site is named by its label (node, resource, what, which one of them) and never by position, so
// that a plan outlives changes of the policy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/result.h"

namespace tidegate {

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
  kClockDrifts,        // ... runs faster than the others', from the beginning
  kReboots,
  kOperatorMoves,
  kOperatorTakesOffline,
  // Of two events at the same instant:
  kSecondFirst,
  // Of what the documentation leaves open:
  kOtherReading,
};
inline constexpr int kFates = static_cast<int>(Fate::kOtherReading) + 1;

// What happens at a site, nominal or not.
struct Fault {
  Fate fate = Fate::kNominal;
  ErrorCode code = ErrorCode::kSuccess;
  bool operator==(const Fault&) const = default;
};

// "fails NOT_READY", "hangs", "disk_gone"
std::string Text(const Fault& fault);
std::string_view Word(Fate fate);
std::optional<Fault> ParseFault(std::string_view text);

// One line of a plan. `key` stands for the label where many are compared.
struct Deviation {
  std::string label;  // "A vol1 volume.offline#1"
  std::uint64_t key = 0;
  Fault outcome;
  int line = 0;  // of the text that it came from
  bool operator==(const Deviation& o) const { return label == o.label && outcome == o.outcome; }
};

using Plan = std::vector<Deviation>;

std::uint64_t SiteKey(std::string_view node, std::string_view resource, std::string_view what,
                      int nth);

// The parts of a label; views into it.
struct Label {
  std::string_view node;
  std::string_view resource;
  std::string_view what;  // an operation, an entry point, "order"
  int nth = 0;
};
std::optional<Label> ParseLabel(std::string_view label);

std::string Text(const Plan& plan);
// The error names file and line, what was expected, and the nearest outcome that exists.
Result<Plan> ParsePlan(std::string_view text, std::string_view file = "plan");

}  // namespace tidegate
