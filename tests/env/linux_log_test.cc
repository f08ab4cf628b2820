// What a log line may look like, and how many there may be.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fcntl.h>
#include <sstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "host/core/line.h"
#include "host/env/log.h"
#include "tests/env/temporary_directory.h"

namespace tidegate {
namespace {

using test::ReadFile;
using test::TemporaryDirectory;

// The lines of a log file, without their times.
std::vector<std::string> LinesOf(const std::string& path) {
  std::vector<std::string> lines;
  std::istringstream file(ReadFile(path));
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line.substr(line.find(' ') + 1));
  }
  return lines;
}

std::unique_ptr<Log> FileLog(const std::string& path, LogOptions options = {}) {
  options.standard_error = false;
  options.file = path;
  Result<std::unique_ptr<Log>> log = Log::Open(options);
  REQUIRE(log.ok());
  return std::move(*log);
}

TEST_CASE("a log names level and resource, and formats nothing") {
  const TemporaryDirectory dir;
  const auto log = FileLog(dir / "log");
  log->Line(Level::kInformation, "", "tidegate started");
  log->Line(Level::kWarning, "vol1", "{} {0} %n 100%");
  log->Line(Level::kDebug, "vol1", "not shown");
  log->Line(Level::kError, "evil\nname", "a\nb");
  log->SetLevel(Level::kDebug);
  log->Line(Level::kDebug, "vol1", "shown");
  log->Line(Level::kError, "", std::string(10'000, 'x'));
  const std::vector<std::string> lines = LinesOf(dir / "log");
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] == "info tidegate started");
  CHECK(lines[1] == "warning vol1: {} {0} %n 100%");
  CHECK(lines[2] == "error evil\\nname: a\\nb");
  CHECK(lines[3] == "debug vol1: shown");
  CHECK(lines[4] == "error " + std::string(limits::kLogLineBytes - 3, 'x') + "...");
}

TEST_CASE("a resource that says too much is cut short, and only that one") {
  const TemporaryDirectory dir;
  LogOptions options;
  options.lines_per_second = 2;
  {
    const auto log = FileLog(dir / "log", options);
    for (int i = 0; i < 1'000; ++i) log->Line(Level::kInformation, "loud", "again");
    log->Line(Level::kInformation, "quiet", "once");
    log->Line(Level::kInformation, "", "the host");
  }
  std::vector<std::string> lines = LinesOf(dir / "log");
  REQUIRE(lines.size() >= 5);
  CHECK(lines.size() < 20);  // 2, and what a slow machine's seconds add
  CHECK(lines[0] == "info loud: again");
  CHECK(lines[lines.size() - 3] == "info quiet: once");
  CHECK(lines[lines.size() - 2] == "info the host");
  CHECK(lines.back().starts_with("warning loud: 9"));
  CHECK(lines.back().ends_with(" lines dropped"));
}

TEST_CASE("a log file is opened again after it was rotated") {
  const TemporaryDirectory dir;
  const auto log = FileLog(dir / "log");
  log->Line(Level::kInformation, "", "before");
  std::filesystem::rename(dir / "log", dir / "log.1");
  REQUIRE(log->Reopen().ok());
  log->Line(Level::kInformation, "", "after");
  CHECK(LinesOf(dir / "log.1") == std::vector<std::string>{"info before"});
  CHECK(LinesOf(dir / "log") == std::vector<std::string>{"info after"});
  std::filesystem::remove(dir / "log");
  std::filesystem::create_directory(dir / "log");
  CHECK_FALSE(log->Reopen().ok());
}

// What standard error gets from a process that logs a line of each level.
std::string StandardError(const std::string& path, bool journal) {
  const pid_t child = fork();
  if (child == 0) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct stat status {};
    if (dup2(file, 2) != 2 || fstat(2, &status) != 0) _exit(1);
    const std::string stream =
        std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino + (journal ? 0 : 1));
    setenv("JOURNAL_STREAM", stream.c_str(), 1);
    LogOptions options;
    options.level = Level::kDebug;
    const Result<std::unique_ptr<Log>> log = Log::Open(options);
    (*log)->Line(Level::kDebug, "vol1", "a");
    (*log)->Line(Level::kInformation, "vol1", "b");
    (*log)->Line(Level::kWarning, "vol1", "c");
    (*log)->Line(Level::kError, "", "d");
    (*log)->Flush();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ReadFile(path) : "it did not end well";
}

TEST_CASE("the journal gets priorities, everybody else times and no colours in a file") {
  const TemporaryDirectory dir;
  CHECK(StandardError(dir / "log", true) == "<7>vol1: a\n<6>vol1: b\n<4>vol1: c\n<3>d\n");
  std::string shown = StandardError(dir / "log", false);
  for (char& c : shown) c = c >= '0' && c <= '9' ? '0' : c;
  CHECK(shown ==
        "00:00:00.000 debug vol0: a\n00:00:00.000 info vol0: b\n"
        "00:00:00.000 warning vol0: c\n00:00:00.000 error d\n");
}

TEST_CASE("a log file that cannot be opened is an error with its name") {
  LogOptions options;
  options.file = "/proc/no-such-directory/log";
  const Result<std::unique_ptr<Log>> log = Log::Open(options);
  REQUIRE_FALSE(log.ok());
  CHECK(Text(log.error()).find("/proc/no-such-directory/log") != std::string::npos);
}

}  // namespace
}  // namespace tidegate
