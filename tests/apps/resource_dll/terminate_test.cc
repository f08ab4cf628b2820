// Terminate and Close: what they wait for, and for how long.
#include <catch2/catch_test_macros.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "host/core/error_code.h"
#include "tests/apps/resource_dll/native_stage.h"

namespace tidegate::test {
namespace {

using std::chrono::milliseconds;

// A volume whose requests nobody can cancel: each takes the time that the test gives it, and has
// its effect at its end. A thread in it may outlive it.
class SlowVolume {
 public:
  SlowVolume()
      : volumes_([state = state_](ResourceId, const Call& call) { return state->Perform(call); }) {}
  ~SlowVolume() { Release(); }

  void OnlineTakes(milliseconds time) { state_->Set(state_->online_takes, time); }
  void OfflineTakes(milliseconds time) { state_->Set(state_->offline_takes, time); }
  void OnlineHangs() { state_->Set(state_->hangs, true); }
  void Release() { state_->Set(state_->hangs, false); }
  void WaitUnderWay(int requests) {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [&] { return state_->under_way >= requests; });
  }
  bool online() const { return state_->Get(state_->online); }
  int under_way() const { return state_->Get(state_->under_way); }

 private:
  struct State {
    template <class T>
    void Set(T& member, T value) {
      const std::scoped_lock lock(mutex);
      member = value;
      changed.notify_all();
    }
    template <class T>
    T Get(const T& member) {
      const std::scoped_lock lock(mutex);
      return member;
    }
    Reply Perform(const Call& call) {
      if (std::holds_alternative<VolumeOpen>(call)) return Success(VolumeHandle{1});
      const bool goes_online = std::holds_alternative<VolumeOnline>(call);
      const bool goes_offline = std::holds_alternative<VolumeOffline>(call);
      if (!goes_online && !goes_offline) return Success();
      std::unique_lock lock(mutex);
      ++under_way;
      changed.notify_all();
      const milliseconds takes = goes_online ? online_takes : offline_takes;
      lock.unlock();
      std::this_thread::sleep_for(takes);
      lock.lock();
      if (goes_online) changed.wait(lock, [this] { return !hangs; });
      online = goes_online;
      --under_way;
      return Success();
    }

    std::mutex mutex;
    std::condition_variable changed;
    milliseconds online_takes{0};
    milliseconds offline_takes{0};
    bool hangs = false;
    bool online = false;
    int under_way = 0;
  };

  std::shared_ptr<State> state_ = std::make_shared<State>();
  VolumesForTest volumes_;
};

// Terminate takes `time` at most; Online can be told to take as long as the test likes.
std::string Plain(const std::string& time) {
  return R"(
local volume, log = require "volume", require "log"
local policy = { api = 1, timeouts = { terminate = ")" +
         time + R"(" } }
local function ask(what)
  local vol <close> = assert(volume.open("v"))
  assert(vol[what](vol))
end
function policy.online() ask("online") end
function policy.offline() ask("offline") end
function policy.is_alive() return true end
function policy.terminate()
  ask("offline")
  log.info("terminated")
end
return policy)";
}

struct Stage {
  explicit Stage(const std::string& time)
      : policy(Plain(time)), resource(abi::kVersion2, {{"PolicyPath", policy.path()}}) {}
  void Terminate() const { resource.monitor.Terminate(resource.id); }

  SlowVolume volume;
  PolicyOnDisk policy;
  OpenResource resource;
};

TEST_CASE("Terminate comes back when the volume is offline, however slow that is",
          "[resource_dll]") {
  Stage s("10s");
  REQUIRE(s.resource.Online() == abi::kSuccess);
  s.volume.OfflineTakes(milliseconds(600));
  s.Terminate();
  CHECK_FALSE(s.volume.online());
  CHECK(s.volume.under_way() == 0);
}

TEST_CASE("Close comes back when the volume is offline, however slow that is", "[resource_dll]") {
  Stage s("10s");
  REQUIRE(s.resource.Online() == abi::kSuccess);
  s.volume.OfflineTakes(milliseconds(600));
  s.resource.Close();
  CHECK_FALSE(s.volume.online());
  CHECK(s.volume.under_way() == 0);
}

TEST_CASE("Close beside a Terminate that has not come back waits for it", "[resource_dll]") {
  Stage s("10s");
  REQUIRE(s.resource.Online() == abi::kSuccess);
  s.volume.OfflineTakes(milliseconds(600));
  std::thread terminates([&] { s.Terminate(); });
  s.volume.WaitUnderWay(1);
  s.resource.Close();
  CHECK_FALSE(s.volume.online());
  CHECK(s.volume.under_way() == 0);
  terminates.join();
}

// The policy's terminate has had its say by then: it must have the last word all the same.
TEST_CASE("a request that ends after terminate has brought nothing online", "[resource_dll]") {
  Stage s("10s");
  s.volume.OnlineTakes(milliseconds(600));
  REQUIRE(s.resource.monitor.Online(s.resource.id) == abi::kIoPending);
  s.volume.WaitUnderWay(1);
  SECTION("at Terminate") { s.Terminate(); }
  SECTION("at Close") { s.resource.Close(); }
  CHECK(s.volume.under_way() == 0);
  CHECK_FALSE(s.volume.online());
}

TEST_CASE("an Online that came while Terminate was under way is ended by the next Terminate",
          "[resource_dll]") {
  Stage s("10s");
  REQUIRE(s.resource.Online() == abi::kSuccess);
  s.volume.OfflineTakes(milliseconds(600));
  std::thread terminates([&] { s.Terminate(); });
  s.volume.WaitUnderWay(1);
  s.resource.record.Clear();
  REQUIRE(s.resource.monitor.Online(s.resource.id) == abi::kIoPending);
  s.Terminate();
  terminates.join();
  CHECK(s.volume.under_way() == 0);
  CHECK_FALSE(s.volume.online());
  std::this_thread::sleep_for(milliseconds(50));  // nor does it begin now
  CHECK_FALSE(s.volume.online());
  CHECK(s.resource.Online() == abi::kSuccess);
}

TEST_CASE("what never comes back is left behind when terminate's time is over", "[resource_dll]") {
  Stage s("300ms");
  s.volume.OnlineHangs();
  REQUIRE(s.resource.monitor.Online(s.resource.id) == abi::kIoPending);
  s.volume.WaitUnderWay(1);
  SECTION("by Terminate") { s.Terminate(); }
  SECTION("by Close") { s.resource.Close(); }
  CHECK(s.volume.under_way() == 1);
  CHECK(s.resource.record.WaitLine("after 300ms"));
  CHECK(s.resource.record.WaitLine("may still be in use here"));
}

}  // namespace
}  // namespace tidegate::test
