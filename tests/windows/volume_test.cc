// The DLL on volumes of the test driver: a full life, and every way in which a device can fail.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <memory>
#include <vector>

#include "host/apps/resource_dll/control_codes.h"
#include "host/core/error_code.h"
#include "tests/windows/dll_stage.h"
#include "tests/windows/test_volume.h"
#include "tests/windows/volume_policy.h"

namespace tidegate::test {
namespace {

constexpr abi::Dword Number(ErrorCode code) { return static_cast<abi::Dword>(code); }

constexpr unsigned kOnline = 0x0056c008;
constexpr unsigned kOffline = 0x0056c00c;
constexpr unsigned kLock = 0x00090018;
constexpr unsigned kDismount = 0x00090020;

struct PlainVolume {
  // `is_alive`: how long the policy gives a poll, and `terminate` its end. Long where a busy
  // machine must not matter.
  explicit PlainVolume(unsigned number, const std::string& is_alive = "60s",
                       const std::string& terminate = "30s")
      : volume(number),
        policy(PlainVolumePolicy(is_alive, terminate)),
        resource(abi::kVersion4, {{"PolicyPath", policy.path()}, {"VolumePath", volume.path()}},
                 u"volume" + std::u16string(1, static_cast<char16_t>(u'A' + number))) {}

  bool IsAlive() const { return resource.monitor.IsAlive(resource.id); }
  // The next poll looks at the device.
  void ForgetVerdicts() const {
    const abi::MaintenanceModeEx off{0, abi::kDisableIsAliveCheck, 0, abi::kMaintenanceSignature};
    (void)resource.monitor.Control(resource.id, control::kSetMaintenanceMode,
                                   std::as_bytes(std::span(&off, 1)));
  }

