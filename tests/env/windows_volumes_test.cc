// WindowsVolumes against a real driver: every operation, errors, requests that hang, drivers that
// ignore cancellation, devices that vanish.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <filesystem>
#include <future>

#include "host/env/windows/off_limits.h"
#include "host/env/windows/system.h"
#include "host/env/windows/volumes.h"
#include "tests/env/temporary_directory.h"
#include "tests/windows/fsctl_hook.h"
#include "tests/windows/test_volume.h"

namespace tidegate {
namespace {

using test::TestVolume;

constexpr ResourceId kId{1};
// Volumes 2n and 2n + 1 are two nodes' paths to one disk.
constexpr unsigned kA = 120;
constexpr unsigned kB = 121;

std::uint32_t Number(ControlCode code) { return static_cast<std::uint32_t>(code); }

VolumeProbe Probe(VolumeHandle volume, Sectors sectors = {0}) {
  return {volume, std::move(sectors), ""};
}

struct Host {
  explicit Host(DeviceOptions options = {}) : volumes(options) { test::InstallFsctlHook(); }

  Reply Ask(const Call& call) { return volumes.Perform(kId, call); }
  std::string operator()(const Call& call) { return Text(Ask(call)); }
  VolumeHandle Open(const TestVolume& volume) {
    const Reply reply = Ask(VolumeOpen{volume.path()});
    INFO(Text(reply));
    REQUIRE(reply.ok());
    return std::get<VolumeHandle>(reply.value);
  }

