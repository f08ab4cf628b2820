// Scopes of packs at the operations: what a policy is charged for having them looked at.
#include <catch2/catch_test_macros.hpp>

#include "tests/lua/stage.h"

namespace tidegate {
namespace {

using test::Stage;

// The dearest pattern that there is, as often as a pack may have it.
Patterns Dearest() {
  return Patterns(limits::kPackPatterns,
                  "**a*" + std::string(limits::kPatternBytes - 5, 'a') + "b");
}

PolicySource Pack(const std::string& online, Permissions permissions) {
  permissions.pack = "acme 1.0.0";
  permissions.scopes[static_cast<int>(Capability::kTimer)] = Patterns();
  return {"policy.lua",
          Stage::Around(online),
          {},
          std::make_shared<const Permissions>(std::move(permissions))};
}

std::int64_t FuelOf(const std::string& online, const Permissions& permissions) {
  Stage stage(Pack(online, permissions), {});
  REQUIRE(stage.error() == "");
  const std::int64_t loaded = stage.policy().usage().fuel;
  CHECK(stage.Play("online").ends_with("== ok\n"));
  return stage.policy().usage().fuel - loaded;
}

// What a scope costs beyond the rest of the operation.
std::int64_t PriceOf(const std::string& call, const Permissions& permissions) {
  return FuelOf("local a = ('a'):rep(4096) pcall(" + call + ")", permissions);
}

TEST_CASE("each pattern that is matched is paid for by its length and the text's", "[pack]") {
  Permissions permissions;
  permissions.scopes[static_cast<int>(Capability::kVolume)] = Patterns{"/dev/x"};
  permissions.scopes[static_cast<int>(Capability::kStore)] = Patterns{"x"};
  const std::int64_t cheap = PriceOf("volume.open, a", permissions);
  permissions.scopes[static_cast<int>(Capability::kVolume)] = Dearest();
  const std::int64_t dear = PriceOf("volume.open, a", permissions);
  // 64 patterns of 512 bytes and a path of 4096: 1 for each 8 bytes looked at.
  CHECK(dear - cheap >= 64 * (512 + 4096) / 8 - 600);
  permissions.scopes[static_cast<int>(Capability::kStore)] = Dearest();
  CHECK(PriceOf("store.get, ('a'):rep(64)", permissions) >= 64 * (512 + 64) / 8);
}

TEST_CASE("a policy that has scopes looked at again and again runs out of fuel", "[pack]") {
  Permissions permissions;
  for (const Capability c : {Capability::kVolume, Capability::kVolumeForce, Capability::kDisk,
                             Capability::kReservation, Capability::kIoctl}) {
    permissions.scopes[static_cast<int>(c)] = Dearest();
  }
  Stage stage(Pack("local a = ('a'):rep(4096)\n"
                   "for i = 1, 60 do pcall(volume.open, a) end",
                   permissions),
              {});
  REQUIRE(stage.error() == "");
  const std::string happened = stage.Play("online");
  INFO(happened);
  CHECK(happened.find("fuel: ") != std::string::npos);
  CHECK(stage.policy().dead());
}

// Between two patterns the clock is looked at: what all of them take at once is not waited for.
TEST_CASE("the deadline is heard in the middle of a scope", "[pack]") {
  Permissions permissions;
  permissions.scopes[static_cast<int>(Capability::kVolume)] = Dearest();
  SandboxLimits limits;
  limits.fuel = limits::kFuelMax;
  Stage stage(Pack("pcall(volume.open, ('a'):rep(4096))", permissions), {}, limits);
  REQUIRE(stage.error() == "");
  stage.tick = Milliseconds(100);  // each look at the clock finds it that much later
  const std::string happened = stage.Play("online");
  INFO(happened);
  CHECK(happened.find("running time: ") != std::string::npos);
}

TEST_CASE("a refusal says the scope, shortened to a line", "[pack]") {
  Permissions permissions;
  permissions.scopes[static_cast<int>(Capability::kVolume)] = Dearest();
  Stage stage(Pack("local _, why = pcall(volume.open, ('a'):rep(4096))\n"
                   "assert(#why < 3000 and why:find('for **aaa', 1, true) == nil)\n"
                   "assert(why:find('the pack acme 1.0.0 has the capability \"volume\" for "
                   "**a*aaa', 1, true))\n"
                   "assert(why:find('aaa... only, not for aaa', 1, true))",
                   permissions),
              {});
  REQUIRE(stage.error() == "");
  CHECK(stage.Play("online") == "online\n== ok\n");
}

}  // namespace
}  // namespace tidegate
