// What the language server reads is what the bindings do. TIDEGATE_GOLDEN=1 writes it anew.
#include "bindings/annotations.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

#include "bindings/tables.h"
#include "tests/lua/stage.h"

namespace tidegate {
namespace {

TEST_CASE("the checked-in annotations are those of the bindings") {
  const std::string path = "scripts/library/tidegate.lua";
  if (std::getenv("TIDEGATE_GOLDEN") != nullptr) {
    std::ofstream(std::string(TIDEGATE_SOURCE_DIR) + "/" + path, std::ios::binary) << Annotations();
  }
  CHECK(test::FromTree(path) == Annotations());
}

TEST_CASE("every function of every table is annotated, and nothing else is") {
  const std::string text = Annotations();
  std::size_t functions = ResourceLibrary().functions.size();
  for (const Library& library : Bindings().libraries) {
    for (const Function& function : library.functions) {
      INFO(library.name << "." << function.name);
      const std::string name(function.name);
      const bool found =
          text.find("function " + std::string(library.name) + "." + name + "(") != text.npos ||
          text.find("function Volume:" + name + "(") != text.npos;
      CHECK(found);
      ++functions;
    }
  }
  for (const Function& function : ResourceLibrary().functions) {
    CHECK(text.find("function Resource:" + std::string(function.name) + "(") != text.npos);
  }
  std::size_t annotated = 0;
  for (std::size_t at = 0; (at = text.find("\nfunction ", at)) != text.npos; ++at) ++annotated;
  CHECK(annotated == functions);
}

TEST_CASE("the annotations are Lua") {
  const auto compiled = CompiledPolicy::Compile({"tidegate.lua", Annotations(), {}}, {}, {});
  CHECK(compiled.ok());
}

}  // namespace
}  // namespace tidegate
