// What the language server reads is what the bindings do. TIDEGATE_GOLDEN=1 writes it anew.
#include "bindings/annotations.h"

#include <algorithm>
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

// "volume.open", "store.set" and so on, as far as a policy can reach them.
std::vector<std::string> Reachable() {
  std::vector<std::string> names;
  for (const Library& library : Bindings().libraries) {
    for (const Function& function : library.functions) {
      names.push_back(std::string(library.name) + "." + std::string(function.name));
    }
  }
  return names;
}

template <class... Ops>
std::vector<std::string> Unreachable(const std::variant<Ops...>*) {
  const std::vector<std::string> reachable = Reachable();
  std::vector<std::string> names;
  const auto look = [&](std::string_view name) {
    if (std::ranges::find(reachable, name) == reachable.end()) names.emplace_back(name);
  };
  (look(Ops::Info().name), ...);
  return names;
}

TEST_CASE("every operation has a function but the host's own, which no policy can ask for") {
  CHECK(Unreachable(static_cast<const Call*>(nullptr)) ==
        std::vector<std::string>{"state.get", "state.set"});
  test::Stage stage(test::Stage::Around("assert(not pcall(require, 'sta' .. 'te'))"));
  CHECK(stage.Play("online") == "online\n== ok\n");
}

TEST_CASE("the annotations are Lua") {
  for (const AnnotationFile& file : Annotations()) {
    CHECK(CompiledPolicy::Compile({file.name, file.text, {}}, {}, {}).ok());
  }
}

}  // namespace
}  // namespace tidegate
