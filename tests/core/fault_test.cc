// Faults in a running host: which operation meets which, and what is heard of it.
#include <catch2/catch_test_macros.hpp>
#include <deque>

#include "host/core/fault_env.h"
#include "host/core/text.h"

namespace tidegate {
namespace {

// A world that answers each operation in good order, at once but not from inside the call.
class World final : public Env, public EventSink {
 public:
  Instant Now() const override { return now; }
  void Submit(ResourceId id, Ticket ticket, const Call& call) override {
    told += "  really " + Text(call) + "\n";
    const bool opens = std::holds_alternative<VolumeOpen>(call);
    mail.push_back({id, {now, Completed{ticket, opens ? Success(VolumeHandle{7}) : Success()}}});
  }
  void Arm(ResourceId id, Ticket ticket, Instant due) override {
    timers.push_back({id, {due, Due{ticket}}});
  }
  void Report(ResourceId, const Status&) override {}
  void Log(ResourceId, Level, std::string_view) override {}
  void Post(ResourceId id, Event event) override { mail.push_back({id, std::move(event)}); }

  struct Mail {
    ResourceId id;
    Event event;
  };
  Instant now{};
  std::deque<Mail> mail;
  std::deque<Mail> timers;
  std::string told;
};

// What the lane hears.
class Heard final : public EventSink {
 public:
  explicit Heard(std::string& told) : told_(told) {}
  void Post(ResourceId, Event event) override { told_ += Text(event) + "\n"; }

 private:
  std::string& told_;
};

class Stage {
 public:
  explicit Stage(const std::string& plan)
      : env_(world_, world_, *ParsePlan(plan), "A"), heard_(world_.told) {
    env_.Forward(heard_);
    env_.Register(ResourceId{0}, "vol1");
    env_.Register(ResourceId{1}, "vol2");
    env_.Listen(
        [this](ResourceId, const std::string& fault) { world_.told += "! " + fault + "\n"; });
  }

  void Ask(const Call& call, std::uint32_t resource = 0) {
    env_.Submit(ResourceId{resource}, Ticket{++tickets_}, call);
    Deliver();
  }
  void TimePasses() {
    for (auto timers = std::exchange(world_.timers, {}); World::Mail & timer : timers) {
      world_.told += "after " + Text(timer.event.at - world_.now) + "\n";
      world_.now = timer.event.at;
      env_.Post(timer.id, timer.event);
    }
    Deliver();
  }
  std::string Take() { return "\n" + std::exchange(world_.told, {}); }
  FaultEnv& env() { return env_; }

 private:
  void Deliver() {
    while (!world_.mail.empty()) {
      World::Mail mail = std::move(world_.mail.front());
      world_.mail.pop_front();
      env_.Post(mail.id, std::move(mail.event));
    }
  }

