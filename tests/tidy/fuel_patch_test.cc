// The fuel patch stays small: a reviewer of a new Lua release reads all of it.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "tests/tidy/rules.h"
#include "tests/tidy/tree.h"

namespace tidegate::tidy {
namespace {

TEST_CASE("the fuel patch changes fewer than 100 lines", "[tidy]") {
  const std::string patch = ReadAll(std::string(TIDEGATE_SOURCE_DIR) + "/host/lua/fuel.patch");
  int changed = 0;
  bool in_hunk = false;
  EachLine(patch, [&](std::size_t, std::string_view line) {
    if (line.starts_with("--- ")) in_hunk = false;
    if (line.starts_with("@@")) in_hunk = true;
    if (in_hunk && StartsWithAny(line, {"+", "-"})) ++changed;
  });
  CHECK(changed > 50);  // it was read
  CHECK(changed < 100);
}

}  // namespace
}  // namespace tidegate::tidy