  WindowsVolumes volumes;
};

TEST_CASE("a volume is locked, dismounted and taken offline through one handle") {
  Host host;
  const TestVolume disk(kA);
  const VolumeHandle v = host.Open(disk);
  CHECK(host(VolumeIsMounted{v}) == "ok true");
  CHECK(host(VolumeOffline{v}) == "ERROR_ACCESS_DENIED (dismount through this handle first)");
  CHECK(host(VolumeLock{v}) == "ok");
  CHECK(host(VolumeDismount{v}) == "ok");
  CHECK(host(VolumeIsMounted{v}) == "ok false");
  CHECK(host(VolumeIsOffline{v}) == "ok false");
  CHECK(host(VolumeOffline{v}) == "ok");
  CHECK(host(VolumeIsOffline{v}) == "ok true");
  CHECK(host.Ask(Probe(v)).code == ErrorCode::kNotReady);
  CHECK(host(VolumeClose{v}) == "ok");
  CHECK(host(VolumeIsOffline{v}).starts_with("ERROR_INVALID_HANDLE"));

  const VolumeHandle again = host.Open(disk);  // an offline volume can be opened
  CHECK(host(VolumeOffline{again}) == "ok");   // and twice is harmless
  CHECK(host(VolumeOnline{again}) == "ok");
  CHECK(host(VolumeOnline{again}) == "ok");
  CHECK(host(VolumePostOnline{again}) == "ok");
  CHECK(host(Probe(again, {0, 9})) == "ok 8192");
  CHECK(host(VolumeFlush{again}) == "ok");
}

TEST_CASE("what one handle has locked no other one changes") {
  Host host;
  const TestVolume disk(kA);
  const VolumeHandle first = host.Open(disk);
  const VolumeHandle second = host.Open(disk);
  REQUIRE(host(VolumeLock{first}) == "ok");
  CHECK(host.Ask(VolumeLock{second}).code == ErrorCode::kAccessDenied);
  CHECK(host.Ask(VolumeDismount{second}).code == ErrorCode::kAccessDenied);
  CHECK(host.Ask(VolumeUnlock{second}).code == ErrorCode::kNotLocked);
  REQUIRE(host(VolumeClose{first}) == "ok");  // its lock goes with it
  CHECK(host(VolumeDismount{second}) == "ok");
}

TEST_CASE("every question has its answer") {
  Host host;
  const TestVolume disk(kA);
  const VolumeHandle v = host.Open(disk);
  CHECK(host(VolumeSupportsOnlineOffline{v}) == "ok true");
  CHECK(host(VolumeIsIoCapable{v}) == "ok true");
  CHECK(host(VolumeIsClustered{v}) == "ok true");
  CHECK(host(VolumeIsPartition{v}) == "ok true");
  CHECK(host(VolumeIsDynamic{v}) == "ok false");
  CHECK(host(VolumeIsCsv{v}) == "ok false");
  CHECK(host(VolumeIsDirty{v}) == "ok false");
  CHECK(host(VolumeNumber{v}) == "ok 121");
  CHECK(host(VolumeExtents{v}) == "ok 130@1048576+262144");
  CHECK(host(VolumeFailoverSet{v}) == "ok 130");
  CHECK(host(VolumeLogicalToPhysical{v, 4096}) == "ok 130@1052672+0");
  CHECK(host(VolumePhysicalToLogical{v, 130, 1052672}) == "ok 4096");
  CHECK(host.Ask(VolumePhysicalToLogical{v, 130, 0}).code == ErrorCode::kInvalidParameter);
  CHECK(host(VolumeVerify{v}) == "ok");
  CHECK(host(VolumeDiskNumber{v}) == "ok 130");
  CHECK(host(VolumeDiskIsClustered{v}) == "ok true");
  CHECK(host(VolumeUpdateProperties{v}) == "ok");
  const Reply attributes = host.Ask(VolumeGetAttributes{v});
  REQUIRE(attributes.ok());
  CHECK(std::get<VolumeAttributes>(attributes.value).kind == "volume");
  CHECK(std::get<VolumeAttributes>(attributes.value).size == TEST_VOLUME_BYTES);
}

TEST_CASE("attributes are set one by one") {
  Host host;
  const TestVolume disk(kA);
  const VolumeHandle v = host.Open(disk);
  CHECK(host(VolumeSetGptAttribute{v, "read_only", true}) == "ok");
  CHECK(host(VolumeSetGptAttribute{v, "no_drive_letter", true}) == "ok");
  CHECK(host(VolumeSetGptAttribute{v, "read_only", false}) == "ok");
  CHECK(host(VolumeGptAttribute{v, "read_only"}) == "ok false");
  CHECK(host(VolumeGptAttribute{v, "no_drive_letter"}) == "ok true");
  CHECK(host(VolumeSetDiskAttribute{v, "offline", true}) == "ok");
  CHECK(host(VolumeDiskAttribute{v, "offline"}) == "ok true");
  CHECK(host(VolumeDiskAttribute{v, "read_only"}) == "ok false");
  CHECK(host(VolumeGptAttribute{v, "shiny"}) ==
        "ERROR_INVALID_PARAMETER (there is no attribute shiny)");
}

TEST_CASE("two nodes settle who has the disk by its persistent reservation") {
  Host host;
  const TestVolume a(kA);
  const TestVolume b(kB);
  const VolumeHandle node_a = host.Open(a);
  const VolumeHandle node_b = host.Open(b);
  const std::int64_t key_a = 0x0102030405060708;
  const std::int64_t key_b = -2;
  CHECK(host(VolumeReservation{node_a}) == "ok none");
  CHECK(host.Ask(VolumeReserve{node_a, key_a}).code == ErrorCode::kBusy);  // not registered
  CHECK(host(VolumeRegister{node_a, key_a}) == "ok");
  CHECK(host(VolumeReserve{node_a, key_a}) == "ok");
  CHECK(host(VolumeReserve{node_a, key_a}) == "ok");
  CHECK(host(VolumeReservation{node_b}) == "ok write_exclusive_registrants,72623859790382856");
  CHECK(host(VolumeRegister{node_b, key_b}) == "ok");
  CHECK(host(VolumeRegisteredKeys{node_a}) == "ok 72623859790382856,-2");
  CHECK(host.Ask(VolumeReserve{node_b, key_b}).code == ErrorCode::kBusy);
  CHECK(host(VolumePreempt{node_b, key_b, key_a, "exclusive", true}) == "ok");
  CHECK(host(VolumeReservation{node_a}) == "ok exclusive,-2");
  CHECK(host(VolumeRegisteredKeys{node_a}) == "ok -2");
  CHECK(host.Ask(VolumeRelease{node_a, key_a}).code == ErrorCode::kBusy);
  CHECK(host(VolumeRelease{node_b, key_b, "exclusive"}) == "ok");
  CHECK(host(VolumeReservation{node_b}) == "ok none");
  CHECK(host(VolumeClearReservations{node_b, key_b}) == "ok");
  CHECK(host(VolumeRegisteredKeys{node_b}) == "ok");
}

TEST_CASE("a raw control code gets what the driver answers") {
  Host host;
  const TestVolume disk(kA);
  const VolumeHandle v = host.Open(disk);
  const Reply length = host.Ask(VolumeIoctl{v, Number(ControlCode::kDiskGetLengthInfo), "", 8});
  REQUIRE(length.ok());
  CHECK(std::get<std::string>(length.value) == std::string("\0\0\4\0\0\0\0\0", 8));
  CHECK(host.Ask(VolumeIoctl{v, 0x12345678, "", 0}).code == ErrorCode::kInvalidFunction);
}

TEST_CASE("an error of the driver arrives as it is, but for those that mean one thing everywhere") {
  Host host;
  const TestVolume disk(kA);
  const VolumeHandle v = host.Open(disk);
  struct Row {
    std::uint32_t status;
    ErrorCode code;
  };
  const Row row =
      GENERATE(Row{0xC0000022, ErrorCode::kAccessDenied}, Row{0x80000011, ErrorCode::kBusy},
               Row{0xC00000A3, ErrorCode::kNotReady}, Row{0xC0000185, ErrorCode::kIoDevice},
               Row{0xC00000A2, ErrorCode::kWriteProtect},
               Row{0xC000009D, ErrorCode::kNotReady},       // not connected
               Row{0xC0000010, ErrorCode::kNotSupported});  // unknown request
  disk.Fail(Number(ControlCode::kVolumeOnline), row.status);
  CHECK(host.Ask(VolumeOnline{v}).code == row.code);
  CHECK(host(VolumeOnline{v}) == "ok");
}

TEST_CASE("a request that hangs ends at its deadline") {
  Host host({.deadline = Milliseconds(50)});
  const TestVolume disk(kA);
  const VolumeHandle v = host.Open(disk);
  disk.Hang(TEST_OP_READ, 1);
  const Reply reply = host.Ask(Probe(v));
  CHECK(reply.code == ErrorCode::kTimeout);
  CHECK(reply.detail.ends_with("no answer within 50ms"));
  CHECK(disk.state().cancelled == 1);
  CHECK(host(Probe(v)) == "ok 4096");
}

TEST_CASE("what a resource has under way can be cancelled, and so does closing its handle") {
  Host host;
  const TestVolume disk(kA);
  const VolumeHandle v = host.Open(disk);
  const bool close = GENERATE(false, true);
  disk.Hang(Number(ControlCode::kVolumeOnline), 1);
  auto reply = std::async(std::launch::async, [&] { return host.Ask(VolumeOnline{v}); });
  disk.WaitHanging(1);
  if (close) {
    CHECK(host(VolumeClose{v}) == "ok");
  } else {
    host.volumes.Cancel({2});  // another resource
    host.volumes.Cancel(kId);
  }
  CHECK(reply.get().code == ErrorCode::kOperationAborted);
  CHECK(disk.state().hanging == 0);
}

TEST_CASE("a driver that ignores cancellation keeps its request, and nobody waits for it") {
  Host host({.deadline = Milliseconds(30), .cancel_wait = Milliseconds(10)});
  const TestVolume disk(kA);
  const VolumeHandle v = host.Open(disk);
  disk.Stick(TEST_OP_READ, 1);
  const Reply reply = host.Ask(Probe(v));
  CHECK(reply.code == ErrorCode::kTimeout);
  CHECK(reply.detail.ends_with("ignores cancellation: quarantined"));
  CHECK(disk.state().hanging == 1);
  CHECK(host(Probe(v)) == "ok 4096");  // the others go on
  CHECK(host(VolumeClose{v}) == "ok");
  disk.Release();  // what it writes now goes to memory that is still there
  CHECK(disk.state().hanging == 0);
}

TEST_CASE("a device that vanishes is not ready") {
  Host host;
  const TestVolume disk(kA);
  const VolumeHandle v = host.Open(disk);
  disk.Vanish(true);
  CHECK(host.Ask(Probe(v)).code == ErrorCode::kNotReady);
  CHECK(host.Ask(VolumeOnline{v}).code == ErrorCode::kNotReady);
  disk.Vanish(false);
  CHECK(host(Probe(v)) == "ok 4096");
}

TEST_CASE("a removed resource's handles die, and nobody else's") {
  Host host;
  const TestVolume disk(kA);
  const VolumeHandle v = host.Open(disk);
  const Reply theirs = host.volumes.Perform({2}, VolumeOpen{disk.path()});
  REQUIRE(theirs.ok());
  const VolumeHandle other = std::get<VolumeHandle>(theirs.value);
  CHECK(host.Ask(VolumeIsOffline{other}).code == ErrorCode::kInvalidHandle);
  host.volumes.CloseAll(kId);
  CHECK(host.Ask(VolumeIsOffline{v}).code == ErrorCode::kInvalidHandle);
  CHECK(host.volumes.Perform({2}, VolumeIsOffline{other}) == Success(false));
}

TEST_CASE("a volume goes by any of its names, and by no share's") {
  Host host;
  const TestVolume disk(kA);
  CHECK(host.Ask(VolumeOpen{disk.path() + "\\"}).ok());
  CHECK(host.Ask(VolumeOpen{R"(\\.\TestVol120)"}).ok());
  CHECK(host.Ask(VolumeOpen{"//./TestVol120"}).ok());
  CHECK(host.Ask(VolumeOpen{R"(\\.\NoSuchVolume)"}).code == ErrorCode::kFileNotFound);
  for (const char* share : {R"(\\server\share)", R"(\\server\share\folder)", R"(//server/share)",
                            R"(\\?\UNC\server\share)"}) {
    const Reply reply = host.Ask(VolumeOpen{share});
    CHECK(reply.code == ErrorCode::kInvalidParameter);
    CHECK(reply.detail.find("SMB") != std::string::npos);
  }
  for (const char* shared : {R"(C:\ClusterStorage\Volume1)", R"(\\?\C:\clusterstorage\Volume1)"}) {
    const Reply reply = host.Ask(VolumeOpen{shared});
    CHECK(reply.code == ErrorCode::kInvalidParameter);
    CHECK(reply.detail.find("cluster shared volume") != std::string::npos);
  }
  CHECK(host.Ask(VolumeOpen{"volume"}).code == ErrorCode::kInvalidParameter);
  CHECK(host.Ask(VolumeOpen{R"(C:\no\mount\point)"}).code == ErrorCode::kInvalidParameter);
}

// A drive letter of a test volume, for as long as this lives.
class Letter {
 public:
  explicit Letter(unsigned volume) {
    const std::wstring target = L"\\Device\\TidegateVol" + std::to_wstring(volume);
    REQUIRE(DefineDosDeviceW(DDD_RAW_TARGET_PATH, L"T:", target.c_str()));
  }
  ~Letter() { DefineDosDeviceW(DDD_REMOVE_DEFINITION, L"T:", nullptr); }
  Letter(const Letter&) = delete;
  Letter& operator=(const Letter&) = delete;
};

TEST_CASE("a drive letter leads to its volume") {
  Host host;
  const TestVolume disk(kA);
  const Letter letter(kA);
  for (const char* name : {"T:", "t:", "T:\\", "T:/", R"(\\.\T:)", R"(\\?\T:)", R"(\\?\t:\)"}) {
    INFO(name);
    const Reply opened = host.Ask(VolumeOpen{name});
    REQUIRE(opened.ok());
    const VolumeHandle v = std::get<VolumeHandle>(opened.value);
    CHECK(host(VolumeNumber{v}) == "ok 121");
    CHECK(host(VolumeClose{v}) == "ok");
  }
  CHECK(host.Ask(VolumeOpen{"T:folder"}).code == ErrorCode::kInvalidParameter);
}

TEST_CASE("a file on a device is no volume, whatever its device is called") {
  Host host;
  const TestVolume disk(kA);
  std::wstring guid(64, L'\0');
  REQUIRE(GetVolumeNameForVolumeMountPointW(L"C:\\", guid.data(), 64));
  guid.resize(guid.find(L'\0') - 1);
  for (const std::string& name :
       {Utf8(guid) + R"(\windows\win.ini)", Utf8(guid) + "/windows/win.ini",
        std::string(R"(\\?\C:\windows\win.ini)"), std::string(R"(C:\windows\win.ini)"),
        std::string(R"(\\.\C:\windows\win.ini)"), std::string(R"(\\.\TestVol120\file)"),
        std::string(R"(\\?\GLOBALROOT\Device\Null)"), std::string(R"(\\.\pipe\x)")}) {
    INFO(name);
    CHECK(host.Ask(VolumeOpen{name}).code == ErrorCode::kInvalidParameter);
  }
  CHECK(host.Ask(VolumeOpen{Utf8(guid)}).ok());
}

TEST_CASE("a place in the host's own folder is known by every name of it") {
  const test::TemporaryDirectory dir;
  const std::string own = dir / "Tidegate";
  std::filesystem::create_directories(dir / "Tidegate/state/values");
  std::filesystem::create_directories(dir / "Tidegate2");
  for (const char* where : {"Tidegate", "tidegate", "TIDEGATE/State", "Tidegate/state/values/",
                            "Tidegate2/../Tidegate/state", "Tidegate/./state"}) {
    INFO(where);
    CHECK_FALSE(CheckMountPoint(dir / where, own).ok());
  }
  for (const char* where : {"Tidegate2", "Tidegate/state/none", ".", "none"}) {
    INFO(where);
    CHECK(CheckMountPoint(dir / where, own).ok());
  }
}

TEST_CASE("a volume is mounted at a place once, and not at another's") {
  Host host;
  const TestVolume disk(kA);
  const VolumeHandle v = host.Open(disk);
  const Reply system = host.Ask(VolumeOpen{"C:"});
  REQUIRE(system.ok());
  const VolumeHandle c = std::get<VolumeHandle>(system.value);
  CHECK(host(VolumeMount{c, R"(C:\)"}) == "ok");  // it is there already
  CHECK(host(VolumeMount{c, "C:"}) == "ok");
  const Reply taken = host.Ask(VolumeMount{v, R"(C:\)"});
  CHECK(taken.code == ErrorCode::kBusy);
  CHECK(taken.detail.ends_with(R"(is mounted at C:\)"));
  CHECK(host.Ask(VolumeMount{v, R"(C:\)", true}).code == ErrorCode::kAccessDenied);
  // Wine's system cannot be told of a new place.
  const bool wine = Function<void (*)()>(L"ntdll.dll", "wine_get_version") != nullptr;
  if (wine) CHECK(host.Ask(VolumeMount{v, R"(T:\)"}).code == ErrorCode::kNotSupported);
}

TEST_CASE("a probe writes a file and reads it back, and leaves nothing") {
  Host host;
  const Reply opened = host.Ask(VolumeOpen{"C:"});
  REQUIRE(opened.ok());
  const VolumeHandle c = std::get<VolumeHandle>(opened.value);
  CHECK(host(VolumeProbe{c, {}, "tidegate-probe.tmp"}) == "ok 4096");
  CHECK(GetFileAttributesW(L"C:\\tidegate-probe.tmp") == INVALID_FILE_ATTRIBUTES);
  for (const char* name : {"..", "a\\b", "c:d", "a/b"}) {
    CHECK(host.Ask(VolumeProbe{c, {}, name}).code == ErrorCode::kInvalidParameter);
  }
}

TEST_CASE("a cluster shared volume is looked at and not touched") {
  Host host;
  const TestVolume disk(kA);
  disk.Is(TEST_IS_SHARED);
  const VolumeHandle v = host.Open(disk);
  CHECK(host(VolumeIsCsv{v}) == "ok true");
  CHECK(host(Probe(v)) == "ok 4096");
  const Reply refused[] = {host.Ask(VolumeLock{v}),           host.Ask(VolumeDismount{v}),
                           host.Ask(VolumeDismount{v, true}), host.Ask(VolumeOffline{v}),
                           host.Ask(VolumeOnline{v}),         host.Ask(VolumeMount{v, R"(T:\)"})};
  for (const Reply& reply : refused) {
    CHECK(reply.code == ErrorCode::kAccessDenied);
    CHECK(reply.detail.find("cluster shared volume") != std::string::npos);
  }
}

// --- Handles that are kept between two opens. ---

TEST_CASE("the handle of a poll is kept for the next one, and goes at rest") {
  Host host;
  const TestVolume disk(kA);
  for (int poll = 0; poll < 3; ++poll) {
    const VolumeHandle v = host.Open(disk);
    CHECK(host(VolumeIsOffline{v}) == "ok false");
    CHECK(host(Probe(v)) == "ok 4096");
    CHECK(host(VolumeIsMounted{v}) == "ok true");
    CHECK(host(VolumeClose{v}) == "ok");
    CHECK(host.Ask(Probe(v)).code == ErrorCode::kInvalidHandle);
  }
  CHECK(disk.state().opened == 1);
  CHECK(disk.state().closed == 0);
  host.volumes.Rest({2});  // another resource
  CHECK(disk.state().closed == 0);
  host.volumes.Rest(kId);
  CHECK(disk.state().closed == 1);
}

TEST_CASE("a kept handle that fails is replaced, once") {
  Host host;
  const TestVolume disk(kA);
  const auto poll = [&] {
    const VolumeHandle v = host.Open(disk);
    const std::string read = host(Probe(v));
    CHECK(host(VolumeClose{v}) == "ok");
    return read;
  };
  CHECK(poll() == "ok 4096");
  disk.Fail(TEST_OP_READ, 0xC000026E);  // dismounted meanwhile
  CHECK(poll() == "ok 4096");
  CHECK(disk.state().opened == 2);
  disk.Fail(TEST_OP_READ, 0xC0000185);  // what the disk says of itself is not asked for twice
  CHECK(poll().starts_with("ERROR_IO_DEVICE"));
  CHECK(disk.state().opened == 2);
  CHECK(poll() == "ok 4096");
  CHECK(disk.state().opened == 3);  // and a handle that has failed is not kept
  disk.Vanish(true);
  CHECK(poll().starts_with("ERROR_NOT_READY"));
  disk.Vanish(false);
  CHECK(poll() == "ok 4096");
}

TEST_CASE("through a kept handle nothing is changed and nothing else is asked") {
  Host host;
  const TestVolume disk(kA);
  const auto keep = [&] {
    const VolumeHandle v = host.Open(disk);
    CHECK(host(Probe(v)) == "ok 4096");
    CHECK(host(VolumeClose{v}) == "ok");
  };
  keep();
  const VolumeHandle asks = host.Open(disk);
  CHECK(host(VolumeIsMounted{asks}) == "ok true");  // as through a handle opened now
  CHECK(disk.state().opened == 2);
  CHECK(host(VolumeClose{asks}) == "ok");
  const VolumeHandle locks = host.Open(disk);
  CHECK(host(VolumeLock{locks}) == "ok");
  CHECK(disk.state().opened == 3);
  CHECK(host(VolumeClose{locks}) == "ok");
  CHECK(disk.state().closed == 3);  // one that has changed something is not kept
  keep();
  const Reply other = host.Ask(VolumeOpen{R"(\\.\TestVol120)"});  // of another name: it goes
  CHECK(other.ok());
  CHECK(disk.state().closed == 4);
  host.volumes.CloseAll(kId);
  CHECK(disk.state().closed == disk.state().opened);
}

}  // namespace
}  // namespace tidegate
