// The stage where the DLL's code is linked into the tests: a cluster database in memory, no volumes
// unless a test brings some.
#include "tests/apps/resource_dll/native_stage.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <unistd.h>

#include "host/apps/resource_dll/dll_module.h"
#include "host/apps/resource_dll/entry_points.h"

namespace tidegate {
namespace test {
namespace {

struct FakeKey {
  std::mutex mutex;
  Properties values;
};

class FakeParameters final : public ParameterStore {
 public:
  explicit FakeParameters(std::shared_ptr<FakeKey> key) : key_(std::move(key)) {}

  Result<Properties> Read() override {
    const std::scoped_lock lock(key_->mutex);
    return key_->values;
  }
  Outcome Write(const std::string& name, const std::optional<PropertyValue>& value) override {
    const std::scoped_lock lock(key_->mutex);
    if (value) {
      key_->values.insert_or_assign(name, *value);
    } else {
      key_->values.erase(name);
    }
    return Ok();
  }

 private:
  std::shared_ptr<FakeKey> key_;
};

class FakeEvent {
 public:
  std::atomic<bool> signalled = false;
};

std::mutex keys_mutex;
std::map<abi::Key, std::shared_ptr<FakeKey>> keys;
std::function<Reply(ResourceId, const Call&)> volumes;  // guarded by keys_mutex
std::atomic<int> folders = 0;

std::filesystem::path TopFolder() {
  return std::filesystem::temp_directory_path() / ("tidegate-dll-" + std::to_string(getpid()));
}

class FakeSystem final : public System {
 public:
  ~FakeSystem() override {
    std::error_code ignored;
    std::filesystem::remove_all(TopFolder(), ignored);
  }
  Result<std::shared_ptr<ParameterStore>> OpenParameters(abi::Key key) override {
    const std::scoped_lock lock(keys_mutex);
    const auto found = keys.find(key);
    if (found == keys.end()) return Error{ErrorCode::kInvalidParameter, "", "no such key"};
    return std::shared_ptr<ParameterStore>(std::make_shared<FakeParameters>(found->second));
  }
  VolumeDriver MakeVolumes() override {
    return {
        [](ResourceId id, const Call& call) {
          std::unique_lock lock(keys_mutex);
          const auto perform = volumes;
          lock.unlock();
          if (perform) return perform(id, call);
          return Failure(ErrorCode::kNotSupported, "no volumes in this test");
        },
        nullptr,
        nullptr,
        nullptr,
        nullptr,
        [](const std::string&) { return FileSystemFacts{"NTFS", "Data", 0x1234, 255, 8, 1 << 20}; },
        [](const std::string& volume, const std::string& path) {
          return path.starts_with(volume) ? ErrorCode::kSuccess : ErrorCode::kPathNotFound;
        }};
  }
  std::function<Reply(const std::string&, const Call&)> MakeCluster() override { return nullptr; }
  // One for the process, as a node has one.
  std::string StateDirectory() override { return (TopFolder() / "state").string(); }
  std::string UserOf(abi::Handle token) override { return token == nullptr ? "" : "S-1-5-7"; }
  std::string AccountOf(const std::string& user) override { return "CLUSTER\\" + user; }
  abi::Handle MakeEvent() override { return new FakeEvent; }
  void SetEvent(abi::Handle event, bool signalled) override {
    static_cast<FakeEvent*>(event)->signalled = signalled;
  }
  void CloseEvent(abi::Handle event) override { delete static_cast<FakeEvent*>(event); }
  void SetLastError(abi::Dword error) override { last_error = error; }
};

}  // namespace

thread_local abi::Dword last_error = 0;

Exports DllExports() { return {&StartV1, &StartEx}; }

abi::Key NewKey(const Properties& parameters) {
  auto key = std::make_shared<FakeKey>();
  key->values = parameters;
  const std::scoped_lock lock(keys_mutex);
  keys[key.get()] = key;
  return key.get();
}

Properties StoredIn(abi::Key key) {
  const std::scoped_lock lock(keys_mutex);
  return keys.at(key)->values;
}

void ForgetKey(abi::Key key) {
  const std::scoped_lock lock(keys_mutex);
  keys.erase(key);
}

std::filesystem::path NewFolder() {
  const auto folder = TopFolder() / std::to_string(++folders);
  std::filesystem::create_directories(folder);
  return folder;
}

std::filesystem::path StateFolder() { return TopFolder() / "state"; }

abi::Handle UserToken() { return &last_error; }
std::string UserName() { return "CLUSTER\\S-1-5-7"; }

bool Signalled(abi::Handle event) { return static_cast<FakeEvent*>(event)->signalled; }

VolumesForTest::VolumesForTest(std::function<Reply(ResourceId, const Call&)> perform) {
  const std::scoped_lock lock(keys_mutex);
  volumes = std::move(perform);
}

VolumesForTest::~VolumesForTest() {
  const std::scoped_lock lock(keys_mutex);
  volumes = nullptr;
}

}  // namespace test

DllModule& TheModule() {
  static test::FakeSystem system;
  static DllModule module(system);
  return module;
}

}  // namespace tidegate
