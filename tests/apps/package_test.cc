// What the Debian package carries beside the program tells of each of its commands.
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>

#include "tests/apps/program.h"

namespace tidegate {
namespace {

TEST_CASE("the manual page names every command") {
  std::ostringstream manual;
  manual << std::ifstream(TIDEGATE_SOURCE_DIR "/man/tidegate.1").rdbuf();
  std::istringstream help(test::RunProgram({"--help"}).output);
  std::string line;
  while (std::getline(help, line) && line != "Subcommands:") {
  }
  int commands = 0;
  while (std::getline(help, line) && !line.empty()) {
    if (!line.starts_with("  ") || line[2] == ' ') continue;
    const std::string command = line.substr(2, line.find(' ', 2) - 2);
    INFO(command);
    const bool bold = manual.str().find("\n.B " + command + "\n") != std::string::npos;
    const bool pair = manual.str().find("\n.BR " + command + " ") != std::string::npos ||
                      manual.str().find("\", \" " + command + "\n") != std::string::npos;
    CHECK((bold || pair));
    ++commands;
  }
  CHECK(commands > 10);
}

}  // namespace
}  // namespace tidegate
