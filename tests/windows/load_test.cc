// Loading and unloading, in a process where nobody else holds the DLL.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <set>
#include <string>

#include "tests/apps/resource_dll/policies.h"
#include "tests/windows/dll_stage.h"

namespace tidegate::test {
namespace {

template <class T>
const T* At(HMODULE module, DWORD offset) {
  return reinterpret_cast<const T*>(reinterpret_cast<std::uintptr_t>(module) + offset);
}

TEST_CASE("the DLL needs no other DLL than the system's own", "[lifetime]") {
  const HMODULE dll = LoadDll();
  const auto* dos = At<IMAGE_DOS_HEADER>(dll, 0);
  const auto* nt = At<IMAGE_NT_HEADERS>(dll, static_cast<DWORD>(dos->e_lfanew));
  const DWORD table = nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;
  std::set<std::string> names;
  for (const auto* from = At<IMAGE_IMPORT_DESCRIPTOR>(dll, table); from->Name != 0; ++from) {
    names.insert(At<char>(dll, from->Name));
  }
  CHECK(names == std::set<std::string>{"ADVAPI32.dll", "KERNEL32.dll", "msvcrt.dll"});
  FreeLibrary(dll);
}

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
