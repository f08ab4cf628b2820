// The store: whole values, whatever happens.
#include "host/env/store.h"

#include <catch2/catch_test_macros.hpp>

#include "host/core/limits.h"
#include "tests/env/store_lab.h"

namespace tidegate {
namespace {

using test::FilesIn;
using test::Get;
using test::Opened;
using test::ReadFile;
using test::TemporaryDirectory;
using test::WriteFile;

TEST_CASE("the store gives back what was set, byte for byte") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir / "a/b");
  const std::string values[] = {"", "5", "two\nlines\n", std::string("\0\xff", 2),
                                std::string(limits::kStoreValueBytes, 'x')};
  for (const std::string& value : values) {
    REQUIRE(store.Set("vol1", StoreSet{"boots", value}).ok());
    CHECK(Get(Opened(dir / "a/b"), "boots") == value);
  }
  CHECK(FilesIn(dir / "a/b/values/vol1") == std::vector<std::string>{"boots"});
}

TEST_CASE("resources and keys do not meet in the store") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  for (const char* name : {"vol1", "vol2", "../vol1", "vol%31", ".", "", "a/b"}) {
    CHECK(store.Get(name, StoreGet{"k"}).code == ErrorCode::kNotFound);
    REQUIRE(store.Set(name, StoreSet{"k", name}).ok());
  }
  CHECK(store.Get("../vol1", StoreGet{"k"}) == Success("../vol1"));
  CHECK(store.Get("vol1", StoreGet{"k"}) == Success("vol1"));
  const std::string longest(limits::kResourceNameBytes, '\xfc');
  REQUIRE(store.Set(longest, StoreSet{"k", "1"}).ok());
  REQUIRE(store.Set(longest + "2", StoreSet{"k", "2"}).ok());
  CHECK(store.Get(longest, StoreGet{"k"}) == Success("1"));
}

TEST_CASE("names that a file system would take for one another are two in the store") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  const char* const names[] = {"vol1", "VOL1", "Vol1", "vol1.", "%56ol1", "con", "CON.x"};
  for (const char* name : names) {
    CHECK(store.Get(name, StoreGet{"k"}).code == ErrorCode::kNotFound);
    REQUIRE(store.Set(name, StoreSet{"k", name}).ok());
    REQUIRE(store.Set(name, RecordSet{"k", name}).ok());
  }
  for (const char* name : names) {
    CHECK(store.Get(name, StoreGet{"k"}) == Success(name));
    CHECK(store.Get(name, RecordGet{"k"}) == Success(name));
  }
}

TEST_CASE("what a policy stores and what the host records are two name spaces") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  // Resources that are called like something else that lies in the directory.
  for (const char* name : {"vol1", "values", "records", "versions", "traces", "packs", "locks",
                           "../records", "..", "records/vol1", "vol1/../../records/vol1"}) {
    INFO(name);
    for (const char* key : {"state", "versions", "online", "health", "settings", "score"}) {
      REQUIRE(store.Set(name, RecordSet{key, "the host's"}).ok());
      CHECK(store.Get(name, StoreGet{key}).code == ErrorCode::kNotFound);
      REQUIRE(store.Set(name, StoreSet{key, "the policy's"}).ok());
      CHECK(store.Get(name, RecordGet{key}) == Success("the host's"));
      CHECK(store.Get(name, StoreGet{key}) == Success("the policy's"));
    }
  }
  CHECK(FilesIn(dir.path()) == std::vector<std::string>{"records", "values"});
}

TEST_CASE("a policy's values take no room of the host's records") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  for (int n = 0; n < limits::kStoreKeys; ++n) {
    REQUIRE(store.Set("vol1", StoreSet{"k" + std::to_string(n), "v"}).ok());
  }
  CHECK(store.Set("vol1", StoreSet{"more", "v"}).code == ErrorCode::kDiskFull);
  const std::string state(limits::kStateFileBytes, 's');
  CHECK(store.Set("vol1", RecordSet{"state", state}).ok());
  CHECK(store.Get("vol1", RecordGet{"state"}) == Success(state));
  CHECK(store.Set("vol1", RecordSet{"state", state + "s"}).code == ErrorCode::kInvalidParameter);
}

TEST_CASE("a record that does not fit its checksum stays so until it is written again") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  REQUIRE(store.Set("vol1", RecordSet{"versions", "{}"}).ok());
  const std::string path = dir / "records/vol1/versions";
  WriteFile(path, ReadFile(path) + " ");
  for (int i = 0; i < 2; ++i) {
    CHECK(store.Get("vol1", RecordGet{"versions"}).code == ErrorCode::kFileCorrupt);
  }
  REQUIRE(store.Set("vol1", RecordSet{"versions", "[]"}).ok());
  CHECK(store.Get("vol1", RecordGet{"versions"}) == Success("[]"));
}

