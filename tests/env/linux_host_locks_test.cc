// Locks: one host for a resource, and nothing stale.
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/env/host_locks.h"
#include "tests/env/temporary_directory.h"

namespace tidegate {
namespace {

using test::ReadFile;
using test::TemporaryDirectory;
using test::WriteFile;

TEST_CASE("a resource that is hosted is refused, with the process that has it") {
  const TemporaryDirectory dir;
  const std::string run = dir / "run";
  Result<HostLocks> first = HostLocks::Open(run);
  Result<HostLocks> other = HostLocks::Open(run);
  REQUIRE(first->Take("vol1").ok());
  const Outcome second = other->Take("vol1");
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().code == ErrorCode::kSharingViolation);
  CHECK(second.error().detail == "resource vol1 is already hosted by process " +
                                     std::to_string(getpid()) +
                                     "; end that host or take the resource out of it");
  CHECK_FALSE(first->Take("vol1").ok());
  CHECK(other->Take("vol2").ok());
  CHECK(other->Take("../vol1").ok());
  first->Release("vol1");
  CHECK(other->Take("vol1").ok());
  CHECK_FALSE(first->Take("vol2").ok());
}

TEST_CASE("ten thousand locks cost two descriptors, and go with their owner") {
  const TemporaryDirectory dir;
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = descriptors();
  {
    Result<HostLocks> locks = HostLocks::Open(dir / "run");
    for (int i = 0; i < 10'000; ++i) REQUIRE(locks->Take("r" + std::to_string(i)).ok());
    CHECK(descriptors() == before + 2);
    CHECK_FALSE(HostLocks::Open(dir / "run")->Take("r9999").ok());
  }
  CHECK(descriptors() == before);
  CHECK(HostLocks::Open(dir / "run")->Take("r9999").ok());
}

TEST_CASE("kill -9 leaves no lock behind") {
  const TemporaryDirectory dir;
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    Result<HostLocks> locks = HostLocks::Open(dir / "run");
    if (locks->Take("vol1").ok()) (void)!write(ready[1], "x", 1);
    for (;;) pause();
  }
  char byte = 0;
  REQUIRE(read(ready[0], &byte, 1) == 1);
  Result<HostLocks> locks = HostLocks::Open(dir / "run");
  const Outcome refused = locks->Take("vol1");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().detail.find("process " + std::to_string(child)) != std::string::npos);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  CHECK(locks->Take("vol1").ok());
  close(ready[0]);
  close(ready[1]);
}

TEST_CASE("of many processes that take and let go, one at a time has the lock") {
  const TemporaryDirectory dir;
  const std::string inside = dir / "inside";
  pid_t children[4];
  for (pid_t& child : children) {
    child = fork();
    if (child != 0) continue;
    for (int n = 0; n < 300; ++n) {
      Result<HostLocks> locks = HostLocks::Open(dir / "run");
      if (!locks->Take("vol1").ok()) continue;
      if (mkdir(inside.c_str(), 0700) != 0 || rmdir(inside.c_str()) != 0) _exit(1);
    }
    _exit(0);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
}

TEST_CASE("a runtime directory that others could have prepared is refused") {
  const TemporaryDirectory dir;
  const std::string run = dir / "run";
  SECTION("made with mode 0700") {
    REQUIRE(PrepareRuntimeDirectory(run).ok());
    struct stat status {};
    REQUIRE(stat(run.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0700);
    CHECK(PrepareRuntimeDirectory(run).ok());
  }
  SECTION("a link") {
    REQUIRE(symlink(dir.path().c_str(), run.c_str()) == 0);
    CHECK_FALSE(PrepareRuntimeDirectory(run).ok());
  }
  SECTION("a file") {
    WriteFile(run, "");
    CHECK_FALSE(PrepareRuntimeDirectory(run).ok());
  }
  SECTION("writable by others") {
    REQUIRE(mkdir(run.c_str(), 0700) == 0);
    REQUIRE(chmod(run.c_str(), 0770) == 0);
    const Outcome refused = PrepareRuntimeDirectory(run);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().detail == "others may write to " + run + "; chmod 0700 " + run);
  }
  SECTION("another user's") {
    REQUIRE(mkdir(run.c_str(), 0700) == 0);
    if (chown(run.c_str(), 65534, 65534) != 0) SKIP("giving a file away needs root");
    CHECK_FALSE(PrepareRuntimeDirectory(run).ok());
  }
  SECTION("a lock that is a link") {
    REQUIRE(PrepareRuntimeDirectory(run).ok());
    WriteFile(dir / "victim", "precious");
    REQUIRE(symlink((dir / "victim").c_str(), (run + "/locks").c_str()) == 0);
    CHECK_FALSE(HostLocks::Open(run).ok());
    CHECK(ReadFile(dir / "victim") == "precious");
  }
}

}  // namespace
}  // namespace tidegate
