// The store: whole values, whatever happens.
#include "host/env/store.h"

#include <algorithm>
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
#include <vector>

#include "host/core/limits.h"
#include "tests/env/temporary_directory.h"

namespace tidegate {
namespace {

using test::ReadFile;
using test::TemporaryDirectory;
using test::WriteFile;

Store Opened(const std::string& directory) {
  Result<Store> store = Store::Open(directory);
  REQUIRE(store.ok());
  return *store;
}

std::vector<std::string> FilesIn(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string Get(const Store& store, const std::string& key) {
  const Reply reply = store.Get("vol1", {key});
  const auto* value = std::get_if<std::string>(&reply.value);
  return value != nullptr ? *value : Text(reply);
}

TEST_CASE("the store gives back what was set, byte for byte") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir / "a/b");
  const std::string values[] = {"", "5", "two\nlines\n", std::string("\0\xff", 2),
                                std::string(limits::kStoreValueBytes, 'x')};
  for (const std::string& value : values) {
    REQUIRE(store.Set("vol1", {"boots", value}).ok());
    CHECK(Get(Opened(dir / "a/b"), "boots") == value);
  }
  CHECK(FilesIn(dir / "a/b/vol1") == std::vector<std::string>{"boots"});
}

TEST_CASE("resources and keys do not meet in the store") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  for (const char* name : {"vol1", "vol2", "../vol1", "vol%31", "VOL1", ".", "", "a/b"}) {
    CHECK(store.Get(name, {"k"}).code == ErrorCode::kNotFound);
    REQUIRE(store.Set(name, {"k", name}).ok());
  }
  CHECK(store.Get("../vol1", {"k"}) == Success("../vol1"));
  CHECK(store.Get("vol1", {"k"}) == Success("vol1"));
  REQUIRE(store.Set("vol1", {".state", "the host's own"}).ok());
  CHECK(store.Get("vol1", {"state"}).code == ErrorCode::kNotFound);
  const std::string longest(limits::kResourceNameBytes, '\xfc');
  REQUIRE(store.Set(longest, {"k", "1"}).ok());
  REQUIRE(store.Set(longest + "2", {"k", "2"}).ok());
  CHECK(store.Get(longest, {"k"}) == Success("1"));
}

TEST_CASE("the store refuses keys and values that it cannot keep") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  for (const std::string key : {"", ".", "..", "a/b", "Upper", "a~", "a b", "\xc3\xa4"}) {
    CHECK(store.Set("vol1", {key, "v"}).code == ErrorCode::kInvalidParameter);
    CHECK(store.Get("vol1", {key}).code == ErrorCode::kInvalidParameter);
  }
  CHECK(store.Set("vol1", {std::string(65, 'k'), "v"}).code == ErrorCode::kInvalidParameter);
  const std::string large(limits::kStoreValueBytes + 1, 'x');
  CHECK(Text(store.Set("vol1", {"k", large})) ==
        "ERROR_INVALID_PARAMETER (a value has at most 65536 bytes)");
  for (int n = 0; n < limits::kStoreKeys; ++n) {
    REQUIRE(store.Set("vol1", {"k" + std::to_string(n), "v"}).ok());
  }
  CHECK(Text(store.Set("vol1", {"more", "v"})) ==
        "ERROR_DISK_FULL (a resource stores at most 256 values)");
  CHECK(store.Set("vol1", {"k0", "changed"}).ok());
}

TEST_CASE("a corrupt value is set aside and reported once") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  REQUIRE(store.Set("vol1", {"boots", "123456789"}).ok());
  const std::string path = dir / "vol1/boots";
  const std::string good = ReadFile(path);
  CHECK(good == "tidegate-store 1 e3069283 9\n123456789");  // the known CRC-32C of these digits
  for (const std::string& bad :
       {std::string(), good.substr(0, 12), good.substr(0, good.size() - 1), good + "6",
        "tidegate-store 2" + good.substr(16), good.substr(0, good.size() - 1) + "6",
        std::string(99, '\n'), std::string(200'000, 'z')}) {
    WriteFile(path, bad);
    CHECK(Text(store.Get("vol1", {"boots"})) == "ERROR_FILE_CORRUPT (" + path +
                                                    " does not fit its checksum; it is now " +
                                                    path + ".corrupt~)");
    CHECK(ReadFile(path + ".corrupt~") == bad);
    CHECK(store.Get("vol1", {"boots"}).code == ErrorCode::kNotFound);
  }
  REQUIRE(store.Set("vol1", {"boots", "6"}).ok());
  CHECK(Get(store, "boots") == "6");
}

TEST_CASE("the store follows no link and waits for no pipe") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  REQUIRE(store.Set("vol1", {"k", "v"}).ok());
  WriteFile(dir / "secret", "tidegate-store 1 00000000 0\n");
  REQUIRE(symlink((dir / "secret").c_str(), (dir / "vol1/link").c_str()) == 0);
  REQUIRE(mkfifo((dir / "vol1/pipe").c_str(), 0600) == 0);
  CHECK(store.Get("vol1", {"link"}).code == ErrorCode::kIoDevice);
  CHECK(store.Get("vol1", {"pipe"}).code == ErrorCode::kIoDevice);
  CHECK(store.Set("vol1", {"link", "v"}).ok());  // replaces the link, not what it names
  CHECK(ReadFile(dir / "secret") == "tidegate-store 1 00000000 0\n");
}

