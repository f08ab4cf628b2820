// The fuzzers' kept corpus, and everything they ever found, through the same targets in this build.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/targets.h"

namespace tidegate::fuzz {
namespace {

namespace fs = std::filesystem;

// Runs every file below `folder`; answers how many there are.
int RunAll(const Target& target, const fs::path& folder) {
  int files = 0;
  if (!fs::exists(folder)) return files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    INFO(entry.path().string());
    REQUIRE(in.good());
    target.run(bytes);
    ++files;
  }
  return files;
}

void Replay(std::string_view name) {
  const fs::path root = fs::path(TIDEGATE_SOURCE_DIR) / "tests" / "fuzz";
  for (const Target& target : kTargets) {
    if (target.name != name) continue;
    CHECK(RunAll(target, root / "corpus" / name) > 5);
    RunAll(target, root / "findings" / name);
  }
}

TEST_CASE("fuzz: policies of the corpus", "[fuzz]") { Replay("policy"); }
TEST_CASE("fuzz: operations of the corpus", "[fuzz]") { Replay("operation"); }
TEST_CASE("fuzz: states of the corpus", "[fuzz]") { Replay("state"); }
TEST_CASE("fuzz: configurations of the corpus", "[fuzz]") { Replay("config"); }
TEST_CASE("fuzz: packs of the corpus", "[fuzz]") { Replay("pack"); }

}  // namespace
}  // namespace tidegate::fuzz
