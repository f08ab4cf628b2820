// Control codes: private properties, the cluster's questions, the policy's own, the swap.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstring>

#include "host/apps/resource_dll/control_codes.h"
#include "host/core/error_code.h"
#include "tests/apps/resource_dll/control_bytes.h"
#include "tests/apps/resource_dll/policies.h"
#include "tests/apps/resource_dll/stage.h"

namespace tidegate::test {
namespace {

constexpr abi::Dword Number(ErrorCode code) { return static_cast<abi::Dword>(code); }

std::string Names(const std::vector<std::byte>& list) {
  std::u16string text(list.size() / 2, u'\0');
  std::memcpy(text.data(), list.data(), list.size());
  std::string out = ToUtf8(text);
  for (char& c : out) c = c == '\0' ? ' ' : c;
  return out;
}

struct Telling {
  explicit Telling(abi::Dword version = abi::kVersion4)
      : policy(kTelling), resource(version, {{"PolicyPath", policy.path()}}) {}
  ControlResult Control(abi::Dword code, std::span<const std::byte> in = {}) {
    return resource.monitor.Control(resource.id, code, in);
  }
  ControlResult Set(const PropertyListWriter& list) {
    return Control(control::kSetPrivateProperties, list.bytes());
  }

  PolicyOnDisk policy;
  OpenResource resource;
};

TEST_CASE("a resource lists, types and defaults its private properties", "[resource_dll]") {
  const abi::Dword version =
      GENERATE(abi::kVersion1, abi::kVersion2, abi::kVersion3, abi::kVersion4);
  INFO("version " << std::hex << version);
  Telling t(version);
  CHECK(Names(t.Control(control::kEnumPrivateProperties).data) ==
        "PolicyPath PolicyDigest Capabilities InjectFaults Force Label Offset Retries Wait  ");
  CHECK(Shown(t.Control(control::kGetPrivateProperties).data) ==
        "PolicyPath=" + t.policy.path() + "\n" +
            "PolicyDigest=\nCapabilities=\nInjectFaults=0\nForce=0\nLabel=none\nOffset=-1\nRetries="
            "3\nWait=5s\n");
  CHECK(Shown(t.Control(control::kGetPrivatePropertyFormats).data) ==
        "PolicyPath=3\nPolicyDigest=3\nCapabilities=3\nInjectFaults=2\nForce=2\nLabel=3\nOffset="
        "10\nRetries=2\nWait=3\n");
  CHECK(Shown(t.Control(control::kGetRoPrivateProperties).data) ==
        "RunningPolicyDigest=\nRunningPolicyVersion=\nLastReason=\nLastSwap=\n");
}

TEST_CASE("a buffer that is too small is told the size", "[resource_dll]") {
  Telling t;
  const auto size = t.Control(control::kGetPrivateProperties).returned;
  const auto ask = [&](std::size_t room) {
    return t.resource.monitor.ControlOnce(t.resource.id, control::kGetPrivateProperties, {}, room);
  };
  CHECK(ask(0).status == abi::kMoreData);
  CHECK(ask(size - 1).status == abi::kMoreData);
  CHECK(ask(size - 1).returned == size);
  CHECK(ask(size).status == abi::kSuccess);
}

TEST_CASE("properties are set, stored and used by the next Online", "[resource_dll]") {
  Telling t;
  PropertyListWriter list;
  list.Text("Label", "blue");
  list.Dword("retries", 7);  // names are compared without regard to case
  list.Dword("Force", 1);
  list.Signed64("Offset", 1ll << 40);
  list.Text("Wait", "250ms");
  CHECK(t.Set(list).status == abi::kSuccess);
  CHECK(t.resource.Online() == abi::kSuccess);
  CHECK(t.resource.record.WaitLine("online blue 7 1099511627776 true 250ms"));

  PropertyListWriter later;
  later.Text("Label", "green");
  CHECK(t.Set(later).status == abi::kPropertiesStored);
  CHECK(Shown(t.Control(control::kGetPrivateProperties).data).find("Label=green") !=
        std::string::npos);
  REQUIRE(t.resource.Offline() == abi::kSuccess);
  REQUIRE(t.resource.Online() == abi::kSuccess);
  CHECK(t.resource.record.WaitLine("online green 7"));

  PropertyListWriter back;
  back.Nothing("Label", ClusterFormat::kText);
  CHECK(t.Set(back).status == abi::kPropertiesStored);
  CHECK_FALSE(StoredIn(t.resource.key).contains("Label"));
}

TEST_CASE("what does not fit its property is refused and not stored", "[resource_dll]") {
  Telling t;
  const Properties before = StoredIn(t.resource.key);
  const auto refused = [&](auto add, ErrorCode code) {
    PropertyListWriter list;
    add(list);
    CHECK(t.Control(control::kValidatePrivateProperties, list.bytes()).status == Number(code));
    CHECK(t.Set(list).status == Number(code));
    CHECK(StoredIn(t.resource.key) == before);
  };
  refused([](auto& l) { l.Dword("Retries", 11); }, ErrorCode::kInvalidParameter);
  refused([](auto& l) { l.Text("Wait", "soon"); }, ErrorCode::kInvalidParameter);
  refused([](auto& l) { l.Dword("Force", 2); }, ErrorCode::kInvalidParameter);
  refused([](auto& l) { l.Text("Lable", "x"); }, ErrorCode::kInvalidParameter);
  refused([](auto& l) { l.Text("PolicyPath", "no such.lua"); }, ErrorCode::kFileNotFound);
  CHECK(t.resource.record.WaitLine("unknown property Lable, did you mean Label?"));
  const auto cut = std::vector<std::byte>(3);
  CHECK(t.Control(control::kSetPrivateProperties, cut).status == Number(ErrorCode::kInvalidData));
  PropertyListWriter good;
  good.Dword("Retries", 10);
  CHECK(t.Control(control::kValidatePrivateProperties, good.bytes()).status == abi::kSuccess);
  CHECK(StoredIn(t.resource.key) == before);
}

TEST_CASE("a resource without a policy can be given one, property by property", "[resource_dll]") {
  const PolicyOnDisk policy(kTelling);
  OpenResource resource(abi::kVersion1, {});
  CHECK(Names(resource.monitor.Control(resource.id, control::kEnumPrivateProperties).data) ==
        "PolicyPath PolicyDigest Capabilities InjectFaults  ");
  PropertyListWriter list;
  list.Text("PolicyPath", policy.path());
  list.Text("Label", "first");  // of the policy that the same list names
  CHECK(
      resource.monitor.Control(resource.id, control::kSetPrivateProperties, list.bytes()).status ==
      abi::kSuccess);
  CHECK(resource.Online() == abi::kSuccess);
  CHECK(resource.record.WaitLine("online first"));
  const std::string now =
      Shown(resource.monitor.Control(resource.id, control::kGetRoPrivateProperties).data);
  CHECK(now.find("RunningPolicyDigest=\n") == std::string::npos);
}

TEST_CASE("the cluster's questions have answers, others are the Resource Monitor's",
          "[resource_dll]") {
  Telling t;
  const auto number = [](const ControlResult& result) {
    std::uint32_t n = 0;
    if (result.data.size() >= sizeof n) std::memcpy(&n, result.data.data(), sizeof n);
    return n;
  };
  CHECK(number(t.Control(control::kGetCharacteristics)) == 0x10);
  CHECK(t.Control(control::kGetClassInfo).data.size() == 8);
  CHECK(t.Control(control::kGetRequiredDependencies).data.size() == 4);
  CHECK(t.Control(control::kQueryDelete).status == abi::kSuccess);
  CHECK(t.Control(control::kInstallNode).status == abi::kSuccess);
  CHECK(t.Control(control::kEvictNode).status == abi::kSuccess);
  CHECK(t.Control(control::kGetFailureInfo).status == abi::kInvalidFunction);
  CHECK(t.Control(control::kStorageGetDiskInfo).status == abi::kInvalidFunction);
  CHECK(t.Control(0x01abcdef).status == abi::kInvalidFunction);
  const abi::StateChangeReason reason{sizeof reason, 1, 2};
  CHECK(t.Control(control::kStateChangeReason, std::as_bytes(std::span(&reason, 1))).status ==
        abi::kSuccess);
  CHECK(t.resource.record.WaitLine("state changes because of a failover"));
  CHECK(t.resource.monitor.TypeControl(control::kTypeStartingPhase1).status == abi::kSuccess);
  CHECK(t.resource.monitor.TypeControl(control::kTypeStartingPhase2).status == abi::kSuccess);
  CHECK(t.resource.monitor.TypeControl(control::kTypeInstallNode).status == abi::kSuccess);
  CHECK(t.resource.monitor.TypeControl(control::kTypeEvictNode).status == abi::kSuccess);
  CHECK(t.resource.monitor.TypeControl(control::kTypeGetClassInfo).data.size() == 8);
  CHECK(t.resource.monitor.TypeControl(0x02000051).status == abi::kInvalidFunction);
}

TEST_CASE("a policy answers codes of its own", "[resource_dll]") {
  const abi::Dword version = GENERATE(abi::kVersion1, abi::kVersion4);
  Telling t(version);
  const std::string text = "hello";
  const auto in = std::as_bytes(std::span(text));
  CHECK(t.Control(0x01200021, in).status == abi::kInvalidFunction);  // nothing runs yet
  REQUIRE(t.resource.Online() == abi::kSuccess);
  const ControlResult said = t.Control(0x01200021, in);
  CHECK(said.status == abi::kSuccess);
  CHECK(std::string(reinterpret_cast<const char*>(said.data.data()), said.data.size()) ==
        "you said hello");
  CHECK(t.Control(0x01200025).status == abi::kSuccess);
  CHECK(t.Control(0x01200029).status == Number(ErrorCode::kResourceFailed));
  CHECK(t.Control(0x0120002d).status == abi::kInvalidFunction);
}

TEST_CASE("an answer that takes its time comes by EndControlCall, where there is such a thing",
          "[resource_dll]") {
  const PolicyOnDisk policy(R"(
    local timer = require "timer"
    local policy = { api = 1 }
    function policy.online() error("the cable is out") end
    function policy.offline() end
    function policy.is_alive() return true end
    function policy.control(resource, code) timer.sleep("400ms") return true end
    return policy)");
  const abi::Dword version = GENERATE(abi::kVersion2, abi::kVersion4);
  INFO("version " << std::hex << version);
  OpenResource resource(version, {{"PolicyPath", policy.path()}}, u"slow");
  CHECK(resource.Online() == Number(ErrorCode::kResourceFailed));
  CHECK(Shown(resource.monitor.Control(resource.id, control::kGetRoPrivateProperties).data)
            .find("the cable is out") != std::string::npos);
  resource.monitor.Terminate(resource.id);
  bool late = false;
  for (int tries = 0; tries < 50 && !late; ++tries) {  // a busy caller may look too late
    if (version == abi::kVersion2) {
      abi::Dword returned = 0;
      const abi::Dword status = resource.monitor.table()->v2.resource_control(
          resource.id, 0x01200021, nullptr, 0, nullptr, 0, &returned);
      late = status == Number(ErrorCode::kResourceCallTimedOut);
      if (!late) CHECK(status == abi::kSuccess);
    } else {
      const ControlResult slow = resource.monitor.ControlOnce(resource.id, 0x01200021, {}, 0);
      late = slow.later;
      CHECK(slow.status == abi::kSuccess);
    }
  }
  CHECK(late);
}

TEST_CASE("in maintenance nothing is polled", "[resource_dll]") {
  const PolicyOnDisk policy(R"(
    local policy = { api = 1 }
    function policy.online() end
    function policy.offline() end
    function policy.is_alive() return false, "sick" end
    return policy)");
  OpenResource resource(abi::kVersion4, {{"PolicyPath", policy.path()}});
  const auto set = [&](abi::MaintenanceModeEx mode) {
    return resource.monitor
        .Control(resource.id, control::kSetMaintenanceMode, std::as_bytes(std::span(&mode, 1)))
        .status;
  };
  const abi::MaintenanceModeEx on{1, abi::kDisableIsAliveCheck, 0, abi::kMaintenanceSignature};
  abi::MaintenanceModeEx off = on;
  off.in_maintenance = 0;
  CHECK(set(on) == Number(ErrorCode::kResourceNotOnline));
  REQUIRE(resource.Online() == abi::kSuccess);
  CHECK(set({1, 2, 0, abi::kMaintenanceSignature}) == Number(ErrorCode::kNotSupported));
  CHECK(set({1, 1, 0, 0}) == abi::kInvalidParameter);
  CHECK(set(on) == abi::kSuccess);
  CHECK(resource.monitor.IsAlive(resource.id));
  CHECK(resource.monitor.Control(resource.id, control::kQueryMaintenanceMode).data.at(0) ==
        std::byte{1});
  CHECK(set(off) == abi::kSuccess);
  CHECK(resource.Dies());
}

TEST_CASE("what was recorded is dumped", "[resource_dll]") {
  Telling t;
  CHECK(t.Control(control::kDumpTrace).status == Number(ErrorCode::kNotFound));
  REQUIRE(t.resource.Online() == abi::kSuccess);
  const ControlResult dump = t.Control(control::kDumpTrace);
  REQUIRE(dump.status == abi::kSuccess);
  const std::string text(reinterpret_cast<const char*>(dump.data.data()), dump.data.size());
  CHECK(text.starts_with("tidegate trace "));
  CHECK(text.find("online none 3") != std::string::npos);
}

TEST_CASE("faults are injected where the resource allows it, and taken back", "[resource_dll]") {
  const PolicyOnDisk policy(R"(
    local store = require "store"
    local policy = { api = 1 }
    function policy.online() assert(store.set("k", "v")) end
    function policy.offline() end
    function policy.is_alive() return true end
    return policy)");
  OpenResource resource(abi::kVersion4, {{"PolicyPath", policy.path()}}, u"a volume");
  const auto inject = [&](std::string_view lines) {
    return resource.monitor.Control(resource.id, control::kInjectFaults, Bytes(lines)).status;
  };
  const std::string_view full = "# twice\n* * store.set#1 fails DISK_FULL\n";
  CHECK(inject(full) == Number(ErrorCode::kResourceNotOnline));
  REQUIRE(resource.Online() == abi::kSuccess);
  CHECK(inject(full) == Number(ErrorCode::kAccessDenied));
  CHECK(resource.record.WaitLine("set the property InjectFaults to 1"));

  PropertyListWriter allow;
  allow.Dword("InjectFaults", 1);
  CHECK(
      resource.monitor.Control(resource.id, control::kSetPrivateProperties, allow.bytes()).status ==
      abi::kPropertiesStored);
  CHECK(inject(full) == Number(ErrorCode::kAccessDenied));  // until the next Online
  REQUIRE(resource.Offline() == abi::kSuccess);
  REQUIRE(resource.Online() == abi::kSuccess);
  CHECK(resource.record.WaitLine("InjectFaults is set"));
  REQUIRE(inject(full) == abi::kSuccess);
  REQUIRE(resource.Offline() == abi::kSuccess);
  CHECK(resource.Online() == Number(ErrorCode::kDiskFull));
  CHECK(resource.record.WaitLine("injected: store.set#1 fails DISK_FULL"));
  CHECK(resource.Online() == abi::kSuccess);  // a fault applies once

  REQUIRE(inject("* * store.set#1 fails_from_now_on DISK_FULL") == abi::kSuccess);
  REQUIRE(resource.Offline() == abi::kSuccess);
  CHECK(resource.Online() == Number(ErrorCode::kDiskFull));
  CHECK(resource.Online() == Number(ErrorCode::kDiskFull));
  REQUIRE(inject("") == abi::kSuccess);
  CHECK(resource.Online() == abi::kSuccess);

  CHECK(inject("* * store.set#1 fails NOT_READY") == abi::kInvalidParameter);
  CHECK(resource.record.WaitLine("store.set cannot fail with NOT_READY"));
  CHECK(inject("* * store.set#1 disk_gone") == abi::kInvalidParameter);
  CHECK(inject("elsewhere * store.set#1 fails DISK_FULL") == abi::kInvalidParameter);
  CHECK(resource.record.WaitLine("is not about a volume on"));
}

const std::string kAsksForMore = R"(
local volume = require "volume"
local policy = { api = 1, capabilities = { "volume", "ioctl" } }
function policy.online() end
function policy.offline() end
function policy.is_alive() return true end
return policy)";

TEST_CASE("a policy that asks for more than is granted is refused, by name", "[resource_dll]") {
  const PolicyOnDisk policy(kAsksForMore);
  OpenResource resource(abi::kVersion4, {{"PolicyPath", policy.path()}});
  const auto set = [&](const char* capabilities) {
    PropertyListWriter list;
    list.Text("Capabilities", capabilities);
    return resource.monitor.Control(resource.id, control::kSetPrivateProperties, list.bytes())
        .status;
  };
  CHECK(resource.Online() == Number(ErrorCode::kAccessDenied));
  CHECK(resource.record.WaitLine("asks for the capability ioctl, which this resource does not"));
  CHECK(set("volume ioctl") == abi::kPropertiesStored);
  CHECK(resource.Online() == abi::kSuccess);
  CHECK(set("timer, store") == abi::kPropertiesStored);
  CHECK(set("volumes") == abi::kInvalidParameter);
  CHECK(resource.record.WaitLine("there is no volumes, did you mean volume?"));
  REQUIRE(resource.Offline() == abi::kSuccess);
  CHECK(resource.Online() == Number(ErrorCode::kAccessDenied));
}

TEST_CASE("what the resource is not granted its policy cannot do", "[resource_dll]") {
  const PolicyOnDisk policy(R"(
    local volume = require "volume"
    local policy = { api = 1 }
    function policy.online() volume.open("x"):ioctl(0x2D0800, "", 0) end
    function policy.offline() end
    function policy.is_alive() return true end
    return policy)");
  OpenResource resource(abi::kVersion4,
                        {{"PolicyPath", policy.path()}, {"Capabilities", "timer store"}});
  CHECK(resource.Online() != abi::kSuccess);
  CHECK(
      resource.record.WaitLine("volume.open needs the capability \"volume\", which this "
                               "resource is not granted: add volume to its capabilities"));
}

TEST_CASE("a policy is swapped while its resource is online", "[resource_dll]") {
  Telling t;
  const PolicyOnDisk next(kPrompt, "next.lua");
  REQUIRE(t.resource.Online() == abi::kSuccess);
  CHECK(t.Control(control::kSwapPolicy, Utf16Bytes(next.path())).status == abi::kSuccess);
  CHECK(Shown(t.Control(control::kGetRoPrivateProperties).data).find("RunningPolicyVersion=1.0") !=
        std::string::npos);
  CHECK(StoredIn(t.resource.key).at("PolicyPath") == PropertyValue(next.path()));
  CHECK(t.resource.monitor.IsAlive(t.resource.id));
  CHECK(t.Control(control::kSwapPolicy, Utf16Bytes(next.path() + "x")).status ==
        Number(ErrorCode::kFileNotFound));
  PropertyListWriter pin;
  pin.Text("PolicyDigest", std::string(64, '0'));
  CHECK(t.Set(pin).status == abi::kPropertiesStored);
  CHECK(t.Control(control::kSwapPolicy).status == Number(ErrorCode::kRevisionMismatch));
}

}  // namespace
}  // namespace tidegate::test