TEST_CASE("a record is dropped, and there was none is no error") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  REQUIRE(store.Set("vol1", RecordSet{"online", "x"}).ok());
  CHECK(store.Drop("vol1", "online").ok());
  CHECK(store.Get("vol1", RecordGet{"online"}).code == ErrorCode::kNotFound);
  CHECK(store.Drop("vol1", "online").ok());
  CHECK(store.Drop("vol2", "online").ok());
}

TEST_CASE("the store refuses keys and values that it cannot keep") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  for (const std::string key :
       {"", ".", "..", ".state", ".x", "...", "a/b", "../records/vol1/state", "a\\b", "Upper", "a~",
        "a b", "\xc3\xa4"}) {
    CHECK(store.Set("vol1", StoreSet{key, "v"}).code == ErrorCode::kInvalidParameter);
    CHECK(store.Get("vol1", StoreGet{key}).code == ErrorCode::kInvalidParameter);
    CHECK(store.Set("vol1", RecordSet{key, "v"}).code == ErrorCode::kInvalidParameter);
    CHECK(store.Get("vol1", RecordGet{key}).code == ErrorCode::kInvalidParameter);
  }
  CHECK(store.Set("vol1", StoreSet{std::string(65, 'k'), "v"}).code ==
        ErrorCode::kInvalidParameter);
  const std::string large(limits::kStoreValueBytes + 1, 'x');
  CHECK(Text(store.Set("vol1", StoreSet{"k", large})) ==
        "ERROR_INVALID_PARAMETER (a value has at most 65536 bytes)");
  for (int n = 0; n < limits::kStoreKeys; ++n) {
    REQUIRE(store.Set("vol1", StoreSet{"k" + std::to_string(n), "v"}).ok());
  }
  CHECK(Text(store.Set("vol1", StoreSet{"more", "v"})) ==
        "ERROR_DISK_FULL (a resource stores at most 256 values)");
  CHECK(store.Set("vol1", StoreSet{"k0", "changed"}).ok());
}

TEST_CASE("a corrupt value is set aside and reported once") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  REQUIRE(store.Set("vol1", StoreSet{"boots", "123456789"}).ok());
  const std::string path = dir / "values/vol1/boots";
  const std::string good = ReadFile(path);
  CHECK(good == "tidegate-store 1 e3069283 9\n123456789");  // the known CRC-32C of these digits
  for (const std::string& bad :
       {std::string(), good.substr(0, 12), good.substr(0, good.size() - 1), good + "6",
        "tidegate-store 2" + good.substr(16), good.substr(0, good.size() - 1) + "6",
        std::string(99, '\n'), std::string(200'000, 'z')}) {
    WriteFile(path, bad);
    CHECK(Text(store.Get("vol1", StoreGet{"boots"})) ==
          "ERROR_FILE_CORRUPT (" + path + " does not fit its checksum; it is now " + path +
              ".corrupt~)");
    CHECK(ReadFile(path + ".corrupt~") == bad);
    CHECK(store.Get("vol1", StoreGet{"boots"}).code == ErrorCode::kNotFound);
  }
  REQUIRE(store.Set("vol1", StoreSet{"boots", "6"}).ok());
  CHECK(Get(store, "boots") == "6");
}

TEST_CASE("Clean removes what an interrupted set left, and nothing else") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  store.Clean("vol1");
  REQUIRE(store.Set("vol1", StoreSet{"k", "v"}).ok());
  WriteFile(dir / "values/vol1/k.123.4.tmp~", "half");
  WriteFile(dir / "values/vol1/k.corrupt~", "evidence");
  WriteFile(dir / "values/vol1/x.tmp", "a key");
  std::filesystem::create_directories(dir / "records/vol1");
  WriteFile(dir / "records/vol1/state.1.2.tmp~", "half");
  store.Clean("vol1");
  CHECK(FilesIn(dir / "records/vol1").empty());
  CHECK(FilesIn(dir / "values/vol1") == std::vector<std::string>{"k", "k.corrupt~", "x.tmp"});
}

TEST_CASE("Sweep removes folders named by a number, and those of no resource") {
  const TemporaryDirectory dir;
  const Store store = Opened(dir.path());
  const char* const names[] = {"vol1", "#7", "#7b", "%237", "23"};
  for (const char* name : names) {
    REQUIRE(store.Set(name, RecordSet{"state", name}).ok());
    REQUIRE(store.Set(name, StoreSet{"k", name}).ok());
  }
  for (const char* stray : {"%237", "records/%237", "values/%2331"}) {
    std::filesystem::create_directory(dir / stray);
    WriteFile(dir / stray + "/state", "whose");
  }
  std::filesystem::create_directories(dir / "records/%234/folder");
  CHECK(store.Sweep() == 3);
  CHECK(store.Sweep() == 0);
  for (const char* name : names) {
    CHECK(store.Get(name, RecordGet{"state"}) == Success(std::string(name)));
    CHECK(store.Get(name, StoreGet{"k"}) == Success(std::string(name)));
  }
  CHECK(std::filesystem::exists(dir / "records/%234/folder"));
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

}  // namespace
}  // namespace tidegate
