// A copy of a loaded sandbox is a sandbox like any other.
#include "host/lua/image.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/lua/stage.h"

namespace tidegate {
namespace {

using test::Stage;

std::shared_ptr<const CompiledPolicy> Compiled(const std::string& online) {
  return *CompiledPolicy::Compile({"policy.lua", Stage::Around(online), {}}, {}, Bindings());
}

std::unique_ptr<Policy> Make(const std::shared_ptr<const CompiledPolicy>& compiled,
                             PolicyHost& host) {
  auto made = Policy::Create(compiled, {}, host);
  REQUIRE(made.ok());
  return std::move(*made);
}

bool Copyable(const std::string& before) {
  const std::string text = before +
                           "\nreturn { api = 1, online = function() end, offline = function() end,"
                           " is_alive = function() return true end }";
  const auto compiled = CompiledPolicy::Compile({"policy.lua", text, {}}, {}, Bindings());
  INFO(text);
  REQUIRE(compiled.ok());
  return (*compiled)->ImageFor({}) != nullptr;
}

TEST_CASE("what makes an image, and what does not") {
  CHECK(Copyable(""));
  CHECK(Copyable("local t = {} for i = 1, 500 do t['k' .. i] = { i } end"));
  CHECK(
      Copyable("local t = { ('x'):rep(60000), ('y'):rep(3000) } local function f() return t end"));
  CHECK(Copyable("local t = { [print] = nil }"));
  CHECK_FALSE(Copyable("g = { [print] = 1 }"));
  CHECK_FALSE(Copyable("g = { [{}] = 1 }"));
  CHECK_FALSE(Copyable("local now = require('timer').now()"));
  CHECK_FALSE(Copyable("print('hello')"));
  CHECK_FALSE(Copyable("local random = math.random"));
}

TEST_CASE("copies share nothing that can change") {
  const auto compiled = *CompiledPolicy::Compile(
      {"policy.lua",
       Stage::Around("local s = resource.state s.n = (s.n or 0) + 1\n"
                     "if s.n == 2 then resource = nil end\n"
                     "local t = {} for i = 1, 300 do t[i] = { ('x'):rep(i) } end\n"
                     "error('n is ' .. s.n)"),
       {}},
      {}, Bindings());
  REQUIRE(compiled->ImageFor({}) != nullptr);
  Stage host("return {}");
  std::vector<std::unique_ptr<Policy>> policies;
  for (int i = 0; i < 5; ++i) policies.push_back(Make(compiled, host));
  for (auto& policy : policies) policy->Bind({"r", "n", {}, Capabilities::All()});
  const auto run = [&](Policy& policy) {
    return std::get<Verdict>(policy.Start(Task::kEntry, EntryPoint::kOnline, {}, {}, {})).cause;
  };
  CHECK(Text(run(*policies[0])) == "online: n is 1 (policy.lua:7)");
  CHECK(Text(run(*policies[0])) == "online: n is 2 (policy.lua:7)");
  policies[0].reset();
  for (int turn = 1; turn <= 30; ++turn) {
    for (std::size_t i = 1; i < policies.size(); ++i) {
      CHECK(Text(run(*policies[i])) == "online: n is " + std::to_string(turn) + " (policy.lua:7)");
    }
  }
}

TEST_CASE("a copy burns the fuel, and says the lines, of a sandbox that was loaded") {
  const auto tell = [](const std::string& first) {
    Stage host("return {}");
    auto policy = Make(Compiled(first + "local x = nil; return x.y"), host);
    policy->Bind({"r", "n", {}, Capabilities::All()});
    const Turn turn = policy->Start(Task::kEntry, EntryPoint::kOnline, {}, {}, {});
    return Text(std::get<Verdict>(turn).cause);
  };
  CHECK(tell("") == tell(" "));
  Stage host("return {}");
  const auto compiled = Compiled("");
  CHECK(Make(compiled, host)->usage().fuel == Make(compiled, host)->usage().fuel);
}

TEST_CASE("a cap that is too small for a copy is an error, not a crash") {
  Stage host("return {}");
  const auto compiled = Compiled("");
  for (std::size_t bytes = 4000; bytes < 30'000; bytes += 757) {
    SandboxLimits tiny;
    tiny.memory_bytes = bytes;
    const auto made = Policy::Create(compiled, tiny, host);
    if (made) CHECK((*made)->usage().memory_bytes <= bytes);
  }
}

}  // namespace
}  // namespace tidegate
