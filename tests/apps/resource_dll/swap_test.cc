// What becomes of a version that is swapped in while its resource is online.
#include <catch2/catch_test_macros.hpp>

#include "host/apps/resource_dll/control_codes.h"
#include "host/core/error_code.h"
#include "host/core/limits.h"
#include "tests/apps/resource_dll/control_bytes.h"
#include "tests/apps/resource_dll/policies.h"
#include "tests/apps/resource_dll/stage.h"

namespace tidegate::test {
namespace {

constexpr abi::Dword Number(ErrorCode code) { return static_cast<abi::Dword>(code); }

std::string Version(const std::string& number, const std::string& is_alive) {
  return "local policy = { api = 1, version = '" + number +
         "' }\n"
         "function policy.online() end\n"
         "function policy.offline() end\n"
         "function policy.is_alive() " +
         is_alive + " end\n" + "return policy";
}

// A resource that is online by version 1.0. Histories are by name: a name each.
struct Swapped {
  explicit Swapped(std::u16string name)
      : first(kPrompt), resource(abi::kVersion4, {{"PolicyPath", first.path()}}, std::move(name)) {
    REQUIRE(resource.Online() == abi::kSuccess);
  }

  ControlResult Control(abi::Dword code, std::span<const std::byte> in = {}) const {
    return resource.monitor.Control(resource.id, code, in);
  }
  abi::Dword Swap(const PolicyOnDisk& to) const {
    return Control(control::kSwapPolicy, Utf16Bytes(to.path())).status;
  }
  // The cluster polls; what was answered last is not answered again.
  bool Poll() const {
    const abi::MaintenanceModeEx off{0, abi::kDisableIsAliveCheck, 0, abi::kMaintenanceSignature};
    (void)Control(control::kSetMaintenanceMode, std::as_bytes(std::span(&off, 1)));
    return resource.monitor.IsAlive(resource.id);
  }
  // Until the log says so.
  bool PollUntil(std::string_view line) const {
    for (int polls = 0; polls < 1000; ++polls) {
      (void)Poll();
      for (const std::string& said : resource.record.lines()) {
        if (said.find(line) != said.npos) return true;
      }
    }
    return false;
  }
  std::string Property(const std::string& name) const {
    const std::string all = Shown(Control(control::kGetRoPrivateProperties).data);
    const std::size_t at = all.find(name + "=");
    return all.substr(at, all.find('\n', at) - at);
  }
  // A job writes it.
  bool PolicyPathBecomes(const PolicyOnDisk& policy) {
    for (int tries = 0; tries < 2000; ++tries) {
      if (StoredIn(resource.key).at("PolicyPath") == PropertyValue(policy.path())) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  std::string History() const { return TextOfBytes(Control(control::kHistory).data); }

  PolicyOnDisk first;
  OpenResource resource;
};

std::size_t Count(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; ++at) ++count;
  return count;
}

TEST_CASE("a version that fails its polls is rolled back, and its resource stays online",
          "[resource_dll]") {
  Swapped t(u"rolled back");
  const std::string digest = t.Property("RunningPolicyDigest");
  bool by_error = true;
  SECTION("by an error of its own") {}
  SECTION("by a verdict that the version before does not share") { by_error = false; }
  const PolicyOnDisk bad(Version("2.0", by_error ? "error('no such disk')" : "return false, 'ill'"),
                         "bad.lua");
  REQUIRE(t.Swap(bad) == abi::kSuccess);
  CHECK(t.PollUntil("policy rolled back: "));
  CHECK(t.Poll());
  CHECK(t.Property("RunningPolicyVersion") == "RunningPolicyVersion=1.0");
  CHECK(t.Property("RunningPolicyDigest") == digest);
  const std::string last = t.Property("LastSwap");
  CHECK(last.find("Z rolled back bad.lua@") != last.npos);
  CHECK(last.find(by_error ? "no such disk" : "ill") != last.npos);
  CHECK(t.PolicyPathBecomes(t.first));
  CHECK(t.resource.record.failures().empty());
  CHECK(t.resource.Offline() == abi::kSuccess);
  CHECK(t.resource.Online() == abi::kSuccess);
  CHECK(t.Property("RunningPolicyDigest") == digest);
}

TEST_CASE("is_alive is asked right after the switch, and looks_alive: nobody has polled",
          "[resource_dll]") {
  Swapped t(u"asked");
  bool looks = false;
  SECTION("is_alive") {}
  SECTION("looks_alive") { looks = true; }
  std::string text = Version("2.0", looks ? "return true" : "error('no such disk')");
  text.insert(text.find("return policy"), "function policy.looks_alive() error('blind') end\n");
  const PolicyOnDisk bad(text, "bad.lua");
  REQUIRE(t.Swap(bad) == abi::kSuccess);
  CHECK(t.resource.record.WaitLine("policy rolled back: "));
  CHECK(t.Property("RunningPolicyVersion") == "RunningPolicyVersion=1.0");
  CHECK(t.Property("LastSwap").find(looks ? "blind" : "no such disk") != std::string::npos);
  CHECK(t.resource.record.failures().empty());
  CHECK(t.resource.monitor.IsAlive(t.resource.id));
}

TEST_CASE("in maintenance mode nothing is asked, after a switch neither", "[resource_dll]") {
  Swapped t(u"maintained");
  const abi::MaintenanceModeEx on{1, abi::kDisableIsAliveCheck, 0, abi::kMaintenanceSignature};
  REQUIRE(t.Control(control::kSetMaintenanceMode, std::as_bytes(std::span(&on, 1))).status ==
          abi::kSuccess);
  const PolicyOnDisk bad(Version("2.0", "error('it is being repaired')"), "bad.lua");
  REQUIRE(t.Swap(bad) == abi::kSuccess);
  CHECK(t.resource.monitor.IsAlive(t.resource.id));
  CHECK(t.Property("RunningPolicyVersion") == "RunningPolicyVersion=2.0");
  for (const std::string& line : t.resource.record.lines()) {
    CHECK(line.find("being repaired") == line.npos);
  }
  CHECK(t.PollUntil("policy rolled back: "));
}

TEST_CASE("where a file was replaced and rolled back, the log asks for the one before",
          "[resource_dll]") {
  Swapped t(u"replaced");
  t.first.Write(Version("2.0", "error('ill')"));
  REQUIRE(t.Control(control::kSwapPolicy).status == abi::kSuccess);
  CHECK(t.PollUntil("policy rolled back: "));
  CHECK(
      t.resource.record.WaitLine("test.lua has the version that was rolled back: put the "
                                 "version before it back there"));
  CHECK(t.Property("RunningPolicyVersion") == "RunningPolicyVersion=1.0");
  CHECK(t.PolicyPathBecomes(t.first));
}

TEST_CASE("a version that gives healthy verdicts is proved", "[resource_dll]") {
  Swapped t(u"proved");
  const PolicyOnDisk good(Version("2.0", "return true"), "good.lua");
  REQUIRE(t.Swap(good) == abi::kSuccess);
  CHECK(t.PollUntil("policy proved: good.lua"));
  CHECK(t.Property("RunningPolicyVersion") == "RunningPolicyVersion=2.0");
  CHECK(t.Property("LastSwap").find("Z proved good.lua@") != std::string::npos);
  CHECK(t.PolicyPathBecomes(good));
}

TEST_CASE("a PolicyPath that is changed alone, while the resource is online, is a swap",
          "[resource_dll]") {
  Swapped t(u"by property");
  const auto set = [&](const PropertyListWriter& list) {
    return t.Control(control::kSetPrivateProperties, list.bytes()).status;
  };
  PolicyOnDisk good(Version("2.0", "return true"), "good.lua");
  PropertyListWriter path;
  path.Text("PolicyPath", good.path());
  CHECK(set(path) == abi::kSuccess);
  CHECK(t.Property("RunningPolicyVersion") == "RunningPolicyVersion=2.0");
  CHECK(t.Property("LastSwap").find("Z switched good.lua@") != std::string::npos);
  CHECK(StoredIn(t.resource.key).at("PolicyPath") == PropertyValue(good.path()));

  good.Write(Version("2.1", "return true"));  // the same path, another file
  CHECK(set(path) == abi::kSuccess);
  CHECK(t.Property("RunningPolicyVersion") == "RunningPolicyVersion=2.1");

  const PolicyOnDisk needy(
      "return { api = 1, properties = { Disk = { type = 'string', required = true } },\n"
      "  online = function() end, offline = function() end, is_alive = function() end }",
      "needy.lua");
  PropertyListWriter refused;
  refused.Text("PolicyPath", needy.path());
  CHECK(set(refused) == abi::kInvalidParameter);
  CHECK(t.resource.record.WaitLine("Disk"));
  CHECK(StoredIn(t.resource.key).at("PolicyPath") == PropertyValue(good.path()));

  PropertyListWriter both;  // waits for the next Online
  both.Text("PolicyPath", needy.path());
  both.Text("Disk", "d");
  CHECK(set(both) == abi::kPropertiesStored);
  CHECK(t.Property("RunningPolicyVersion") == "RunningPolicyVersion=2.1");
}

TEST_CASE("a version that takes the place of one on probation is rolled back to what was before",
          "[resource_dll]") {
  Swapped t(u"superseded");
  const PolicyOnDisk second(Version("2.0", "return true"), "second.lua");
  const PolicyOnDisk third(Version("3.0", "error('third')"), "third.lua");
  REQUIRE(t.Swap(second) == abi::kSuccess);
  REQUIRE(t.Swap(third) == abi::kSuccess);
  CHECK(t.PollUntil("policy rolled back: third.lua"));
  CHECK(t.Property("RunningPolicyVersion") == "RunningPolicyVersion=1.0");
  CHECK(t.PolicyPathBecomes(t.first));
}

TEST_CASE("a version that was rolled back too often is quarantined until that is lifted",
          "[resource_dll]") {
  Swapped t(u"quarantined");
  const PolicyOnDisk bad(Version("2.0", "error('again')"), "bad.lua");
  for (int n = 0; n < limits::kSwapQuarantine; ++n) {
    INFO("swap " << n);
    REQUIRE(t.Swap(bad) == abi::kSuccess);
    REQUIRE(t.PollUntil("policy rolled back: "));
    REQUIRE(t.PolicyPathBecomes(t.first));
    t.resource.record.Clear();
  }
  CHECK(t.Swap(bad) == Number(ErrorCode::kAccessDenied));
  CHECK(t.resource.record.WaitLine("is quarantined: it was rolled back 3 times on quarantined"));
  CHECK(t.resource.record.WaitLine("control code 0x01600016 first"));
  CHECK(t.Property("RunningPolicyVersion") == "RunningPolicyVersion=1.0");
  const PolicyOnDisk other(Version("2.1", "return true"), "other.lua");
  CHECK(t.Swap(other) == abi::kSuccess);  // of this one nobody knows anything bad
  CHECK(t.Control(control::kLiftQuarantine).status == abi::kSuccess);
  CHECK(t.Swap(bad) == abi::kSuccess);
  CHECK(t.History().find("\"outcome\":\"quarantine lifted\"") != std::string::npos);
}

TEST_CASE("the history says what was swapped, by whom and with what outcome, and outlives the DLL",
          "[resource_dll]") {
  std::string history;
  {
    Swapped t(u"historic");
    const std::string none = R"({"history":[],"pin":null,"resource":"historic"})";
    CHECK(t.History() == none);
    const PolicyOnDisk bad(Version("2.0", "error('no such disk')"), "bad.lua");
    REQUIRE(t.resource.monitor
                .ControlAs(t.resource.id, UserToken(), control::kSwapPolicy, Utf16Bytes(bad.path()))
                .status == abi::kSuccess);
    REQUIRE(t.PollUntil("policy rolled back: "));
    const PolicyOnDisk late(Version("3.0", "return true"), "late.lua");
    REQUIRE(t.Swap(late) == abi::kSuccess);
    history = t.History();
    CHECK(Count(history, "\"outcome\":\"switched\"") == 2);
    CHECK(Count(history, "\"outcome\":\"rolled back\"") == 1);
    CHECK(Count(history, "no such disk") == 1);
    CHECK(Count(history, "\"version\":\"2.0\"") == 2);
    CHECK(Count(history, "\"by\":\"a control code\"") == 1);
    const std::string user = UserName();
    CHECK(Count(history, user.substr(user.find('\\') + 1) + "\"") == 2);
  }
  const PolicyOnDisk replaced(Version("4.0", "return true"), "replaced.lua");
  OpenResource again(abi::kVersion2, {{"PolicyPath", replaced.path()}}, u"historic");
  REQUIRE(again.Online() == abi::kSuccess);
  const std::string now = TextOfBytes(again.monitor.Control(again.id, control::kHistory).data);
  // All that was, what closing meant for the one on probation, and what the cluster runs now.
  CHECK(now.starts_with(history.substr(0, history.find("],\"pin\""))));
  CHECK(Count(now, "\"outcome\":\"unproved\"") == 1);
  CHECK(Count(now, "\"outcome\":\"started\"") == 1);
  CHECK(Count(now, "\"by\":\"online\"") == 1);
}

}  // namespace
}  // namespace tidegate::test
