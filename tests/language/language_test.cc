// The language itself, on our patched Lua, inside the sandbox: every file of this folder.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "tests/lua/stage.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;
using test::Stage;

// What is wrong with the language file; empty if nothing. It runs as a module of a policy; if it
// answers a function, that runs in the entry point, where waiting is possible.
std::string Wrong(const std::string& text) {
  PolicySource source;
  source.name = "run.lua";
  source.text =
      "local policy = { api = 1 }\n"
      "function policy.online(resource)\n"
      "  local rest = require 'test'\n"
      "  if rest ~= true then rest(resource) end\n"
      "end\n"
      "function policy.offline() end\n"
      "function policy.is_alive() return true end\n"
      "return policy\n";
  source.modules.push_back({"test", text});
  SandboxLimits limits;
  limits.fuel = limits::kFuelMax;
  limits.memory_bytes = 16 << 20;
  Stage stage(std::move(source), {}, limits);
  if (!stage.loaded()) return stage.error();
  const std::string told = stage.Play("online");
  if (told.ends_with("== ok\n")) return "";
  return told.substr(std::min(told.rfind("\n== "), told.size() - 1) + 1);
}

std::vector<fs::path> Files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(TIDEGATE_SOURCE_DIR "/tests/language")) {
    if (entry.path().extension() == ".lua") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

TEST_CASE("the language, file by file", "[language]") {
  const std::vector<fs::path> files = Files();
  CHECK(files.size() >= 20);
  for (const fs::path& file : files) {
    INFO(file.filename().string());
    CHECK(Wrong(test::ReadFile(file.string())) == "");
  }
}

TEST_CASE("a language file that is wrong says where", "[language]") {
  CHECK(Wrong("assert(1 == 1)\n") == "");
  CHECK(Wrong("\nassert(1 == 2)\n").find("assertion failed!") != std::string::npos);
  CHECK(Wrong("\nerror('x')\n").find("test.lua:2") != std::string::npos);
  CHECK(Wrong("return function() error('x') end").find("test.lua:1") != std::string::npos);
  CHECK(Wrong("x =").find("test.lua:1") != std::string::npos);
}

}  // namespace
}  // namespace tidegate
