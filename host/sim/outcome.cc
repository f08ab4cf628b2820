// Menus.
#include "host/sim/outcome.h"

#include <vector>

namespace tidegate::sim {
namespace {

template <class Op>
constexpr bool kChanges = std::is_same_v<Op, VolumeOpen> || std::is_same_v<Op, VolumeOurs> ||
                          std::is_same_v<Op, VolumeLock> || std::is_same_v<Op, VolumeUnlock> ||
                          std::is_same_v<Op, VolumeDismount> || std::is_same_v<Op, VolumeMount> ||
                          std::is_same_v<Op, VolumeOffline> || std::is_same_v<Op, VolumeOnline> ||
                          std::is_same_v<Op, StoreSet> || std::is_same_v<Op, ClusterSetAttribute> ||
                          (Op::Info().capability == Capability::kReservation &&
                           std::is_same_v<typename Op::Reply, std::monostate>);

// What answers from memory may answer from an old one.
template <class Op>
constexpr bool kCanBeStale =
    std::is_same_v<Op, VolumeIsOffline> || std::is_same_v<Op, VolumeIsMounted>;

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

bool Changes(const Call& call) {
  return std::visit([](const auto& op) { return kChanges<std::decay_t<decltype(op)>>; }, call);
}

bool IsWorldFate(Fate fate) { return fate >= Fate::kIntruderOpens && fate <= Fate::kReboots; }

}  // namespace tidegate::sim
