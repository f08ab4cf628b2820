// Volumes that hang, as the Resource Monitor sees them.
#include <catch2/catch_test_macros.hpp>
#include <condition_variable>
#include <mutex>

#include "host/core/error_code.h"
#include "tests/apps/resource_dll/native_stage.h"

namespace tidegate::test {
namespace {

const std::string kProbing = R"(
local volume = require "volume"
local policy = { api = 1, timeouts = { is_alive = "300ms", terminate = "300ms" } }
function policy.online(resource) assert(volume.open("v")) end
function policy.offline(resource) end
function policy.is_alive(resource)
  local vol <close> = assert(volume.open("v"))
  return vol:probe() ~= nil
end
function policy.terminate(resource) end
return policy)";

// A volume whose probe waits until it is let go. A thread in it may outlive it.
class HungVolume {
 public:
  HungVolume()
      : volumes_([state = state_](ResourceId, const Call& call) { return state->Perform(call); }) {}
  ~HungVolume() { state_->Set(false); }

  void Hang() { state_->Set(true); }
  void WaitHung() {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [this] { return state_->waiting > 0; });
  }

 private:
  struct State {
    void Set(bool on) {
      const std::scoped_lock lock(mutex);
      hangs = on;
      changed.notify_all();
    }
    Reply Perform(const Call& call) {
      if (std::holds_alternative<VolumeOpen>(call)) return Success(VolumeHandle{1});
      if (!std::holds_alternative<VolumeProbe>(call)) return Success();
      std::unique_lock lock(mutex);
      ++waiting;
      changed.notify_all();
      changed.wait(lock, [this] { return !hangs; });
      --waiting;
      return Success(std::int64_t{512});
    }

    std::mutex mutex;
    std::condition_variable changed;
    bool hangs = false;
    int waiting = 0;
  };

  std::shared_ptr<State> state_ = std::make_shared<State>();
  VolumesForTest volumes_;
};

TEST_CASE("IsAlive answers from the last verdict, until the policy's own time is up",
          "[resource_dll]") {
  HungVolume volume;
  const PolicyOnDisk policy(kProbing);
  OpenResource resource(abi::kVersion2, {{"PolicyPath", policy.path()}});
  REQUIRE(resource.Online() == abi::kSuccess);
  CHECK(resource.monitor.IsAlive(resource.id));  // the Online itself
  volume.Hang();
  CHECK(resource.monitor.IsAlive(resource.id));  // still fresh: nobody looked
  // Past the freshness one poll starts a look, which hangs; its time runs out beside it.
  while (resource.monitor.IsAlive(resource.id)) continue;
  CHECK(resource.record.WaitLine("no result within 300ms, waiting for volume.probe"));
  resource.monitor.Terminate(resource.id);
  CHECK_FALSE(resource.monitor.IsAlive(resource.id));
}

TEST_CASE("Terminate comes back from a hung operation, and so does Close", "[resource_dll]") {
  HungVolume volume;
  const PolicyOnDisk policy(R"(
local volume = require "volume"
local policy = { api = 1, timeouts = { terminate = "300ms" } }
function policy.online(resource) local vol = assert(volume.open("v")) vol:probe() end
function policy.offline(resource) end
function policy.is_alive(resource) return true end
return policy)");
  OpenResource resource(abi::kVersion4, {{"PolicyPath", policy.path()}});
  volume.Hang();
  REQUIRE(resource.monitor.Online(resource.id) == abi::kIoPending);
  volume.WaitHung();
  resource.monitor.Terminate(resource.id);
  CHECK_FALSE(resource.monitor.IsAlive(resource.id));
  for (const auto& report : resource.record.reports()) CHECK(report.state == 129);
  // The thread is gone for now, the resource is not.
  CHECK(resource.monitor.Online(resource.id) == abi::kIoPending);
  resource.Close();
}

}  // namespace
}  // namespace tidegate::test
