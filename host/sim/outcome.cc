// Menus.
#include "host/sim/outcome.h"

#include <vector>

namespace tidegate::sim {
namespace {

// What may be half done when a host dies in the middle of it. A handle dies with its host.
constexpr bool MayChange(const OpInfo& info) {
  return info.does.effect == OpEffect::kChanges || info.does.effect == OpEffect::kTakes;
}

// An answer that is certain, and no failure: no world gives it in error.
template <class Op>
constexpr bool IsAnswer(ErrorCode code) {
  return std::is_same_v<Op, VolumeOurs> && code == ErrorCode::kNotFound;
}

// The host's own reading and writing of resource.state: no policy asks for them, so none is swapped
// or looked at beside them.
std::vector<Outcome> RecordMenu(bool writes) {
  if (writes) {
    return {{},
            {Fate::kFails, ErrorCode::kDiskFull},
            {Fate::kFails, ErrorCode::kIoDevice},
            {Fate::kFailsAfterEffect, ErrorCode::kIoDevice},
            {Fate::kSlow, {}},
            {Fate::kHangs, {}},
            {Fate::kCrashesBefore, {}},
            {Fate::kCrashesAfter, {}},
            {Fate::kHostKilled, {}}};
  }
  return {{},
          {Fate::kFails, ErrorCode::kNotFound},
          {Fate::kFails, ErrorCode::kFileCorrupt},
          {Fate::kFails, ErrorCode::kIoDevice},
          {Fate::kSlow, {}},
          {Fate::kHangs, {}},
          {Fate::kHostKilled, {}}};
}

template <class Op>
std::vector<Outcome> MakeMenu() {
  if (kIsRecord<Op>) return RecordMenu(std::is_same_v<Op, RecordSet>);
  std::vector<Outcome> menu = {{}};
  constexpr OpInfo kInfo = Op::Info();
  for (const ErrorCode code : kInfo.errors) {
    if (!IsAnswer<Op>(code)) menu.push_back({Fate::kFails, code});
  }
  if (!kInfo.errors.empty()) {
    const ErrorCode first = kInfo.errors.front();
    if (MayChange(kInfo)) menu.push_back({Fate::kFailsAfterEffect, first});
    menu.push_back({Fate::kFailsFromNowOn, first});
  }
  if (kInfo.blocking) {
    for (const Fate fate : {Fate::kSlow, Fate::kHangs}) menu.push_back({fate, {}});
  }
  if (MayChange(kInfo)) {
    for (const Fate fate : {Fate::kCrashesBefore, Fate::kCrashesAfter}) menu.push_back({fate, {}});
  }
  for (const Fate fate : {Fate::kHostKilled, Fate::kPolicySwapped, Fate::kIntruderOpens}) {
    menu.push_back({fate, {}});
  }
  // Last, so that a menu without it is the front of the one with it.
  if (kInfo.does.may_be_old) menu.push_back({Fate::kStale, {}});
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

Menu ClockMenu() {
  static constexpr Outcome kMenu[] = {{}, {Fate::kClockDrifts, {}}};
  return kMenu;
}

Menu ReadingMenu() {
  static constexpr Outcome kMenu[] = {{}, {Fate::kOtherReading, {}}};
  return kMenu;
}

}  // namespace tidegate::sim
