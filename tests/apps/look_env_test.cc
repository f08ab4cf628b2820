// A look beside an action: it reads, its writes wait for the lock, and what is old is not written.
#include "host/apps/tidegate/ocf/look_env.h"

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "host/engine/state_file.h"
#include "host/env/clock.h"
#include "tests/apps/program.h"

namespace tidegate {
namespace {

constexpr ResourceId kId{0};

// Stores, and notes what reached it.
class World final : public Env, public EventSink {
 public:
  explicit World(const Store& store) : store_(store) {}
  Instant Now() const override { return MonotonicNow(); }
  void Submit(ResourceId, Ticket, const Call& call) override {
    reached.emplace_back(Info(call).name);
    if (const auto* set = std::get_if<RecordSet>(&call)) (void)store_.Set("vol", *set);
  }
  void Arm(ResourceId, Ticket, Instant) override {}
  void Report(ResourceId, const Status&) override {}
  void Log(ResourceId, Level, std::string_view) override {}
  void Post(ResourceId, Event event) override {
    answers.push_back(std::get<Completed>(event.what).reply);
  }

  std::vector<std::string> reached;
  std::vector<Reply> answers;  // of the look itself

 private:
  const Store& store_;
};

struct Looking {
  explicit Looking(bool forgets = false)
      : look(world, world, *locks, store, {"vol", forgets, [] { return Milliseconds(50); }}) {}
  void Does(const Call& call) { look.Submit(kId, {}, call); }
  std::string State() const {
    const Reply state = store.Get("vol", RecordGet{std::string(kStateRecord)});
    return state.ok() ? std::get<std::string>(state.value) : "none";
  }
  void Sets(const std::string& text) { Does(RecordSet{std::string(kStateRecord), text}); }

  const test::Folder dir;
  Store store = *Store::Open(dir / "state");
  Result<HostLocks> locks = HostLocks::Open(dir / "state");
  Result<HostLocks> others = HostLocks::Open(dir / "state");  // of an action
  World world{store};
  ocf::LookEnv look;
};

TEST_CASE("a look reads while an action runs, and changes nothing then") {
  Looking looking;
  REQUIRE(looking.others->Take("vol").ok());
  looking.Does(VolumeOurs{.path = "/dev/sda", .at = "/srv"});
  looking.Does(VolumeProbe{});
  looking.Does(StoreGet{"seen"});
  looking.Does(StoreSet{"seen", "1"});
  CHECK(looking.world.reached ==
        std::vector<std::string>{"volume.ours", "volume.probe", "store.get", "store.set"});
  looking.Does(VolumeOffline{});
  VolumeProbe writes;
  writes.write_file = "probe";
  looking.Does(writes);
  CHECK(looking.world.reached.size() == 4);
  REQUIRE(looking.world.answers.size() == 2);
  for (const Reply& answer : looking.world.answers) CHECK_FALSE(answer.ok());
  looking.Sets("what it saw");
  CHECK(looking.State() == "none");
  CHECK(looking.world.answers.back().ok());
  looking.others->Release("vol");
  looking.Does(VolumeOffline{});
  CHECK(looking.world.reached.back() == "volume.offline");
  CHECK(looking.others->Take("vol").ok());  // it holds nothing between two calls
}

TEST_CASE("a look keeps what it saw, unless an action has written since it read") {
  Looking looking;
  looking.Sets("one");
  looking.Sets("two");
  CHECK(looking.State() == "two");
  (void)looking.store.Set("vol", RecordSet{std::string(kStateRecord), "the action's"});
  looking.Sets("three");
  CHECK(looking.State() == "the action's");
  REQUIRE(looking.world.answers.size() == 1);
  CHECK(looking.world.answers[0].ok());
}

TEST_CASE("a probe keeps nothing") {
  Looking looking(true);
  looking.Sets("one");
  looking.Does(StoreSet{"seen", "1"});
  looking.Does(ClusterSetAttribute{"seen", "1"});
  CHECK(looking.State() == "none");
  CHECK(looking.world.reached.empty());
  CHECK(looking.world.answers.size() == 3);
}

}  // namespace
}  // namespace tidegate
