// Every pointer of every function table, called with what no caller should pass: an error code, and
// never a crash.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "host/apps/resource_dll/control_codes.h"
#include "host/core/error_code.h"
#include "tests/apps/resource_dll/mutated_list.h"
#include "tests/apps/resource_dll/policies.h"
#include "tests/apps/resource_dll/stage.h"

namespace tidegate::test {
namespace {

constexpr abi::Dword kNoResource = abi::kResourceNotFound;

// What V1 to V4 have at the same place, with an id that names nothing.
void CallAll(const abi::FunctionTable& table, abi::ResourceId id) {
  const abi::FunctionsV1& v1 = table.v1;
  abi::Handle event = nullptr;
  v1.terminate(id);
  CHECK(v1.looks_alive(id) == 0);
  CHECK(v1.is_alive(id) == 0);
  CHECK(v1.arbitrate(id, nullptr) == kNoResource);
  CHECK(v1.release(id) == kNoResource);
  if (table.version == abi::kVersion1) {
    CHECK(v1.online(id, nullptr) == kNoResource);
    CHECK(v1.online(id, &event) == kNoResource);
    CHECK(v1.offline(id) == kNoResource);
  } else {
    CHECK(table.v2.online(id, nullptr, ~0u, nullptr, 0, 7) == kNoResource);
    CHECK(table.v2.offline(id, nullptr, ~0u, nullptr, 0, 7) == kNoResource);
    CHECK(table.v2.cancel(id, ~0u) == kNoResource);
  }
  abi::Bool later = 1;
  if (table.version < abi::kVersion4) {
    CHECK(v1.resource_control(id, control::kGetCharacteristics, nullptr, 0, nullptr, 0, nullptr) ==
          kNoResource);
  } else {
    CHECK(table.v4.begin_resource_control(id, ~0u, nullptr, 0, nullptr, 0, nullptr, 1, nullptr) ==
          kNoResource);
    CHECK(table.v4.begin_resource_control(id, ~0u, nullptr, 0, nullptr, 0, nullptr, 1, &later) ==
          kNoResource);
    CHECK(later == 0);
  }
  if (table.version == abi::kVersion4) {
    CHECK(table.v4.begin_resource_control_as_user(id, nullptr, ~0u, nullptr, 0, nullptr, 0, nullptr,
                                                  1, nullptr) == kNoResource);
  }
  v1.close(id);
}

TEST_CASE("a RESID that names nothing gets an error from every entry point", "[resource_dll]") {
  const abi::Dword version =
      GENERATE(abi::kVersion1, abi::kVersion2, abi::kVersion3, abi::kVersion4);
  INFO("version " << std::hex << version);
  const PolicyOnDisk policy(kPrompt);
  OpenResource resource(version, {{"PolicyPath", policy.path()}});
  const abi::ResourceId closed = resource.id;
  resource.Close();
  int stack = 0;
  for (const abi::ResourceId id :
       {abi::ResourceId{}, closed, static_cast<abi::ResourceId>(&stack),
        reinterpret_cast<abi::ResourceId>(~std::uintptr_t{0}), reinterpret_cast<abi::ResourceId>(1),
        reinterpret_cast<abi::ResourceId>(0xfffff)}) {
    CallAll(*resource.monitor.table(), id);
  }
}

TEST_CASE("buffers that cannot be are refused", "[resource_dll]") {
  const PolicyOnDisk policy(kTelling);
  OpenResource resource(abi::kVersion4, {{"PolicyPath", policy.path()}});
  const abi::FunctionsV4& v4 = resource.monitor.table()->v4;
  std::byte out[8];
  abi::Dword returned = 99;
  abi::Bool later = 1;
  const auto control = [&](void* in, abi::Dword in_size, void* to, abi::Dword size,
                           abi::Dword* count) {
    return v4.begin_resource_control(resource.id, control::kGetPrivateProperties, in, in_size, to,
                                     size, count, 7, &later);
  };
  CHECK(control(nullptr, 5, out, sizeof out, &returned) == abi::kInvalidParameter);
  CHECK(control(out, ~0u, out, sizeof out, &returned) == abi::kInvalidParameter);
  CHECK(control(nullptr, 0, nullptr, 8, &returned) == abi::kInvalidParameter);
  CHECK((returned == 0 && later == 0));
  // One that is answered at once: a busy machine makes others pending.
  CHECK(v4.begin_resource_control(resource.id, control::kGetCharacteristics, nullptr, 0, out, 2,
                                  nullptr, 7, &later) == abi::kMoreData);
  CHECK(v4.online(resource.id, nullptr, 0, nullptr, 5, 0) == abi::kInvalidParameter);
  CHECK(v4.online(resource.id, nullptr, 0, reinterpret_cast<abi::Byte*>(out), ~0u, 0) ==
        abi::kInvalidParameter);
  CHECK(v4.offline(resource.id, nullptr, 0, nullptr, 5, 0) == abi::kInvalidParameter);
  CHECK(v4.begin_resource_type_control(nullptr, 0, nullptr, 0, nullptr, 0, nullptr, 1, nullptr) ==
        static_cast<abi::Dword>(ErrorCode::kClusterResnameNotFound));
  CHECK(v4.begin_resource_type_control_as_user(u"Tidegate", nullptr, control::kTypeStartingPhase1,
                                               nullptr, 0, nullptr, 0, nullptr, 1,
                                               nullptr) == abi::kSuccess);
  CHECK(v4.arbitrate(resource.id, nullptr) == abi::kNotQuorumCapable);
  const std::u16string long_name(5000, u'x');
  CHECK(v4.open(long_name.c_str(), resource.key, &resource.record, ~0u) == nullptr);
  CHECK(v4.open(nullptr, resource.key, &resource.record, 0) == nullptr);
}

TEST_CASE("ten thousand mutated property lists change nothing that they should not",
          "[resource_dll]") {
  const PolicyOnDisk policy(kTelling);
  OpenResource resource(abi::kVersion1, {{"PolicyPath", policy.path()}});
  const auto send = [&](abi::Dword code, const std::vector<std::byte>& list) {
    return resource.monitor.ControlOnce(resource.id, code, list, 0).status;
  };
  PropertyListWriter path;
  path.Text("PolicyPath", policy.path());
  int accepted = 0;
  for (std::uint32_t seed = 1; seed <= 10'000; ++seed) {
    const std::vector<std::byte> list = MutatedList(seed);
    if (send(control::kValidatePrivateProperties, list) == abi::kSuccess) ++accepted;
    if (seed % 10 != 0) continue;
    (void)send(control::kSetPrivateProperties, list);
    (void)send(control::kSetPrivateProperties, path.bytes());  // it may have been cleared
  }
  CHECK(accepted > 100);
  const Properties stored = StoredIn(resource.key);
  for (const auto& [name, value] : stored) {
    INFO(name << " = " << Text(value));
    CHECK((name == "PolicyPath" || name == "PolicyDigest" || name == "Retries" || name == "Label" ||
           name == "Wait"));
  }
  if (const auto retries = stored.find("Retries"); retries != stored.end()) {
    const auto n = std::get<std::int64_t>(retries->second);
    CHECK((n >= 0 && n <= 10));
  }
}

}  // namespace
}  // namespace tidegate::test
