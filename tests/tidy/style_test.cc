// The small style rules on every file of the tree, and proof that the checker can fail.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "tests/tidy/rules.h"
#include "tests/tidy/tree.h"

namespace tidegate::tidy {
namespace {

TEST_CASE("the tree keeps the style rules", "[tidy]") {
  Offences all;
  for (const File& file : Tree({"host", "bindings", "scripts", "policies", "tests", "cmake"},
                               {".h", ".c", ".cc", ".lua", ".cmake", ".toml"})) {
    const Offences offences = CheckStyle(file.path, file.text);
    all.insert(all.end(), offences.begin(), offences.end());
  }
  INFO(Join(all));
  CHECK(all.empty());
}

TEST_CASE("the style rules refuse", "[tidy]") {
  const std::string head = "// A thing.\n";
  CHECK(CheckStyle("a.h", "#pragma once\n").size() == 1);
  CHECK(CheckStyle("a.cc", "\n// Late.\n").size() == 1);
  CHECK(CheckStyle("a.cc", head + "\tint a;\n").size() == 1);
  CHECK(CheckStyle("a.cc", head + "int a; \n").size() == 1);
  CHECK(CheckStyle("a.cc", head + "int a;\r\n").size() == 1);
  CHECK(CheckStyle("a.cc", head + std::string(101, '/')).size() == 1);
  CHECK(CheckStyle("a.cc", head + "// TO"
                                  "DO: later\n")
            .size() == 1);
  CHECK(CheckStyle("a.lua",
                   "-- FIX"
                   "ME\n")
            .size() == 1);
  std::string long_file = head;
  for (int i = 0; i < 500; ++i) long_file += "//\n";
  CHECK(CheckStyle("a.cc", long_file).size() == 1);
}

TEST_CASE("the style rules allow", "[tidy]") {
  CHECK(CheckStyle("a.h", "// A thing.\n#pragma once\n").empty());
  CHECK(CheckStyle("a.h", "/* A thing of C. */\n").empty());
  CHECK(CheckStyle("a.lua", "return {}\n").empty());
  std::string wide = "// ";  // a hundred columns, more bytes
  for (int i = 0; i < 97; ++i) wide += "\xC3\xA9";
  CHECK(CheckStyle("a.cc", wide + "\n").empty());
}

}  // namespace
}  // namespace tidegate::tidy
