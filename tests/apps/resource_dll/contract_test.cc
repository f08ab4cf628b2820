// The contract of a resource DLL, version by version: what the Resource Monitor calls, and what it
// is told.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "host/core/error_code.h"
#include "tests/apps/resource_dll/policies.h"
#include "tests/apps/resource_dll/stage.h"

namespace tidegate::test {
namespace {

constexpr abi::Dword Number(ErrorCode code) { return static_cast<abi::Dword>(code); }

Properties Running(const PolicyOnDisk& policy) { return {{"PolicyPath", policy.path()}}; }

std::string Joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

TEST_CASE("Startup hands out the table that was asked for, or says why not", "[resource_dll]") {
  const Exports dll = DllExports();
  abi::FunctionTable* table = nullptr;
  abi::Callbacks none;
  const auto v1 = [&](const char16_t* type, abi::Dword least, abi::Dword most) {
    return dll.startup(type, least, most, nullptr, nullptr, &table);
  };
  const auto ex = [&](const char16_t* type, abi::Dword least, abi::Dword most) {
    return dll.startup_ex(type, least, most, &none, &table);
  };
  CHECK(v1(u"Tidegate", abi::kVersion1, abi::kVersion4) == abi::kSuccess);
  CHECK((table->version == abi::kVersion1 && table->size == 88));
  CHECK(ex(u"tidegate", abi::kVersion1, abi::kVersion4) == abi::kSuccess);
  CHECK((table->version == abi::kVersion4 && table->size == 112));
  // Of 2012 R2, whose Begin... routines are not those of the later headers.
  CHECK(ex(u"Tidegate", abi::kVersion1, abi::kVersion3) == abi::kSuccess);
  CHECK((table->version == abi::kVersion2 && table->size == 96));
  CHECK(ex(u"Tidegate", abi::kVersion3, abi::kVersion3) == Number(ErrorCode::kRevisionMismatch));
  CHECK(ex(u"Tidegate", abi::kVersion2, abi::kVersion2) == abi::kSuccess);
  CHECK((table->version == abi::kVersion2 && table->size == 96));
  CHECK(v1(u"Tidegate", abi::kVersion2, abi::kVersion4) == Number(ErrorCode::kRevisionMismatch));
  CHECK(ex(u"Tidegate", 0x500, 0x600) == Number(ErrorCode::kRevisionMismatch));
  CHECK(ex(u"Physical Disk", abi::kVersion1, abi::kVersion4) ==
        Number(ErrorCode::kClusterResnameNotFound));
  CHECK(v1(nullptr, 0, ~0u) == Number(ErrorCode::kClusterResnameNotFound));
  CHECK(dll.startup_ex(u"Tidegate", 0, ~0u, nullptr, &table) == abi::kInvalidParameter);
  CHECK(dll.startup(u"Tidegate", 0, ~0u, nullptr, nullptr, nullptr) == abi::kInvalidParameter);
}

TEST_CASE("a policy that does not wait is online at once", "[resource_dll]") {
  const abi::Dword version =
      GENERATE(abi::kVersion1, abi::kVersion2, abi::kVersion3, abi::kVersion4);
  INFO("version " << std::hex << version);
  const PolicyOnDisk policy(kPrompt);
  OpenResource resource(version, Running(policy));
  REQUIRE(resource.id != nullptr);
  int at_once = 0;
  for (int tries = 0; tries < 50 && at_once == 0; ++tries) {  // a busy machine is late now and then
    resource.record.Clear();
    abi::Handle event = &resource;
    const abi::Dword code = resource.monitor.Online(resource.id, &event);
    if (code == abi::kSuccess) ++at_once;
    if (code == abi::kSuccess) CHECK(event == nullptr);
    if (code == abi::kIoPending) REQUIRE(resource.record.WaitEnd());
    CHECK(resource.monitor.LooksAlive(resource.id));
    CHECK(resource.monitor.IsAlive(resource.id));
    CHECK(resource.record.reports().empty() == (code == abi::kSuccess));
    CHECK(resource.Offline() == abi::kSuccess);
    CHECK_FALSE(resource.monitor.IsAlive(resource.id));
  }
  CHECK(at_once == 1);
}

TEST_CASE("a policy that waits is pending, and its end is reported", "[resource_dll]") {
  const abi::Dword version =
      GENERATE(abi::kVersion1, abi::kVersion2, abi::kVersion3, abi::kVersion4);
  INFO("version " << std::hex << version);
  const PolicyOnDisk policy(kPending);
  OpenResource resource(version, Running(policy));
  bool pending = false;
  for (int tries = 0; tries < 50 && !pending; ++tries) {
    resource.record.Clear();
    const abi::Dword code = resource.monitor.Online(resource.id);
    // On a busy machine the wait may be over before the caller has looked.
    CHECK((code == abi::kIoPending || code == abi::kSuccess));
    pending = code == abi::kIoPending;
    if (pending) {
      const auto end = resource.record.WaitEnd();
      REQUIRE(end);
      CHECK(end->state == 2);
      CHECK(end->checkpoint > 0);
    }
    CHECK(resource.monitor.IsAlive(resource.id));
    CHECK(resource.Offline() == abi::kSuccess);
  }
  CHECK(pending);
}

TEST_CASE("checkpoints rise while a policy works, and 'terminate' ends it", "[resource_dll]") {
  const PolicyOnDisk policy(kEndless);
  OpenResource resource(abi::kVersion4, Running(policy));
  REQUIRE(resource.monitor.Online(resource.id) == abi::kIoPending);
  REQUIRE(resource.record.WaitReports(2));
  resource.record.Refuse();
  REQUIRE(resource.record.WaitLine("terminated: the Resource Monitor ends the operation"));
  const auto reports = resource.record.reports();
  abi::Dword checkpoint = 0;
  for (const auto& report : reports) {
    CHECK(report.state == 129);
    CHECK(report.checkpoint == ++checkpoint);
  }
  resource.monitor.Terminate(resource.id);
  CHECK(resource.record.reports().size() == reports.size());  // nothing after "terminate"
}

TEST_CASE("Terminate ends a pending Online, and is answered when the policy has heard",
          "[resource_dll]") {
  const PolicyOnDisk policy(kEndless);
  OpenResource resource(abi::kVersion2, Running(policy));
  REQUIRE(resource.monitor.Online(resource.id) == abi::kIoPending);
  REQUIRE(resource.record.WaitLine("begun"));
  CHECK(resource.monitor.IsAlive(resource.id));  // pending is not dead
  resource.monitor.Terminate(resource.id);
  CHECK(resource.record.WaitLine("terminated: the cluster terminates the resource"));
  CHECK_FALSE(resource.monitor.IsAlive(resource.id));
  // That it was pending may have been reported, an end may not.
  for (const auto& report : resource.record.reports()) CHECK(report.state == 129);
  CHECK(resource.monitor.Online(resource.id) == abi::kIoPending);  // and may be tried again
}

TEST_CASE("Cancel ends a pending Online, and the end is reported", "[resource_dll]") {
  const PolicyOnDisk policy(kEndless);
  OpenResource resource(abi::kVersion2, Running(policy));
  REQUIRE(resource.monitor.Online(resource.id) == abi::kIoPending);
  CHECK(resource.monitor.table()->v2.cancel(resource.id, 0) == abi::kSuccess);
  const auto end = resource.record.WaitEnd();
  REQUIRE(end);
  CHECK(end->state == 4);
  CHECK(end->application_error == Number(ErrorCode::kCancelled));
}

TEST_CASE("flags arrive by name, the caller's bytes as they are", "[resource_dll]") {
  const PolicyOnDisk policy(kTelling);
  OpenResource resource(abi::kVersion4, Running(policy), u"flags");
  CHECK(resource.Online(0x1f, "abc") == abi::kSuccess);
  CHECK(resource.Offline(0x7f) == abi::kSuccess);
  CHECK(Joined(resource.record.lines()) ==
        "info: online none 3 -1 false 5s: ignore_network_connectivity ignore_resource_status "
        "recover_monitor_state restore_online_state return_to_source_node_on_error input=abc\n"
        "info: offline: do_not_update_persistent_state due_to_embedded_failure "
        "ignore_network_connectivity ignore_resource_status queue_enabled "
        "return_to_source_node_on_error returning_to_source_node_because_of_error input=\n");
}

TEST_CASE("an operation's error is the entry point's", "[resource_dll]") {
  const PolicyOnDisk policy(R"(
    local store = require "store"
    local policy = { api = 1 }
    function policy.online(resource) assert(store.get("nothing")) end
    function policy.offline(resource) error("stuck") end
    function policy.is_alive(resource) return true end
    return policy)");
  OpenResource resource(abi::kVersion4, Running(policy));
  CHECK(resource.Online() == Number(ErrorCode::kNotFound));
  CHECK(resource.record.WaitLine("error: online: store.get failed"));
  resource.record.Clear();
  CHECK(resource.Offline() == Number(ErrorCode::kResourceFailed));
  CHECK(resource.record.WaitLine("stuck"));
}

TEST_CASE("what cannot run says so when it is asked to", "[resource_dll]") {
  const PolicyOnDisk policy(kPrompt);
  OpenResource nothing(abi::kVersion4, {});
  REQUIRE(nothing.id != nullptr);
  CHECK(nothing.Online() == abi::kInvalidParameter);
  CHECK(nothing.record.WaitLine("PolicyPath is not set"));
  CHECK(nothing.Offline() == abi::kSuccess);
  OpenResource missing(abi::kVersion4, {{"PolicyPath", policy.path() + "x"}});
  CHECK(missing.Online() == Number(ErrorCode::kFileNotFound));
  OpenResource other(abi::kVersion4,
                     {{"PolicyPath", policy.path()}, {"PolicyDigest", std::string(64, 'a')}});
  CHECK(other.Online() == Number(ErrorCode::kRevisionMismatch));
  CHECK(other.record.WaitLine("install the same policy on every node"));
  const PolicyOnDisk broken("return 1");
  OpenResource bad(abi::kVersion4, Running(broken));
  CHECK(bad.Online() != abi::kSuccess);
  CHECK(bad.monitor.Open(u"", nullptr, bad.record) == nullptr);
  CHECK(bad.monitor.Open(u"x", nullptr, bad.record) == nullptr);
}

TEST_CASE("a file beside a policy takes no built-in module's place", "[resource_dll]") {
  const std::filesystem::path folder = NewFolder() / "shadowed";
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "shadowed.lua") << "local retry = require \"retry\"\n" << kPrompt;
  OpenResource resource(abi::kVersion4, {{"PolicyPath", folder.string()}});
  CHECK(resource.Online() == abi::kSuccess);
  CHECK(resource.Offline() == abi::kSuccess);
  std::ofstream(folder / "retry.lua") << "error 'somebody else\'s'\n";
  CHECK(resource.Online() == Number(ErrorCode::kInvalidData));
  CHECK(resource.record.WaitLine("retry.lua: require \"retry\" is always the built-in module"));
  std::filesystem::remove_all(folder);
}

TEST_CASE("a failure that a watch finds is signalled", "[resource_dll]") {
  PolicyOnDisk policy(R"(
    local timer = require "timer"
    local policy = { api = 1 }
    function policy.online(resource)
      resource:watch(function() timer.sleep("300ms") return false, "gone" end)
    end
    function policy.offline(resource) end
    function policy.is_alive(resource) return true end
    return policy)");
  SECTION("by SignalFailure") {
    OpenResource resource(abi::kVersion2, Running(policy));
    REQUIRE(resource.Online() == abi::kSuccess);
    CHECK(resource.event != nullptr);
    CHECK(resource.record.WaitFailure());
    CHECK(resource.Dies());
  }
  SECTION("by the event where there is no such function") {
    OpenResource resource(abi::kVersion1, Running(policy));
    REQUIRE(resource.Online() == abi::kSuccess);
    const abi::Handle event = resource.event;
    REQUIRE(event != nullptr);
    REQUIRE(resource.record.WaitLine("gone"));
    while (!Signalled(event)) continue;
    CHECK(resource.Dies());
    resource.monitor.Terminate(resource.id);
    policy.Write(kPrompt);
    CHECK(resource.Online() == abi::kSuccess);
    CHECK_FALSE(Signalled(event));
  }
}

std::atomic<int> quorums_lost = 0;

TEST_CASE("who has the quorum resource is arbitrated for, and told when it is lost",
          "[resource_dll]") {
  const PolicyOnDisk policy(R"(
    local timer, log = require "timer", require "log"
    local policy = { api = 1, properties = { Wins = { type = "boolean", default = true } } }
    function policy.online(resource)
      resource:watch(function() timer.sleep("50ms") return false, "another node has the disk" end)
    end
    function policy.offline() end
    function policy.is_alive() return true end
    function policy.arbitrate(resource)
      if not resource.properties.Wins then error("the other node has it") end
    end
    function policy.release() log.info("released") end
    return policy)");
  const auto lost = [](abi::ResourceHandle) { ++quorums_lost; };
  OpenResource resource(abi::kVersion4, Running(policy), u"quorum");
  // Before it was ever online here; a busy machine may need a second try.
  abi::Dword won = Number(ErrorCode::kResourceNotAvailable);
  for (int tries = 0; tries < 50 && won == Number(ErrorCode::kResourceNotAvailable); ++tries) {
    won = resource.monitor.table()->v4.arbitrate(resource.id, lost);
  }
  CHECK(won == abi::kSuccess);
  const int before = quorums_lost;
  REQUIRE(resource.Online() == abi::kSuccess);
  REQUIRE(resource.record.WaitFailure());
  CHECK(quorums_lost == before + 1);
  resource.monitor.Terminate(resource.id);
  CHECK(resource.monitor.table()->v4.release(resource.id) == abi::kSuccess);
  CHECK(resource.record.WaitLine("released"));

  OpenResource loser(abi::kVersion1, {{"PolicyPath", policy.path()}, {"Wins", "false"}}, u"loser");
  CHECK(loser.monitor.table()->v1.arbitrate(loser.id, lost) != abi::kSuccess);
  const PolicyOnDisk plain(kPrompt);
  OpenResource none(abi::kVersion4, Running(plain));
  REQUIRE(none.Online() == abi::kSuccess);
  CHECK(none.monitor.table()->v4.arbitrate(none.id, lost) == abi::kNotQuorumCapable);
}

TEST_CASE("the policy is read anew for every Online", "[resource_dll]") {
  PolicyOnDisk policy(kPrompt);
  OpenResource resource(abi::kVersion4, Running(policy));
  REQUIRE(resource.Online() == abi::kSuccess);
  policy.Write(kTelling);
  REQUIRE(resource.Offline() == abi::kSuccess);
  CHECK(resource.record.lines().empty());  // what brought it online takes it offline
  REQUIRE(resource.Online() == abi::kSuccess);
  CHECK(resource.record.WaitLine("online none 3"));
}

TEST_CASE("log lines are short, whatever a policy says", "[resource_dll]") {
  const PolicyOnDisk policy(R"(
    local log = require "log"
    local policy = { api = 1 }
    function policy.online(resource)
      log.warning("%s", "%1!s! %n " .. ("x"):rep(2000))
      log.error("%s", "two\nlines")
    end
    function policy.offline(resource) end
    function policy.is_alive(resource) return true end
    return policy)");
  OpenResource resource(abi::kVersion4, Running(policy), u"lines");
  REQUIRE(resource.Online() == abi::kSuccess);
  const auto lines = resource.record.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("warning: %1!s! %n xxx"));
  CHECK(lines[0].size() < 500);
  CHECK(lines[1] == "error: two\\nlines");
}

}  // namespace
}  // namespace tidegate::test
