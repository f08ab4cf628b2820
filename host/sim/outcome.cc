// Menus and their words.
#include "host/sim/outcome.h"

#include <array>
#include <vector>

namespace tidegate::sim {
namespace {

constexpr std::array<std::string_view, kFates> kWords = {"nominal",
                                                         "fails",
                                                         "fails_after_effect",
                                                         "fails_from_now_on",
                                                         "slow",
                                                         "hangs",
                                                         "stale",
                                                         "crashes_before",
                                                         "crashes_after",
                                                         "host_killed",
                                                         "policy_swapped",
                                                         "intruder_opens",
                                                         "disk_gone",
                                                         "disk_read_only",
                                                         "disk_full",
                                                         "reservation_lost",
                                                         "partitioned",
                                                         "partitioned_one_way",
                                                         "clock_steps",
                                                         "reboots",
                                                         "operator_moves",
                                                         "operator_takes_offline",
                                                         "second_first",
                                                         "other_reading"};

bool NeedsCode(Fate fate) {
  return fate == Fate::kFails || fate == Fate::kFailsAfterEffect || fate == Fate::kFailsFromNowOn;
}

template <class Op>
constexpr bool kChanges = std::is_same_v<Op, VolumeOpen> || std::is_same_v<Op, VolumeLock> ||
                          std::is_same_v<Op, VolumeUnlock> || std::is_same_v<Op, VolumeDismount> ||
                          std::is_same_v<Op, VolumeMount> || std::is_same_v<Op, VolumeOffline> ||
                          std::is_same_v<Op, VolumeOnline> || std::is_same_v<Op, StoreSet>;

// What answers from memory may answer from an old one.
template <class Op>
constexpr bool kCanBeStale =
    std::is_same_v<Op, VolumeIsOffline> || std::is_same_v<Op, VolumeIsMounted>;

template <class Op>
std::vector<Outcome> MakeMenu() {
  std::vector<Outcome> menu = {{}};
  constexpr OpInfo kInfo = Op::Info();
  for (const ErrorCode code : kInfo.errors) menu.push_back({Fate::kFails, code});
  if (!kInfo.errors.empty()) {
    const ErrorCode first = kInfo.errors.front();
    if (kChanges<Op>) menu.push_back({Fate::kFailsAfterEffect, first});
    menu.push_back({Fate::kFailsFromNowOn, first});
  }
  if (kInfo.blocking) {
    for (const Fate fate : {Fate::kSlow, Fate::kHangs}) menu.push_back({fate, {}});
  }
  if (kChanges<Op>) {
    for (const Fate fate : {Fate::kCrashesBefore, Fate::kCrashesAfter}) menu.push_back({fate, {}});
  }
  for (const Fate fate : {Fate::kHostKilled, Fate::kPolicySwapped, Fate::kIntruderOpens}) {
    menu.push_back({fate, {}});
  }
  // Last, so that a menu without it is the front of the one with it.
  if (kCanBeStale<Op>) menu.push_back({Fate::kStale, {}});
  return menu;
}

}  // namespace

Menu MenuOf(const Call& call, bool can_be_stale) {
  const Menu menu = std::visit(
      [](const auto& op) -> Menu {
        static const std::vector<Outcome> kMenu = MakeMenu<std::decay_t<decltype(op)>>();
        return kMenu;
      },
      call);
  return menu.back().fate == Fate::kStale && !can_be_stale ? menu.first(menu.size() - 1) : menu;
}

Menu StateMenu(const Call& call) {
  static constexpr Outcome kGet[] = {{},
                                     {Fate::kFails, ErrorCode::kNotFound},
                                     {Fate::kFails, ErrorCode::kFileCorrupt},
                                     {Fate::kFails, ErrorCode::kIoDevice},
                                     {Fate::kSlow, {}},
                                     {Fate::kHangs, {}},
                                     {Fate::kHostKilled, {}}};
  static constexpr Outcome kSet[] = {{},
                                     {Fate::kFails, ErrorCode::kDiskFull},
                                     {Fate::kFails, ErrorCode::kIoDevice},
                                     {Fate::kFailsAfterEffect, ErrorCode::kIoDevice},
                                     {Fate::kSlow, {}},
                                     {Fate::kHangs, {}},
                                     {Fate::kCrashesBefore, {}},
                                     {Fate::kCrashesAfter, {}},
                                     {Fate::kHostKilled, {}}};
  return std::holds_alternative<StoreGet>(call) ? Menu(kGet) : Menu(kSet);
}

Menu EntryMenu() {
  static constexpr Outcome kMenu[] = {{},
                                      {Fate::kDiskGone, {}},
                                      {Fate::kDiskReadOnly, {}},
                                      {Fate::kDiskFull, {}},
                                      {Fate::kReservationLost, {}},
                                      {Fate::kPartitioned, {}},
                                      {Fate::kPartitionedOneWay, {}},
                                      {Fate::kClockSteps, {}},
                                      {Fate::kReboots, {}},
                                      {Fate::kOperatorMoves, {}},
                                      {Fate::kOperatorTakesOffline, {}}};
  return kMenu;
}

Menu OrderMenu() {
  static constexpr Outcome kMenu[] = {{}, {Fate::kSecondFirst, {}}};
  return kMenu;
}

Menu ReadingMenu() {
  static constexpr Outcome kMenu[] = {{}, {Fate::kOtherReading, {}}};
  return kMenu;
}

bool Changes(const Call& call) {
  return std::visit([](const auto& op) { return kChanges<std::decay_t<decltype(op)>>; }, call);
}

bool IsWorldFate(Fate fate) { return fate >= Fate::kIntruderOpens && fate <= Fate::kReboots; }

std::string Text(const Outcome& outcome) {
  std::string text(kWords[static_cast<std::size_t>(outcome.fate)]);
  if (NeedsCode(outcome.fate)) text += " " + std::string(Name(outcome.code)).substr(6);
  return text;
}

std::optional<Outcome> ParseOutcome(std::string_view text) {
  const std::size_t space = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, space);
  const std::string_view rest = text.substr(std::min(space + 1, text.size()));
  for (std::size_t i = 1; i < kWords.size(); ++i) {
    if (kWords[i] != word) continue;
    Outcome outcome{static_cast<Fate>(i), {}};
    if (NeedsCode(outcome.fate) == rest.empty()) return std::nullopt;
    if (rest.empty()) return outcome;
    const std::optional<ErrorCode> code = ErrorCodeNamed(rest);
    if (!code) return std::nullopt;
    outcome.code = *code;
    return outcome;
  }
  return std::nullopt;
}

}  // namespace tidegate::sim
