// What the Debian package carries beside the program tells of each of its commands.
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/apps/program.h"

namespace tidegate {
namespace {

// As its --help lists them.
std::vector<std::string> CommandsOf(std::vector<std::string> words) {
  words.push_back("--help");
  std::istringstream help(test::RunProgram(words).output);
  std::string line;
  while (std::getline(help, line) && line != "Subcommands:") {
  }
  std::vector<std::string> commands;
  while (std::getline(help, line) && !line.empty()) {
    if (!line.starts_with("  ") || line[2] == ' ') continue;
    commands.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return commands;
}

TEST_CASE("the manual page names every command") {
  std::ostringstream manual;
  manual << std::ifstream(TIDEGATE_SOURCE_DIR "/man/tidegate.1").rdbuf();
  const std::vector<std::string> commands = CommandsOf({});
  for (const std::string& command : commands) {
    INFO(command);
    const bool bold = manual.str().find("\n.B " + command + "\n") != std::string::npos;
    const bool pair = manual.str().find("\n.BR " + command + " ") != std::string::npos ||
                      manual.str().find("\", \" " + command + "\n") != std::string::npos;
    CHECK((bold || pair));
  }
  CHECK(commands.size() > 10);
}

// What bash offers for the last of these words.
std::string Completed(const std::string& words) {
  const std::string script =
      "source " TIDEGATE_SOURCE_DIR "/man/tidegate.bash; COMP_WORDS=(\"$0\" " + words +
      "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tidegate; "
      "printf \"%s \" \"${COMPREPLY[@]}\"";
  const std::string command = "bash -c '" + script + "' " + test::ProgramPath();
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
  std::string output;
  for (int c = 0; pipe && (c = std::fgetc(pipe.get())) != EOF;) output += static_cast<char>(c);
  return output;
}

TEST_CASE("completion knows every command, and the options of each") {
  const std::string all = " " + Completed("\"\"");
  for (const std::string& command : CommandsOf({}))
    CHECK(all.find(" " + command + " ") != all.npos);
  const std::string pack = " " + Completed("pack \"\"");
  for (const std::string& command : CommandsOf({"pack"})) {
    CHECK(pack.find(" " + command + " ") != pack.npos);
  }
  CHECK(Completed("exp") == "explore ");
  CHECK(Completed("explore --dev") == "--deviations ");
  CHECK(Completed("ocf install --prov") == "--provider ");
}

}  // namespace
}  // namespace tidegate
