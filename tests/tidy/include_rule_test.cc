// The include rule on every #include line of the tree, and proof that the checker can fail.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "tests/tidy/rules.h"
#include "tests/tidy/tree.h"

namespace tidegate::tidy {
namespace {

TEST_CASE("the tree keeps the include rule", "[tidy]") {
  Offences all;
  const auto files = Tree({"host", "bindings", "scripts"}, {".h", ".cc"});
  REQUIRE(files.size() > 1);  // scripts/scripts.h at least, and whatever room exists
  for (const File& file : files) {
    const Offences offences = CheckIncludes(file.path, file.text);
    all.insert(all.end(), offences.begin(), offences.end());
  }
  INFO(Join(all));
  CHECK(all.empty());
}

struct Example {
  std::string_view path;
  std::string_view line;
};

TEST_CASE("the include rule refuses", "[tidy]") {
  for (const auto& [path, line] : {
           Example{"host/core/state.h", "#include \"host/lua/sandbox.h\""},
           Example{"host/core/state.h", "#include \"state.h\""},  // not rooted
           Example{"host/core/state.h", "#include \"../lua/sandbox.h\""},
           Example{"host/core/state.h", "#include <chrono>"},
           Example{"host/core/state.h", "#include <sys/stat.h>"},
           Example{"host/core/state.h", "#include <fmt/format.h>"},
           Example{"host/core/state.h", "#include \"tests/tidy/rules.h\""},
           Example{"host/lua/sandbox.cc", "#include \"bindings/bindings.h\""},
           Example{"host/lua/sandbox.cc", "#include <mutex>"},
           Example{"bindings/volume.cc", "#include \"host/engine/engine.h\""},
           Example{"bindings/volume.cc", "#include <filesystem>"},
           Example{"host/engine/engine.cc", "#include <lua.h>"},
           Example{"host/engine/engine.cc", "#include \"host/env/worker.h\""},
           Example{"host/engine/engine.cc", "#include <thread>"},
           Example{"host/engine/engine.cc", "  #  include <spdlog/spdlog.h>"},
           Example{"host/env/linux.cc", "#include \"host/engine/engine.h\""},
           Example{"host/env/linux.cc", "#include \"host/sim/world.h\""},
           Example{"host/env/linux.cc", "#include <CLI/CLI.hpp>"},
           Example{"host/sim/world.cc", "#include \"host/env/worker.h\""},
           Example{"host/sim/world.cc", "#include <random>"},
           Example{"host/apps/tidegate/main.cc", "#include <lauxlib.h>"},
           Example{"host/apps/tidegate/main.cc", "#include \"demo.h\""},
           Example{"scripts/scripts.h", "#include \"host/core/env.h\""},
       }) {
    INFO(path << ": " << line);
    CHECK(CheckIncludes(path, line).size() == 1);
  }
}

TEST_CASE("the include rule allows", "[tidy]") {
  for (const auto& [path, line] : {
           Example{"host/core/state.h", "#include <cstdint>"},
           Example{"host/core/state.h", "#include \"host/core/time.h\""},
           Example{"host/lua/sandbox.cc", "#include <lua.hpp>"},
           Example{"bindings/volume.cc", "#include \"host/lua/stack.h\""},
           Example{"host/engine/engine.cc", "#include \"scripts/scripts.h\""},
           Example{"host/env/linux.cc", "#include <unistd.h>"},
           Example{"host/env/linux.cc", "#include <spdlog/spdlog.h>"},
           Example{"host/sim/world.cc", "#include \"host/engine/engine.h\""},
           Example{"host/apps/tidegate/main.cc", "#include \"host/sim/explore.h\""},
           Example{"host/apps/tidegate/main.cc", "#include <CLI/CLI.hpp>"},
           Example{"tests/core/state_test.cc", "#include <filesystem>"},
           Example{"host/core/state.h", "// #include <chrono> would be wrong"},
       }) {
    INFO(path << ": " << line);
    CHECK(CheckIncludes(path, line).empty());
  }
}

TEST_CASE("an offence names its file and line", "[tidy]") {
  const Offences offences = CheckIncludes("host/core/a.h", "// A.\n\n#include <thread>\n");
  REQUIRE(offences.size() == 1);
  CHECK(offences[0] ==
        "host/core/a.h:3: the operating system, threads and clocks are for host/env and host/apps");
}

}  // namespace
}  // namespace tidegate::tidy