  World world_;
  FaultEnv env_;
  Heard heard_;
  std::uint64_t tickets_ = 0;
};

const VolumeHandle kVolume{1};

TEST_CASE("A fault meets the operation that its line names, once") {
  Stage stage("A vol1 volume.lock#2 fails BUSY\nB vol1 volume.lock#1 fails BUSY\n");
  for (int i = 0; i < 3; ++i) stage.Ask(VolumeLock{kVolume});
  stage.Ask(VolumeLock{kVolume}, 1);
  stage.Ask(VolumeLock{kVolume}, 1);
  CHECK(stage.Take() == R"(
  really volume.lock volume=1
completed #1 ok
! volume.lock#2 fails BUSY
completed #2 ERROR_BUSY (injected)
  really volume.lock volume=1
completed #3 ok
  really volume.lock volume=1
completed #4 ok
  really volume.lock volume=1
completed #5 ok
)");
  CHECK(stage.env().NotApplied().empty());  // node B's line is for another host
}

TEST_CASE("After its effect it has happened; a handle that nobody was told of is closed") {
  Stage stage("A vol1 volume.open#1 fails_after_effect IO_DEVICE\n");
  stage.Ask(VolumeOpen{"/dev/x"});
  stage.Ask(VolumeOpen{"/dev/x"});
  CHECK(stage.Take() == R"(
! volume.open#1 fails_after_effect IO_DEVICE
  really volume.open path=/dev/x
  really volume.close volume=7
completed #1 ERROR_IO_DEVICE (injected, after its effect)
  really volume.open path=/dev/x
completed #2 ok 7
)");
}

TEST_CASE("From now on it fails until the host ends") {
  Stage stage("A vol1 volume.probe#2 fails_from_now_on CRC\n");
  for (int i = 0; i < 3; ++i) stage.Ask(VolumeProbe{kVolume, {0}, ""});
  CHECK(stage.Take() == R"(
  really volume.probe volume=1 sectors=0 write_file=
completed #1 ok
! volume.probe#2 fails_from_now_on CRC
completed #2 ERROR_CRC (injected)
completed #3 ERROR_CRC (injected)
)");
}

TEST_CASE("Slow is done later; what hangs is aborted in the end") {
  Stage stage("A vol1 volume.flush#1 slow\nA vol1 volume.dismount#1 hangs\n");
  stage.Ask(VolumeFlush{kVolume});
  stage.TimePasses();
  stage.Ask(VolumeDismount{kVolume, false});
  stage.TimePasses();
  CHECK(stage.Take() == R"(
! volume.flush#1 slow
after 8s
  really volume.flush volume=1
completed #1 ok
! volume.dismount#1 hangs
after 10m
completed #2 ERROR_OPERATION_ABORTED (injected: it hung)
)");
}

TEST_CASE("A handle that was asked to close is closed, whatever the answer") {
  Stage stage("A vol1 volume.close#1 fails INVALID_HANDLE\nA vol1 volume.close#2 hangs\n");
  stage.Ask(VolumeClose{kVolume});
  stage.Ask(VolumeClose{kVolume});
  stage.TimePasses();
  CHECK(stage.Take() == R"(
! volume.close#1 fails INVALID_HANDLE
  really volume.close volume=1
completed #1 ERROR_INVALID_HANDLE (injected, after its effect)
! volume.close#2 hangs
after 10m
  really volume.close volume=1
completed #2 ok
)");
}

TEST_CASE("The lane's own reading and writing of resource.state has names too") {
  Stage stage("A vol1 state.set#1 fails DISK_FULL\nA vol1 store.set#2 fails DISK_FULL\n");
  stage.Ask(RecordSet{"state", "{}"});
  stage.Ask(StoreSet{"mine", "1"});
  CHECK(stage.Take() == R"(
! state.set#1 fails DISK_FULL
completed #1 ERROR_DISK_FULL (injected)
  really store.set key=mine value=1
completed #2 ok
)");
  REQUIRE(stage.env().NotApplied().size() == 1);
  CHECK(stage.env().NotApplied()[0].label == "A vol1 store.set#2");
}

std::string Objection(const std::string& plan) {
  const Outcome checked = CheckFaults(*ParsePlan(plan, "f.plan"), "f.plan");
  return checked ? "" : checked.error().detail;
}

TEST_CASE("What a running host cannot do is refused by name, with the reason") {
  CHECK(Objection("A vol1 volume.lock#1 fails BUSY\nA vol1 volume.lock#2 hangs") == "");
  CHECK(Objection("A vol1 volume.lock#1 crashes_before") ==
        "f.plan:1: crashes_before is for the simulator: it would take this machine's power");
  CHECK(Objection("\nA vol1 online#1 disk_gone") ==
        "f.plan:2: disk_gone is for the simulator: only there are disks that can be taken away and "
        "given back");
  CHECK(Objection("A vol1 volume.lok#1 hangs") ==
        "f.plan:1: a running host injects into operations; none is called volume.lok, did you mean "
        "volume.lock?");
  CHECK(Objection("A vol1 volume.is_offline#1 fails CRC") ==
        "f.plan:1: volume.is_offline cannot fail with CRC; it can with INVALID_HANDLE");
  CHECK(Objection("A vol1 cluster.quorum#1 slow") ==
        "f.plan:1: cluster.quorum answers at once: it can neither be slow nor hang");
  for (int fate = 1; fate < kFates; ++fate) {
    const bool live = Refusal(static_cast<Fate>(fate)).empty();
    CHECK(live == (static_cast<Fate>(fate) <= Fate::kHangs));
  }
}

TEST_CASE("A label has three parts and a number") {
  const std::optional<Label> label = ParseLabel("A vol1 volume.lock#12");
  REQUIRE(label);
  CHECK(label->node == "A");
  CHECK(label->resource == "vol1");
  CHECK(label->what == "volume.lock");
  CHECK(label->nth == 12);
  for (const char* wrong : {"", "A", "A vol1", "A vol1 lock", "A vol1 lock#", "A vol1 lock#0",
                            "A vol1 #1", "A vol1 lock#1 x", "A vol1 lock#99999999"}) {
    CHECK_FALSE(ParseLabel(wrong));
  }
}

}  // namespace
}  // namespace tidegate
