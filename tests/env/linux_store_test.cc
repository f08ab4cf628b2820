// The store against what only Linux has: links, pipes, kill -9, quotas, small file systems.
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "host/core/limits.h"
#include "host/env/store.h"
#include "tests/env/store_lab.h"

namespace tidegate {
namespace {

using test::FilesIn;
using test::Get;
using test::Opened;
using test::ReadFile;
using test::TemporaryDirectory;
using test::WriteFile;

TEST_CASE("the store follows no link and waits for no pipe") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  REQUIRE(store.Set("vol1", StoreSet{"k", "v"}).ok());
  WriteFile(dir / "secret", "tidegate-store 1 00000000 0\n");
  REQUIRE(symlink((dir / "secret").c_str(), (dir / "values/vol1/link").c_str()) == 0);
  REQUIRE(mkfifo((dir / "values/vol1/pipe").c_str(), 0600) == 0);
  CHECK(store.Get("vol1", StoreGet{"link"}).code == ErrorCode::kIoDevice);
  CHECK(store.Get("vol1", StoreGet{"pipe"}).code == ErrorCode::kIoDevice);
  CHECK(store.Set("vol1", StoreSet{"link", "v"}).ok());  // replaces the link, not what it names
  CHECK(ReadFile(dir / "secret") == "tidegate-store 1 00000000 0\n");
}

// Sets one value after another until it is killed.
[[noreturn]] void SetForEver(const Store& store, unsigned seed) {
  for (unsigned n = seed;; ++n) {
    const std::string value(n % 40'000, static_cast<char>('a' + n % 26));
    if (!store.Set("vol1", StoreSet{"k", value}).ok()) _exit(1);
  }
}

TEST_CASE("kill -9 at any moment leaves a whole value") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  REQUIRE(store.Set("vol1", StoreSet{"k", "first"}).ok());
  for (unsigned round = 0; round < 40; ++round) {
    const pid_t child = fork();
    if (child == 0) SetForEver(store, round * 1'013);
    std::this_thread::sleep_for(std::chrono::microseconds(500 + round * 377));
    kill(child, SIGKILL);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    const Reply reply = store.Get("vol1", StoreGet{"k"});
    REQUIRE(reply.ok());
    const std::string& value = std::get<std::string>(reply.value);
    CHECK((value == "first" || value == std::string(value.size(), value.empty() ? 0 : value[0])));
    store.Clean("vol1");
    CHECK(FilesIn(dir / "values/vol1") == std::vector<std::string>{"k"});
  }
}

TEST_CASE("a file that may not grow is a full disk's cousin: nothing is lost") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  REQUIRE(store.Set("vol1", StoreSet{"k", "old"}).ok());
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit none{16, 16};
    setrlimit(RLIMIT_FSIZE, &none);
    _exit(store.Set("vol1", StoreSet{"k", "new"}).code == ErrorCode::kIoDevice ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(Get(store, "k") == "old");
  CHECK(FilesIn(dir / "values/vol1") == std::vector<std::string>{"k"});
}

TEST_CASE("a full disk is ERROR_DISK_FULL, and the old values are still there") {
  const TemporaryDirectory dir;
  if (mount("none", dir.path().c_str(), "tmpfs", 0, "size=64k,nr_inodes=64") != 0) {
    SKIP("a small file system to fill needs the right to mount one");
  }
  {
    const Store store = Opened(dir.path());
    REQUIRE(store.Set("vol1", StoreSet{"k", "old"}).ok());
    const Reply full = store.Set("vol1", StoreSet{"k", std::string(limits::kStoreValueBytes, 'x')});
    CHECK(Text(full) == "ERROR_DISK_FULL (ENOSPC: " + (dir / "values/vol1/k") + ")");
    CHECK(Get(store, "k") == "old");
    CHECK(FilesIn(dir / "values/vol1") == std::vector<std::string>{"k"});
    int files = 0;
    while (store.Set("vol" + std::to_string(files), StoreSet{"k", "v"}).ok() && files < 100)
      ++files;
    CHECK(files < 100);  // no inode is left
    CHECK(store.Set("another", StoreSet{"k", "v"}).code == ErrorCode::kDiskFull);
    CHECK(store.Get("vol0", StoreGet{"k"}) == Success("v"));
  }
  CHECK(umount2(dir.path().c_str(), MNT_DETACH) == 0);
}

}  // namespace
}  // namespace tidegate
