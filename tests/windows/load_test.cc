// Loading and unloading, in a process where nobody else holds the DLL.
#include <catch2/catch_test_macros.hpp>

#include "tests/apps/resource_dll/policies.h"
#include "tests/windows/dll_stage.h"

namespace tidegate::test {
namespace {

TEST_CASE("the DLL is loaded, used and unloaded a hundred times", "[lifetime]") {
  const PolicyOnDisk policy(kPending);
  for (int n = 0; n < 100; ++n) {
    INFO("load " << n);
    const HMODULE dll = LoadDll();
    const ResourceMonitor monitor(ExportsOf(dll), abi::kVersion2);
    REQUIRE(monitor.started() == abi::kSuccess);
    Record record;
    const abi::Key key = NewKey({{"PolicyPath", policy.path()}});
    const abi::ResourceId id = monitor.Open(u"load", key, record);
    if (monitor.Online(id) == abi::kIoPending) REQUIRE(record.WaitEnd());
    CHECK(monitor.IsAlive(id));
    monitor.Close(id);
    ForgetKey(key);
    FreeLibrary(dll);
    // The last threads leave by themselves, and take the DLL along.
    while (GetModuleHandleW(L"tidegate.dll") != nullptr) Sleep(1);
  }
}

}  // namespace
}  // namespace tidegate::test