TEST_CASE("Clean removes what an interrupted set left, and nothing else") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  store.Clean("vol1");
  REQUIRE(store.Set("vol1", {"k", "v"}).ok());
  WriteFile(dir / "vol1/k.123.4.tmp~", "half");
  WriteFile(dir / "vol1/k.corrupt~", "evidence");
  WriteFile(dir / "vol1/x.tmp", "a key");
  store.Clean("vol1");
  CHECK(FilesIn(dir / "vol1") == std::vector<std::string>{"k", "k.corrupt~", "x.tmp"});
}

TEST_CASE("a state directory that cannot be is refused with its name") {
  const TemporaryDirectory dir;
  WriteFile(dir / "file", "");
  const Result<Store> store = Store::Open(dir / "file/state");
  REQUIRE_FALSE(store.ok());
  CHECK(Text(store.error()).find("cannot make the state directory " + (dir / "file")) !=
        std::string::npos);
  CHECK_FALSE(Store::Open("").ok());
}

// Sets one value after another until it is killed.
[[noreturn]] void SetForEver(const Store& store, unsigned seed) {
  for (unsigned n = seed;; ++n) {
    const std::string value(n % 40'000, static_cast<char>('a' + n % 26));
    if (!store.Set("vol1", {"k", value}).ok()) _exit(1);
  }
}

TEST_CASE("kill -9 at any moment leaves a whole value") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  REQUIRE(store.Set("vol1", {"k", "first"}).ok());
  for (unsigned round = 0; round < 40; ++round) {
    const pid_t child = fork();
    if (child == 0) SetForEver(store, round * 1'013);
    std::this_thread::sleep_for(std::chrono::microseconds(500 + round * 377));
    kill(child, SIGKILL);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    const Reply reply = store.Get("vol1", {"k"});
    REQUIRE(reply.ok());
    const std::string& value = std::get<std::string>(reply.value);
    CHECK((value == "first" || value == std::string(value.size(), value.empty() ? 0 : value[0])));
    store.Clean("vol1");
    CHECK(FilesIn(dir / "vol1") == std::vector<std::string>{"k"});
  }
}

TEST_CASE("a file that may not grow is a full disk's cousin: nothing is lost") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  REQUIRE(store.Set("vol1", {"k", "old"}).ok());
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit none{16, 16};
    setrlimit(RLIMIT_FSIZE, &none);
    _exit(store.Set("vol1", {"k", "new"}).code == ErrorCode::kIoDevice ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(Get(store, "k") == "old");
  CHECK(FilesIn(dir / "vol1") == std::vector<std::string>{"k"});
}

TEST_CASE("a full disk is ERROR_DISK_FULL, and the old values are still there") {
  const TemporaryDirectory dir;
  if (mount("none", dir.path().c_str(), "tmpfs", 0, "size=64k,nr_inodes=64") != 0) {
    SKIP("a small file system to fill needs the right to mount one");
  }
  {
    const Store store = Opened(dir.path());
    REQUIRE(store.Set("vol1", {"k", "old"}).ok());
    const Reply full = store.Set("vol1", {"k", std::string(limits::kStoreValueBytes, 'x')});
    CHECK(Text(full) == "ERROR_DISK_FULL (ENOSPC: " + (dir / "vol1/k") + ")");
    CHECK(Get(store, "k") == "old");
    CHECK(FilesIn(dir / "vol1") == std::vector<std::string>{"k"});
    int files = 0;
    while (store.Set("vol" + std::to_string(files), {"k", "v"}).ok() && files < 100) ++files;
    CHECK(files < 100);  // no inode is left
    CHECK(store.Set("another", {"k", "v"}).code == ErrorCode::kDiskFull);
    CHECK(store.Get("vol0", {"k"}) == Success("v"));
  }
  CHECK(umount2(dir.path().c_str(), MNT_DETACH) == 0);
}

}  // namespace
}  // namespace tidegate
