// What a resource answers to each event, as pictures.
#include "host/core/resource.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/core/picture.h"

namespace tidegate {
namespace {

using test::Picture;

Manifest PolicyWith(std::initializer_list<EntryPoint> entries) {
  Manifest manifest;
  manifest.name = "test.lua";
  for (const EntryPoint e : {EntryPoint::kOnline, EntryPoint::kOffline, EntryPoint::kIsAlive}) {
    manifest.entry_points.set(static_cast<std::size_t>(e));
  }
  for (const EntryPoint e : entries) manifest.entry_points.set(static_cast<std::size_t>(e));
  return manifest;
}

Returned Done(Task task = Task::kEntry) { return {task, {}}; }
Returned FailedWith(ErrorCode code, std::string op, Task task = Task::kEntry) {
  Cause cause{.kind = CauseKind::kOperation, .code = code, .op = op, .where = "test.lua:7"};
  cause.message = op + " failed: " + std::string(Name(code));
  return {task, {false, cause}};
}

void BringOnline(Picture& p) {
  p.Say({}, Requested{EntryPoint::kOpen, {}}).Say({}, Requested{EntryPoint::kOnline, {}});
  p.Say({}, Done());
  p.Take();
}

TEST_CASE("Online without a wait") {
  const Manifest manifest = PolicyWith({});
  Resource resource(manifest);
  Picture p(resource);
  p.Say({}, Requested{EntryPoint::kOpen, {}});
  p.Say(Seconds(1), Requested{EntryPoint::kOnline, {}});
  p.Say(Seconds(1), Done());
  CHECK(p.Take() == R"(
> 0s requested open
    report Offline
    answer open ok
> 1s requested online
    report OnlinePending checkpoint 0
    arm #1 at 2s
    arm #2 at 181s
    run entry online
> 1s entry returned ok
    report Online
    answer online ok
)");
}

TEST_CASE("Online pending: the checkpoint rises only when the policy advanced") {
  const Manifest manifest = PolicyWith({});
  Resource resource(manifest);
  Picture p(resource);
  p.Say({}, Requested{EntryPoint::kOpen, {}}).Say({}, Requested{EntryPoint::kOnline, {}});
  p.Take();
  p.Say({}, Yielded{Task::kEntry, VolumeOpen{"/dev/x"}});
  p.Say(Seconds(1), Due{{1}});
  p.Say(Seconds(2), Due{{4}});
  p.Say(Seconds(2), Completed{{3}, Success(VolumeHandle{1})});
  p.Say(Seconds(3), Due{{5}});
  CHECK(p.Take() == R"(
> 0s entry asks volume.open path=/dev/x
    submit #3 volume.open path=/dev/x
> 1s due #1
    report OnlinePending checkpoint 1
    arm #4 at 2s
> 2s due #4
    arm #5 at 3s
> 2s completed #3 ok 1
    resume entry ok 1
> 3s due #5
    report OnlinePending checkpoint 2
    arm #6 at 4s
)");
}

TEST_CASE("A failed Online names operation, code, attempt and line") {
  const Manifest manifest = PolicyWith({});
  Resource resource(manifest);
  Picture p(resource);
  p.Say({}, Requested{EntryPoint::kOpen, {}}).Say({}, Requested{EntryPoint::kOnline, {}});
  p.Say({}, FailedWith(ErrorCode::kNotReady, "volume.online"));
  p.Say(Seconds(1), Requested{EntryPoint::kOnline, {}});
  p.Take();
  p.Say(Seconds(1), FailedWith(ErrorCode::kNotReady, "volume.online"));
  CHECK(p.Take() == R"(
> 1s entry returned failed: online: volume.online failed: ERROR_NOT_READY (test.lua:7)
    report Failed: online, attempt 2: volume.online failed: ERROR_NOT_READY (test.lua:7)
    answer online failed: online, attempt 2: volume.online failed: ERROR_NOT_READY (test.lua:7)
)");
}

TEST_CASE("The deadline cancels, closes what was open, and a late answer is dropped") {
  const Manifest manifest = PolicyWith({});
  Resource resource(manifest);
  Picture p(resource);
  p.Say({}, Requested{EntryPoint::kOpen, {}}).Say({}, Requested{EntryPoint::kOnline, {}});
  p.Say({}, Yielded{Task::kEntry, VolumeOpen{"/dev/x"}});
  p.Say({}, Completed{{3}, Success(VolumeHandle{1})});
  p.Say({}, Yielded{Task::kEntry, VolumeMount{{1}, "/mnt", false}});
  p.Take();
  p.Say(Seconds(180), Due{{2}});
  p.Say(Seconds(200), Completed{{4}, Success()});
  p.Say(Seconds(200), Returned{Task::kEntry, {}});
  CHECK(p.Take() == R"(
> 3m due #2
    cancel entry
    submit #5 volume.close volume=1
    report Failed: online: no result within 3m, waiting for volume.mount
    answer online failed: online: no result within 3m, waiting for volume.mount
> 200s completed #4 ok
> 200s entry returned ok
)");
}

TEST_CASE("A handle that opens after its task was cancelled is closed") {
  const Manifest manifest = PolicyWith({});
  Resource resource(manifest);
  Picture p(resource);
  p.Say({}, Requested{EntryPoint::kOpen, {}}).Say({}, Requested{EntryPoint::kOnline, {}});
  p.Say({}, Yielded{Task::kEntry, VolumeOpen{"/dev/x"}});
  p.Say({}, Terminated{{.kind = CauseKind::kOperator, .message = "asked"}});
  p.Take();
  p.Say(Seconds(5), Completed{{3}, Success(VolumeHandle{9})});
  CHECK(p.Take() == R"(
> 5s completed #3 ok 9
    submit #4 volume.close volume=9
)");
}

TEST_CASE("Terminate runs the policy's terminate and a second one changes nothing") {
  const Manifest manifest = PolicyWith({EntryPoint::kTerminate});
  Resource resource(manifest);
  Picture p(resource);
  BringOnline(p);
  p.Say(Seconds(1), Terminated{{.kind = CauseKind::kUnhealthy,
                                .entry = EntryPoint::kIsAlive,
                                .message = "probe failed"}});
  p.Say(Seconds(1), Terminated{{.kind = CauseKind::kDeadlock}});
  p.Say(Seconds(2), Requested{EntryPoint::kOnline, {}});
  p.Say(Seconds(3), Done(Task::kTerminate));
  CHECK(p.Take() == R"(
> 1s terminated, is_alive: probe failed
    report Failed: is_alive: probe failed
    arm #3 at 11s
    run terminate terminate
> 1s terminated, online: deadlock
> 2s requested online
> 3s terminate returned ok
    answer terminate ok
    report OnlinePending checkpoint 0
    arm #4 at 4s
    arm #5 at 183s
    run entry online
)");
}

TEST_CASE(
    "What is asked for while terminate runs waits for it, and is ended by a second Terminate") {
  const Manifest manifest = PolicyWith({EntryPoint::kTerminate});
  Resource resource(manifest);
  Picture p(resource);
  BringOnline(p);
  const Cause asked{.kind = CauseKind::kOperator, .message = "asked"};
  p.Say(Seconds(1), Terminated{asked}).Say(Seconds(1), Requested{EntryPoint::kOnline, {}});
  CHECK(resource.Busy());
  p.Say(Seconds(2), Terminated{asked}).Say(Seconds(3), Done(Task::kTerminate));
  CHECK_FALSE(resource.Busy());
  CHECK(p.Take() == R"(
> 1s terminated, asked
    arm #3 at 11s
    run terminate terminate
> 1s requested online
> 2s terminated, asked
> 3s terminate returned ok
    report Offline: asked
    answer terminate ok
)");
}

TEST_CASE("What is abandoned is known until it is answered, and whether it may still act") {
  const Manifest manifest = PolicyWith({EntryPoint::kTerminate});
  Resource resource(manifest);
  Picture p(resource);
  p.Say({}, Requested{EntryPoint::kOpen, {}}).Say({}, Requested{EntryPoint::kOnline, {}});
  p.Say({}, Yielded{Task::kEntry, VolumeOpen{"v"}});
  p.Say({}, Completed{{3}, Success(VolumeHandle{1})});
  p.Say({}, Yielded{Task::kEntry, VolumeOnline{{1}}});
  CHECK(resource.abandoned() == 0);
  p.Say(Seconds(1), Terminated{{.kind = CauseKind::kOperator, .message = "asked"}});
  CHECK((resource.abandoned() == 2 && resource.StillActs()));  // the request, and a close
  p.Say(Seconds(2), Completed{{4}, Success()});
  CHECK((resource.abandoned() == 1 && !resource.StillActs()));
  p.Say(Seconds(2), Completed{{5}, Success()});
  CHECK(resource.abandoned() == 0);
}

TEST_CASE("Polls are filtered by the policy's health") {
  Manifest manifest = PolicyWith({});
  manifest.health = {.fail_after = 2, .of = 3, .succeed_after = 1};
  Resource resource(manifest);
  Picture p(resource);
  BringOnline(p);
  const Returned bad{Task::kEntry, {false, {.kind = CauseKind::kUnhealthy, .message = "slow"}}};
  p.Say(Seconds(1), Requested{EntryPoint::kIsAlive, {}}).Say(Seconds(1), bad);
  p.Say(Seconds(2), Requested{EntryPoint::kIsAlive, {}}).Say(Seconds(2), Done());
  p.Say(Seconds(3), Requested{EntryPoint::kIsAlive, {}}).Say(Seconds(3), bad);
  CHECK(p.Take() == R"(
> 1s requested is_alive
    arm #3 at 6s
    run entry is_alive
> 1s entry returned failed: online: slow
    note is_alive: slow; tolerated, 1 of 2 that fail it
    answer is_alive ok
> 2s requested is_alive
    arm #4 at 7s
    run entry is_alive
> 2s entry returned ok
    answer is_alive ok
> 3s requested is_alive
    arm #5 at 8s
    run entry is_alive
> 3s entry returned failed: online: slow
    answer is_alive failed: is_alive: slow
)");
}

TEST_CASE("A killed sandbox fails the poll at once, whatever health tolerates") {
  Manifest manifest = PolicyWith({});
  manifest.health = {.fail_after = 3, .of = 3, .succeed_after = 1};
  Resource resource(manifest);
  Picture p(resource);
  BringOnline(p);
  p.Say(Seconds(1), Requested{EntryPoint::kIsAlive, {}});
  p.Take();
  p.Say(Seconds(1),
        Returned{Task::kEntry, {false, {.kind = CauseKind::kFuelLimit, .message = "fuel"}}});
  CHECK(p.Take() == R"(
> 1s entry returned failed: online: fuel
    answer is_alive failed: is_alive: fuel
)");
}

TEST_CASE("Requests wait for the running entry point, and doubles share an answer") {
  const Manifest manifest = PolicyWith({});
  Resource resource(manifest);
  Picture p(resource);
  BringOnline(p);
  p.Say({}, Requested{EntryPoint::kIsAlive, {}});
  p.Say({}, Requested{EntryPoint::kOffline, {}});
  p.Say({}, Requested{EntryPoint::kIsAlive, {}});
  p.Say({}, Requested{EntryPoint::kOffline, {}});
  p.Say({}, Done());
  CHECK(p.Take() == R"(
> 0s requested is_alive
    arm #3 at 5s
    run entry is_alive
> 0s requested offline
> 0s requested is_alive
> 0s requested offline
> 0s entry returned ok
    answer is_alive ok
    report OfflinePending checkpoint 0
    arm #4 at 1s
    arm #5 at 3m
    run entry offline
)");
}

TEST_CASE("A swap waits until no entry point is in flight") {
  const Manifest manifest = PolicyWith({});
  Resource resource(manifest);
  Picture p(resource);
  BringOnline(p);
  p.Say({}, Requested{EntryPoint::kIsAlive, {}}).Say({}, PolicyReady{}).Say({}, Done());
  CHECK(p.Take() == R"(
> 0s requested is_alive
    arm #3 at 5s
    run entry is_alive
> 0s policy ready
> 0s entry returned ok
    answer is_alive ok
    swap
)");
}

TEST_CASE("Watches start when the resource is online and end before it goes offline") {
  const Manifest manifest = PolicyWith({});
  Resource resource(manifest);
  Picture p(resource);
  p.Say({}, Requested{EntryPoint::kOpen, {}}).Say({}, Requested{EntryPoint::kOnline, {}});
  p.Take();
  p.Say({}, WatchStarted{Watch(0)}).Say({}, Done());
  p.Say({}, Yielded{Watch(0), TimerSleep{Seconds(1)}});
  p.Say({}, Requested{EntryPoint::kOffline, {}});
  CHECK(p.Take() == R"(
> 0s watch0 registered
> 0s entry returned ok
    report Online
    run watch0 online
    answer online ok
> 0s watch0 asks timer.sleep duration=1s
    arm #3 at 1s
> 0s requested offline
    cancel watch0
    report OfflinePending checkpoint 0
    arm #4 at 1s
    arm #5 at 3m
    run entry offline
)");
}

TEST_CASE("What kills one task of a sandbox kills all of them") {
  const Manifest manifest = PolicyWith({});
  Resource resource(manifest);
  Picture p(resource);
  p.Say({}, Requested{EntryPoint::kOpen, {}}).Say({}, Requested{EntryPoint::kOnline, {}});
  p.Say({}, WatchStarted{Watch(0)}).Say({}, WatchStarted{Watch(1)}).Say({}, Done());
  p.Say({}, Requested{EntryPoint::kIsAlive, {}});
  p.Take();
  p.Say({}, Returned{Watch(1), {false, {.kind = CauseKind::kFuelLimit, .message = "fuel"}}});
  CHECK(p.Take() == R"(
> 0s watch1 returned failed: online: fuel
    cancel watch0
    answer is_alive failed: is_alive: fuel
    answer is_alive failed: is_alive: fuel
)");
}

TEST_CASE("Eight unanswered operations are the most a resource can have") {
  const Manifest manifest = PolicyWith({EntryPoint::kTerminate});
  Resource resource(manifest);
  Picture p(resource);
  p.Say({}, Requested{EntryPoint::kOpen, {}});
  for (int i = 0; i < limits::kOperationsOutstanding; ++i) {
    p.Say({}, Requested{EntryPoint::kOnline, {}});
    p.Say({}, Yielded{Task::kEntry, VolumeOpen{"/dev/stuck"}});
    p.Say({}, Terminated{{.kind = CauseKind::kNoProgress}});
    p.Say({}, Done(Task::kTerminate));
  }
  p.Say({}, Requested{EntryPoint::kOnline, {}});
  p.Take();
  p.Say({}, Yielded{Task::kEntry, VolumeOpen{"/dev/stuck"}});
  CHECK(p.Take() == R"(
> 0s entry asks volume.open path=/dev/stuck
    resume entry ERROR_NOT_ENOUGH_QUOTA (8 operations of this resource have not been answered)
)");
}

TEST_CASE("The matrix of legal transitions holds what must never happen") {
  using S = ResourceState;
  CHECK_FALSE(IsLegal(S::kOffline, S::kOnline));        // only through OnlinePending
  CHECK_FALSE(IsLegal(S::kOnline, S::kOnlinePending));  // online twice is harmless, not pending
  CHECK_FALSE(IsLegal(S::kOnline, S::kOnline));
  CHECK_FALSE(IsLegal(S::kOfflinePending, S::kOnline));
  CHECK_FALSE(IsLegal(S::kFailed, S::kOnline));
  CHECK(IsLegal(S::kOnlinePending, S::kOnlinePending));  // a heartbeat
  CHECK(IsLegal(S::kOnlinePending, S::kCannotComeOnlineOnThisNode));
}

}  // namespace
}  // namespace tidegate
