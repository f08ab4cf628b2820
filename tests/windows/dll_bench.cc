// What a poll costs, beside what one request to the driver costs. Prints, and judges nothing.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <vector>

#include "host/apps/resource_dll/control_codes.h"
#include "tests/windows/dll_stage.h"
#include "tests/windows/test_volume.h"
#include "tests/windows/volume_policy.h"

namespace tidegate::test {
namespace {

// The median, in microseconds.
double Median(int times, const std::function<void()>& before, const std::function<void()>& what) {
  std::vector<double> all;
  for (int n = 0; n < times; ++n) {
    if (before) before();
    const auto start = std::chrono::steady_clock::now();
    what();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    all.push_back(took.count());
  }
  std::ranges::sort(all);
  return all[all.size() / 2];
}

void ReadOnce(const std::string& path) {
  const HANDLE file =
      CreateFileW(Wide(path).c_str(), GENERIC_READ | GENERIC_WRITE,
                  FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr);
  alignas(512) char sector[512];
  DWORD size = 0;
  OVERLAPPED from_start{};
  (void)ReadFile(file, sector, sizeof sector, &size, &from_start);
  CloseHandle(file);
}

int Run() {
  const TestVolume volume(9);
  const PolicyOnDisk policy(PlainVolumePolicy("5s"));
  OpenResource resource(abi::kVersion4,
                        {{"PolicyPath", policy.path()}, {"VolumePath", volume.path()}});
  if (resource.Online() != abi::kSuccess) return 1;
  const HANDLE file =
      CreateFileW(Wide(volume.path()).c_str(), GENERIC_READ | GENERIC_WRITE,
                  FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr);
  DWORD size = 0;
  const double request = Median(2000, nullptr, [&] {
    (void)DeviceIoControl(file, 0x00560014, nullptr, 0, nullptr, 0, &size, nullptr);
  });
  const abi::MaintenanceModeEx off{0, abi::kDisableIsAliveCheck, 0, abi::kMaintenanceSignature};
  const auto forget = [&] {
    (void)resource.monitor.Control(resource.id, control::kSetMaintenanceMode,
                                   std::as_bytes(std::span(&off, 1)));
  };
  const double read = Median(500, forget, [&] { (void)resource.monitor.IsAlive(resource.id); });
  const double fresh = Median(2000, nullptr,
                              [&] {
                                for (int n = 0; n < 100; ++n)
                                  (void)resource.monitor.IsAlive(resource.id);
                              }) /
                       100;
  const double bare = Median(500, nullptr, [&] { ReadOnce(volume.path()); });
  std::printf("one request to the driver             %8.2f us\n", request);
  std::printf("open + read + close, nothing else     %8.2f us\n", bare);
  std::printf("IsAlive that opens, reads and closes  %8.2f us: %.1f requests, %.1f of the same\n",
              read, read / request, read / bare);
  std::printf("IsAlive with a fresh verdict          %8.2f us\n", fresh);
  CloseHandle(file);
  return 0;
}

}  // namespace
}  // namespace tidegate::test

int main() { return tidegate::test::Run(); }
