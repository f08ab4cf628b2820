// Terminate and Close on volumes of the test driver: whatever a request takes, nothing of ours is
// under way when they come back, short of the policy's own time for terminate.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <thread>

#include "tests/windows/dll_stage.h"
#include "tests/windows/test_volume.h"
#include "tests/windows/volume_policy.h"

namespace tidegate::test {
namespace {

constexpr unsigned kOnline = 0x0056c008;
constexpr unsigned kDismount = 0x00090020;

struct Terminated {
  explicit Terminated(unsigned number, const std::string& terminate = "30s")
      : volume(number),
        policy(PlainVolumePolicy("60s", terminate)),
        resource(abi::kVersion4, {{"PolicyPath", policy.path()}, {"VolumePath", volume.path()}},
                 u"terminated" + std::u16string(1, static_cast<char16_t>(u'A' + number))) {}

  // As the Resource Monitor may: beside what the test does meanwhile.
  std::thread TerminateBeside() {
    return std::thread([this] { resource.monitor.Terminate(resource.id); });
  }
  void CheckOver() const {
    const test_state state = volume.state();
    CHECK(state.online == 0);
    CHECK(state.hanging == 0);
  }

  TestVolume volume;
  PolicyOnDisk policy;
  OpenResource resource;
};

TEST_CASE("a slow dismount: the volume is offline when Terminate and Close come back",
          "[terminate]") {
  const unsigned milliseconds = GENERATE(1500u, 4000u);
  Terminated t(0);
  REQUIRE(t.resource.Online() == abi::kSuccess);
  t.volume.Delay(kDismount, milliseconds);
  SECTION("Terminate") { t.resource.monitor.Terminate(t.resource.id); }
  SECTION("Close") { t.resource.Close(); }
  t.CheckOver();
}

TEST_CASE("a second Terminate does not take from the first what it is doing", "[terminate]") {
  Terminated t(1);
  REQUIRE(t.resource.Online() == abi::kSuccess);
  t.volume.Delay(kDismount, 1500);
  std::thread first = t.TerminateBeside();
  t.volume.WaitHanging(1);
  t.resource.monitor.Terminate(t.resource.id);
  t.CheckOver();
  CHECK(t.volume.state().cancelled == 0);
  first.join();
}

// It is given up as far as threads are concerned, and has its effect all the same.
TEST_CASE("a driver that ignores cancellation and ends late has not the last word", "[terminate]") {
  Terminated t(2);
  t.volume.Stick(kOnline, 1);
  REQUIRE(t.resource.monitor.Online(t.resource.id) == abi::kIoPending);
  t.volume.WaitHanging(1);
  SECTION("at Terminate") {
    std::thread terminates = t.TerminateBeside();
    Sleep(700);  // past what a cancelled request is waited for
    t.volume.Release();
    terminates.join();
  }
  SECTION("at Close") {
    std::thread closes([&] { t.resource.Close(); });
    Sleep(700);
    t.volume.Release();
    closes.join();
  }
  t.CheckOver();
}

TEST_CASE("a driver that never lets go: Terminate and Close come back in terminate's time",
          "[terminate]") {
  Terminated t(3, "1s");
  t.volume.Stick(kOnline, 1);
  REQUIRE(t.resource.monitor.Online(t.resource.id) == abi::kIoPending);
  t.volume.WaitHanging(1);
  SECTION("Terminate") { t.resource.monitor.Terminate(t.resource.id); }
  SECTION("Close") { t.resource.Close(); }
  CHECK(t.volume.state().hanging == 1);
  CHECK(t.resource.record.WaitLine("after 1s"));
  CHECK(t.resource.record.WaitLine("may still be in use here"));
}

}  // namespace
}  // namespace tidegate::test
