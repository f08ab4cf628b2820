// HostEnv: every call is answered once, by event, and reports are there to be read.
#include "host/env/host_env.h"

#include <catch2/catch_test_macros.hpp>

#include "host/env/scheduler.h"
#include "tests/env/inbox.h"
#include "tests/env/temporary_directory.h"

namespace tidegate {
namespace {

using test::Eventually;
using test::Gate;
using test::Inbox;
using test::TemporaryDirectory;
using test::WriteFile;

struct World {
  explicit World(HostEnvOptions options = {}) {
    options.state_directory = dir / "state";
    if (options.node.empty()) options.node = "A";
    Result<std::unique_ptr<HostEnv>> made = HostEnv::Create(scheduler, std::move(options));
    REQUIRE(made.ok());
    env = std::move(*made);
    env->Register({1}, "vol1");
    scheduler.Start(inbox);
  }
  ~World() {
    env->Stop();
    scheduler.Stop();
  }

  TemporaryDirectory dir;
  Inbox inbox;
  Scheduler scheduler;
  std::unique_ptr<HostEnv> env;
};

TEST_CASE("HostEnv answers for a cluster of one node") {
  World world;
  world.env->Submit({1}, {1}, ClusterNodes{});
  world.env->Submit({1}, {2}, ClusterOwner{});
  world.env->Submit({1}, {3}, ClusterQuorum{});
  CHECK(world.inbox.Answer(1) == Success(Strings{"A"}));
  CHECK(world.inbox.Answer(2) == Success("A"));
  CHECK(world.inbox.Answer(3) == Success(true));
}

TEST_CASE("HostEnv keeps time") {
  World world;
  const Instant due = world.env->Now() + Milliseconds(5);
  world.env->Arm({1}, {1}, due);
  world.env->Submit({1}, {2}, TimerSleep{Milliseconds(20)});
  CHECK(world.inbox.Answer(2) == Success());
  CHECK(world.env->Now() >= due + Milliseconds(15));
  const auto mail = world.inbox.Wait(2);
  CHECK(std::get<Due>(mail[0].event.what).ticket == Ticket{1});
  CHECK(mail[0].event.at >= due);
}

TEST_CASE("HostEnv stores values under the resource's name") {
  World world;
  world.env->Register({2}, "vol2");
  world.env->Submit({1}, {1}, StoreSet{"k", "v"});
  REQUIRE(world.inbox.Answer(1).ok());
  world.env->Submit({1}, {2}, StoreGet{"k"});
  world.env->Submit({2}, {3}, StoreGet{"k"});
  CHECK(world.inbox.Answer(2) == Success("v"));
  CHECK(world.inbox.Answer(3).code == ErrorCode::kNotFound);
  CHECK(std::filesystem::exists(world.dir / "state/values/vol1/k"));
}

TEST_CASE("HostEnv knows a resource's name as long as a call of it is under way") {
  auto gate = std::make_shared<Gate>();
  HostEnvOptions options;
  options.volumes = [gate](ResourceId, const Call&) {
    gate->Pass();
    return Success();
  };
  options.workers.workers = 1;
  options.workers.workers_per_resource = 1;
  World world(std::move(options));
  world.env->Submit({1}, {1}, VolumeFlush{});
  world.env->Submit({1}, {2}, StoreSet{"k", "v"});  // behind the flush
  world.env->Forget({1});
  gate->Open();
  CHECK(world.inbox.Answer(2).ok());
  CHECK(std::filesystem::exists(world.dir / "state/values/vol1/k"));
  world.env->Submit({9}, {3}, StoreSet{"k", "v"});  // it was never told of that one
  CHECK(world.inbox.Answer(3).code == ErrorCode::kIoDevice);
  for (const auto& entry : std::filesystem::directory_iterator(world.dir / "state/values")) {
    CHECK(entry.path().filename() == "vol1");
  }
}

TEST_CASE("HostEnv cleans up what an interrupted store.set left") {
  World world;
  std::filesystem::create_directories(world.dir / "state/values/vol3");
  WriteFile(world.dir / "state/values/vol3/k.1.1.tmp~", "half");
  world.env->Register({3}, "vol3");
  CHECK(std::filesystem::is_empty(world.dir / "state/values/vol3"));
}

TEST_CASE("HostEnv hands volume operations over, and has none of its own") {
  SECTION("none") {
    World world;
    world.env->Submit({1}, {1}, VolumeOpen{"/nowhere"});
    CHECK(Text(world.inbox.Answer(1)) == "ERROR_NOT_SUPPORTED (this host has no volumes)");
  }
  SECTION("given") {
    HostEnvOptions options;
    options.volumes = [](ResourceId, const Call& call) { return Success(Text(call)); };
    World world(std::move(options));
    world.env->Submit({1}, {1}, VolumeOpen{"/nowhere"});
    CHECK(world.inbox.Answer(1) == Success("volume.open path=/nowhere"));
  }
}

TEST_CASE("what was reported last is on the board") {
  std::vector<ResourceState> told;
  HostEnvOptions options;
  options.reported = [&](ResourceId, const Status& status) { told.push_back(status.state); };
  World world(std::move(options));
  CHECK_FALSE(world.env->Reported({1}).has_value());
  Status status;
  status.state = ResourceState::kOnlinePending;
  world.env->Report({1}, status);
  status.state = ResourceState::kOnline;
  world.env->Report({1}, status);
  REQUIRE(world.env->Reported({1}).has_value());
  CHECK(world.env->Reported({1})->state == ResourceState::kOnline);
  CHECK(told == std::vector{ResourceState::kOnlinePending, ResourceState::kOnline});
  world.env->Forget({1});
  CHECK_FALSE(world.env->Reported({1}).has_value());
}

TEST_CASE("log lines and stuck calls carry the resource's name") {
  auto gate = std::make_shared<Gate>();
  std::mutex mutex;
  std::string lines;
  HostEnvOptions options;
  options.workers.slow_after = Milliseconds(10);
  options.workers.stuck_after = Milliseconds(20);
  options.volumes = [gate](ResourceId, const Call&) {
    gate->Pass();
    return Success();
  };
  options.log = [&](Level, std::string_view resource, std::string_view text) {
    const std::scoped_lock lock(mutex);
    lines += std::string(resource) + "|" + std::string(text) + "\n";
  };
  World world(std::move(options));
  world.env->Log({1}, Level::kInformation, "hello");
  world.env->Log({9}, Level::kInformation, "who");
  world.env->Submit({1}, {1}, VolumeFlush{});
  CHECK(Eventually([&] {
    const std::scoped_lock lock(mutex);
    return lines.starts_with("vol1|hello\n#9|who\nvol1|volume.flush is stuck in the kernel for ");
  }));
  REQUIRE(world.env->Stuck().size() == 1);
  CHECK(world.env->Stuck()[0].op == "volume.flush");
  world.env->Stop();  // waits for nobody
  gate->Open();
}

TEST_CASE("HostEnv needs a directory for its state") {
  Inbox inbox;
  HostEnvOptions options;
  options.state_directory = "/proc/nowhere";
  CHECK_FALSE(HostEnv::Create(inbox, std::move(options)).ok());
}

}  // namespace
}  // namespace tidegate
