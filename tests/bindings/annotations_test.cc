// What the language server reads is what the bindings do. TIDEGATE_GOLDEN=1 writes it anew.
#include "bindings/annotations.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

#include "bindings/tables.h"
#include "tests/lua/stage.h"

namespace tidegate {
namespace {

const std::string kFolder = "scripts/library/";

TEST_CASE("the checked-in annotations are those of the bindings") {
  for (const AnnotationFile& file : Annotations()) {
    const std::string path = kFolder + file.name;
    INFO(path);
    if (std::getenv("TIDEGATE_GOLDEN") != nullptr) {
      std::ofstream(std::string(TIDEGATE_SOURCE_DIR) + "/" + path, std::ios::binary) << file.text;
    }
    CHECK(test::FromTree(path) == file.text);
  }
}

TEST_CASE("every function of every table is annotated, and nothing else is") {
  std::string text;
  for (const AnnotationFile& file : Annotations()) text += file.text;
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
  for (const AnnotationFile& file : Annotations()) {
    CHECK(CompiledPolicy::Compile({file.name, file.text, {}}, {}, {}).ok());
  }
}

}  // namespace
}  // namespace tidegate
