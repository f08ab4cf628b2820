// resource.state, from one Open to the next.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <optional>

#include "tests/apps/resource_dll/policies.h"
#include "tests/apps/resource_dll/stage.h"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;

// Counts its Onlines and Offlines where nobody but resource.state can.
const std::string kCounting = R"(
local log = require "log"
local policy = { api = 1 }
local function count(state) state.n = (state.n or 0) + 1 end
function policy.online(resource)
  count(resource.state)
  log.info("online %d", resource.state.n)
end
function policy.offline(resource) count(resource.state) end
function policy.is_alive(resource) return true end
return policy)";

// A cycle costs Wine some 50 ms: ./tg windows --repeat plays a thousand, and TIDEGATE_CYCLES is how
// it says so.
int Cycles() {
  const char* cycles = std::getenv("TIDEGATE_CYCLES");
#ifdef _WIN32
  constexpr int kByDefault = 100;
#else
  constexpr int kByDefault = 300;
#endif
  return cycles == nullptr ? kByDefault : std::atoi(cycles);
}

// Folders in the state directory that carry a number where a name should be.
std::vector<std::string> Strays() {
  std::vector<std::string> strays;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(StateFolder())) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("%23") || name.starts_with('#')) strays.push_back(name);
  }
  return strays;
}

TEST_CASE("resource.state outlives Close, cycle by cycle", "[resource_dll][stress]") {
  const PolicyOnDisk policy(kCounting);
  const PolicyOnDisk prompt(kPrompt);
  const Properties running = {{"PolicyPath", policy.path()}};
  std::optional<OpenResource> other;
  std::u16string name = u"counts alone";
  SECTION("beside another resource") {
    other.emplace(abi::kVersion4, Properties{{"PolicyPath", prompt.path()}}, u"other");
    REQUIRE(other->Online() == abi::kSuccess);
    name = u"counts beside another";
  }
  SECTION("alone, when the host comes and goes") {}
  for (int cycle = 0; cycle < Cycles(); ++cycle) {
    OpenResource resource(abi::kVersion4, running, name);
    REQUIRE(resource.Online() == abi::kSuccess);
    INFO("cycle " << cycle << ": " << resource.record.lines().front());
    REQUIRE(resource.record.WaitLine("online " + std::to_string(2 * cycle + 1)));
    REQUIRE(resource.Offline() == abi::kSuccess);
  }
  CHECK(Strays().empty());
}

TEST_CASE("resource.state of a policy that is changed goes on to the next one",
          "[resource_dll][stress]") {
  PolicyOnDisk policy(kCounting);
  const PolicyOnDisk prompt(kPrompt);
  OpenResource other(abi::kVersion4, {{"PolicyPath", prompt.path()}}, u"other");
  OpenResource resource(abi::kVersion4, {{"PolicyPath", policy.path()}}, u"counts on");
  for (int version = 0; version < 50; ++version) {
    policy.Write(kCounting + " -- " + std::to_string(version));
    resource.record.Clear();
    REQUIRE(resource.Online() == abi::kSuccess);
    INFO("version " << version);
    REQUIRE(resource.record.WaitLine("online " + std::to_string(2 * version + 1)));
    REQUIRE(resource.Offline() == abi::kSuccess);
  }
  CHECK(Strays().empty());
}

TEST_CASE("what was once kept under a number is swept, a resource of such a name is not",
          "[resource_dll]") {
  const PolicyOnDisk policy(kCounting);
  const Properties running = {{"PolicyPath", policy.path()}};
  for (int life = 0; life < 2; ++life) {
    OpenResource numbered(abi::kVersion4, running, u"#7");
    REQUIRE(numbered.Online() == abi::kSuccess);
    CHECK(numbered.record.WaitLine("online " + std::to_string(2 * life + 1)));
    REQUIRE(numbered.Offline() == abi::kSuccess);
    numbered.Close();
    const std::vector<fs::path> strays = {StateFolder() / "%2331",
                                          StateFolder() / "records" / "%2332"};
    for (const fs::path& stray : strays) {
      fs::create_directories(stray);
      std::ofstream(stray / "state") << "left by an earlier version";
    }
    const OpenResource next(abi::kVersion4, running, u"sweeper");
    for (const fs::path& stray : strays) CHECK_FALSE(fs::exists(stray));
  }
}

}  // namespace
}  // namespace tidegate::test