  TestVolume volume;
  PolicyOnDisk policy;
  OpenResource resource;
};

TEST_CASE("a volume's whole life, by the shipped policy", "[volume]") {
  const abi::Dword version =
      GENERATE(abi::kVersion1, abi::kVersion2, abi::kVersion3, abi::kVersion4);
  INFO("version " << std::hex << version);
  const TestVolume volume(0);
  // A copy: who owns the tree is not who runs this, perhaps.
  const std::filesystem::path policy = NewFolder() / "volume";
  std::filesystem::copy("Z:" TIDEGATE_SOURCE_DIR "/policies/volume", policy);
  OpenResource resource(version, {{"PolicyPath", policy.string()}, {"VolumePath", volume.path()}});
  REQUIRE(resource.Online() == abi::kSuccess);
  CHECK(volume.state().online == 1);
  CHECK(resource.monitor.LooksAlive(resource.id));
  CHECK(resource.monitor.IsAlive(resource.id));
  REQUIRE(resource.Offline() == abi::kSuccess);
  CHECK(volume.state().online == 0);
  CHECK_FALSE(resource.monitor.IsAlive(resource.id));
  REQUIRE(resource.Online() == abi::kSuccess);
  resource.monitor.Terminate(resource.id);
  CHECK(volume.state().online == 0);
  REQUIRE(resource.Online() == abi::kSuccess);
  resource.Close();  // leaves nothing online, and nothing open
  CHECK(volume.state().online == 0);
  while (volume.state().opened != volume.state().closed) Sleep(1);  // Wine tells it by and by
}

struct Failing {
  unsigned op;
  std::uint32_t status;
  ErrorCode code;
};

// NTSTATUS values by their names in ntstatus.h; what Win32 makes of them is its own table.
constexpr Failing kFailing[] = {
    {kOnline, 0xc0000022, ErrorCode::kAccessDenied},
    {kOnline, 0xc00000a3, ErrorCode::kNotReady},
    {kOnline, 0xc0000185, ErrorCode::kIoDevice},
    {kOnline, 0xc0000043, ErrorCode::kSharingViolation},
    {kOnline, 0x80000011, ErrorCode::kBusy},
    {kOnline, 0xc0000010, ErrorCode::kNotSupported},
    {kLock, 0xc0000022, ErrorCode::kAccessDenied},
    {kLock, 0xc00000a3, ErrorCode::kNotReady},
    {kDismount, 0xc0000022, ErrorCode::kAccessDenied},
    {kDismount, 0xc0000185, ErrorCode::kIoDevice},
    {kOffline, 0xc0000022, ErrorCode::kAccessDenied},
    {kOffline, 0x80000011, ErrorCode::kBusy},
    {kOffline, 0xc00000a3, ErrorCode::kNotReady},
    {TEST_OP_READ, 0xc0000185, ErrorCode::kIoDevice},
    {TEST_OP_READ, 0xc000003f, ErrorCode::kCrc},
    {TEST_OP_READ, 0xc00000a3, ErrorCode::kNotReady},
    {TEST_OP_READ, 0xc000009d, ErrorCode::kNotReady},  // not connected: the device is gone
};

TEST_CASE("each request's failure is the entry point's error", "[volume]") {
  PlainVolume t(1);
  for (const Failing& failing : kFailing) {
    INFO("code " << std::hex << failing.op << " status " << failing.status);
    const bool going_online = failing.op == kOnline || failing.op == TEST_OP_READ;
    t.volume.Reset();
    t.resource.record.Clear();
    if (!going_online) REQUIRE(t.resource.Online() == abi::kSuccess);
    t.resource.record.Clear();
    t.volume.Fail(failing.op, failing.status);
    CHECK((going_online ? t.resource.Online() : t.resource.Offline()) == Number(failing.code));
    t.resource.monitor.Terminate(t.resource.id);
  }
}

TEST_CASE("a read that fails makes IsAlive false, whatever its error", "[volume]") {
  PlainVolume t(2);
  for (const Failing& failing : kFailing) {
    if (failing.op != TEST_OP_READ) continue;
    t.volume.Reset();
    t.resource.record.Clear();
    REQUIRE(t.resource.Online() == abi::kSuccess);
    t.ForgetVerdicts();
    CHECK(t.IsAlive());
    // A kept handle that may be stale gets a second try.
    t.volume.Fail(TEST_OP_READ, failing.status, failing.code == ErrorCode::kNotReady ? 2 : 1);
    t.ForgetVerdicts();
    CHECK(t.resource.Dies());
    t.resource.monitor.Terminate(t.resource.id);
  }
}

TEST_CASE("a hung read: IsAlive is false in time, and Terminate cancels it", "[volume]") {
  PlainVolume t(3, "1s");
  REQUIRE(t.resource.Online() == abi::kSuccess);
  t.volume.Hang(TEST_OP_READ);
  t.ForgetVerdicts();
  CHECK(t.resource.Dies());
  CHECK(t.resource.record.WaitLine("no result within 1s, waiting for volume.probe"));
  t.resource.monitor.Terminate(t.resource.id);
  CHECK(t.volume.state().online == 0);
  CHECK(t.volume.state().hanging == 0);  // the driver has it back
  CHECK(t.volume.state().cancelled > 0);
  t.volume.Reset();
  t.resource.record.Clear();
  CHECK(t.resource.Online() == abi::kSuccess);
}

TEST_CASE("a pending Online whose request hangs is terminated at once", "[volume]") {
  PlainVolume t(4);
  t.volume.Hang(kOnline, 1);
  REQUIRE(t.resource.monitor.Online(t.resource.id) == abi::kIoPending);
  t.volume.WaitHanging(1);
  t.resource.monitor.Terminate(t.resource.id);
  CHECK(t.volume.state().hanging == 0);
  t.resource.record.Clear();
  CHECK(t.resource.Online() == abi::kSuccess);
}

TEST_CASE("a driver that ignores cancellation harms one resource only", "[volume]") {
  PlainVolume stuck(5, "1s", "1s");
  PlainVolume well(6);
  REQUIRE(stuck.resource.Online() == abi::kSuccess);
  REQUIRE(well.resource.Online() == abi::kSuccess);
  stuck.volume.Stick(TEST_OP_READ);
  stuck.ForgetVerdicts();
  while (stuck.IsAlive()) {
    well.ForgetVerdicts();
    CHECK(well.IsAlive());
  }
  stuck.resource.monitor.Terminate(stuck.resource.id);
  CHECK(stuck.volume.state().hanging == 1);  // and stays so
  well.ForgetVerdicts();
  CHECK(well.IsAlive());
  CHECK(well.resource.Offline() == abi::kSuccess);
  stuck.volume.Release();
}

TEST_CASE("a device that vanishes fails its resource, and comes back", "[volume]") {
  PlainVolume t(7);
  REQUIRE(t.resource.Online() == abi::kSuccess);
  t.volume.Vanish(true);
  t.ForgetVerdicts();
  CHECK(t.resource.Dies());
  t.resource.monitor.Terminate(t.resource.id);
  CHECK(t.resource.Online() != abi::kSuccess);
  t.volume.Vanish(false);
  t.resource.record.Clear();
  CHECK(t.resource.Online() == abi::kSuccess);
}

TEST_CASE("a hundred resources, ten of them on volumes that hang", "[volume][stress]") {
  std::vector<std::unique_ptr<PlainVolume>> all;
  for (unsigned n = 0; n < 100; ++n) {
    all.push_back(std::make_unique<PlainVolume>(n + 10, n % 10 == 0 ? "1s" : "60s"));
    CHECK(all.back()->resource.Online() == abi::kSuccess);
  }
  for (unsigned n = 0; n < 100; n += 10) all[n]->volume.Hang(TEST_OP_READ);
  for (const auto& t : all) t->ForgetVerdicts();
  for (unsigned n = 0; n < 100; n += 10) (void)all[n]->IsAlive();
  for (unsigned n = 0; n < 100; ++n) {
    if (n % 10 == 0) continue;
    INFO("resource " << n);
    CHECK(all[n]->IsAlive());
  }
  for (unsigned n = 0; n < 100; n += 10) {
    CHECK(all[n]->resource.Dies());
    all[n]->resource.monitor.Terminate(all[n]->resource.id);
  }
  for (unsigned n = 1; n < 100; n += 10) CHECK(all[n]->resource.Offline() == abi::kSuccess);
}

}  // namespace
}  // namespace tidegate::test
