// What must not grow: handles and memory.
#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "tests/apps/resource_dll/policies.h"
#include "tests/windows/dll_stage.h"

// Needs windows.h before it.
#include <psapi.h>

namespace tidegate::test {
namespace {

struct HandleEntry {  // SYSTEM_HANDLE_TABLE_ENTRY_INFO_EX
  void* object;
  ULONG_PTR process;
  ULONG_PTR handle;
  ULONG rest[4];
};

// Why not GetProcessHandleCount: Wine answers 0.
std::size_t OpenHandles() {
  using Query = LONG(WINAPI*)(int, void*, ULONG, ULONG*);
  constexpr int kExtendedHandles = 64;
  const auto query = Function<Query>(L"ntdll.dll", "NtQuerySystemInformation");
  std::vector<ULONG_PTR> buffer(1 << 18);
  ULONG size = 0;
  REQUIRE(query(kExtendedHandles, buffer.data(), static_cast<ULONG>(buffer.size() * 8), &size) ==
          0);
  const auto* entries = reinterpret_cast<const HandleEntry*>(buffer.data() + 2);
  std::size_t ours = 0;
  for (ULONG_PTR n = 0; n < buffer[0]; ++n) {
    if (entries[n].process == GetCurrentProcessId()) ++ours;
  }
  return ours;
}

std::size_t PrivateBytes() {
  PROCESS_MEMORY_COUNTERS counters{};
  REQUIRE(GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters));
  return counters.PagefileUsage;
}

void Cycle(const PolicyOnDisk& policy, int times) {
  for (int n = 0; n < times; ++n) {
    OpenResource resource(abi::kVersion4, {{"PolicyPath", policy.path()}}, u"cycle");
    REQUIRE(resource.Online() == abi::kSuccess);
    REQUIRE(resource.monitor.IsAlive(resource.id));
    REQUIRE(resource.Offline() == abi::kSuccess);
  }
}

TEST_CASE("a thousand cycles leave handles and memory as they were", "[lifetime]") {
  const PolicyOnDisk policy(kPrompt);
  OpenResource other(abi::kVersion4, {{"PolicyPath", policy.path()}});
  int times = 800;
  SECTION("beside another resource") { Cycle(policy, 200); }
  SECTION("alone, when host and threads come and go") {
    other.Close();
    times = 200;
    Cycle(policy, 50);
  }
  const std::size_t handles = OpenHandles();
  const std::size_t bytes = PrivateBytes();
  Cycle(policy, times);
  INFO(handles << " handles before, " << OpenHandles() << " after; " << bytes << " bytes before, "
               << PrivateBytes() << " after");
  // A thread that has just ended may still be counted.
  for (int tries = 0; tries < 200 && OpenHandles() > handles + 4; ++tries) Sleep(10);
  CHECK(OpenHandles() <= handles + 4);
  CHECK(PrivateBytes() < bytes + (4 << 20));
}

}  // namespace
}  // namespace tidegate::test
