// Copies of versions: what comes back is what was kept, and what is in use stays.
#include "host/apps/shared/policy_copies.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "host/apps/shared/policy_file.h"
#include "host/core/limits.h"
#include "tests/apps/program.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

std::set<std::string> None() { return {}; }

TEST_CASE(
    "A copy is the whole version: a lone file, a folder with modules, a pack with its reach") {
  const test::Folder dir;
  const PolicyCopies copies(dir.path());
  for (const char* policy : {"/policies/volume/volume.lua", "/policies/volume",
                             "/policies/lun-mask", "/policies/reserved-volume"}) {
    INFO(policy);
    const Result<PolicySource> source = ReadPolicy(std::string(TIDEGATE_SOURCE_DIR) + policy);
    REQUIRE(source);
    const std::string digest = (*CompileSource(*source))->digest();
    REQUIRE(copies.Keep(*source, digest, None));
    const Result<PolicySource> found = copies.Find(digest);
    REQUIRE(found);
    CHECK((*CompileSource(*found))->digest() == digest);
    CHECK((found->permissions != nullptr) == (source->permissions != nullptr));
    if (source->permissions) CHECK(*found->permissions == *source->permissions);
  }
}

TEST_CASE("A copy that is not whole is none, and is made anew") {
  const test::Folder dir;
  const PolicyCopies copies(dir.path());
  const PolicySource source{
      "p.lua", "return {}", {{"m", "return 1"}}, std::make_shared<const Permissions>()};
  REQUIRE(copies.Keep(source, "beef", None));
  const std::string file = dir / "versions/beef";
  std::ifstream in(file, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  for (const std::string& text :
       {std::string(), std::string("tidegate-policy 3\n"), whole.substr(0, whole.size() - 3),
        std::string("tidegate-policy 2\n\n2\n[]\np.lua\n0\n\n"),
        std::string(
            "tidegate-policy 2\n\n44\n{\"pack\":\"\",\"scopes\":{\"x\":[]},\"mount_points\":"
            "[]}\np.lua\n0\n\n")}) {
    INFO(text);
    std::ofstream(file, std::ios::binary) << text;
    CHECK_FALSE(copies.Find("beef"));
  }
  REQUIRE(copies.Keep(source, "beef", None));
  CHECK(copies.Find("beef"));
}

TEST_CASE("Of many copies the oldest go, but none that is in use") {
  const test::Folder dir;
  const PolicyCopies copies(dir.path());
  const auto in_use = [] { return std::set<std::string>{"0", "1"}; };
  const std::size_t all = limits::kVersionsKept + 4;
  for (std::size_t i = 0; i < all; ++i) {
    const std::string digest = std::to_string(i);
    REQUIRE(copies.Keep({"p.lua", "return " + digest, {}}, digest, in_use));
    const auto then = fs::file_time_type::clock::now() - std::chrono::hours(all - i);
    fs::last_write_time(dir / ("versions/" + digest), then);
  }
  CHECK(copies.Find("0"));
  CHECK(copies.Find("1"));
  CHECK_FALSE(copies.Find("2"));
  CHECK_FALSE(copies.Find("3"));
  CHECK(copies.Find("4"));
  // One that is kept again is new.
  REQUIRE(copies.Keep({"p.lua", "return 4", {}}, "4", in_use));
  REQUIRE(copies.Keep({"p.lua", "return -1", {}}, "-1", in_use));
  CHECK(copies.Find("4"));
  CHECK_FALSE(copies.Find("5"));
}

}  // namespace
}  // namespace tidegate
