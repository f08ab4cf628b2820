// What a poll costs, beside what one request to the driver costs. Prints, and judges nothing.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "host/apps/resource_dll/control_codes.h"
#include "tests/windows/dll_stage.h"
#include "tests/windows/test_volume.h"
#include "tests/windows/volume_policy.h"

namespace tidegate::test {
namespace {

using Clock = std::chrono::steady_clock;

// How long something took, many times, in microseconds.
class Times {
 public:
  template <class What>
  void Take(What what) {
    const auto start = Clock::now();
    what();
    all_.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  double median() { return At(all_.size() / 2); }
  double longest() { return At(all_.size() - 1); }

 private:
  double At(std::size_t n) {
    std::ranges::sort(all_);
    return all_[n];
  }
  std::vector<double> all_;
};

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

// Terminate while a request hangs, that the driver gives back when it is cancelled.
Times TerminateWhileHung(OpenResource& resource, const TestVolume& volume, bool online) {
  constexpr unsigned kOnline = 0x0056c008;
  Times times;
  for (int n = 0; n < 50; ++n) {
    volume.Reset();
    resource.record.ClearReports();
    volume.Hang(online ? kOnline : static_cast<unsigned>(TEST_OP_READ), 1);
    (void)resource.monitor.Online(resource.id);  // which opens, goes online and reads
    volume.WaitHanging(1);
    times.Take([&] { resource.monitor.Terminate(resource.id); });
  }
  return times;
}

void Show(const char* what, Times times) {
  std::printf("%-48s %8.2f us, longest %8.0f us\n", what, times.median(), times.longest());
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
  const abi::MaintenanceModeEx off{0, abi::kDisableIsAliveCheck, 0, abi::kMaintenanceSignature};
  Times request;
  Times bare;
  Times read;
  Times fresh;
  // In turns, so that what else the machine does falls on all of them.
  for (int n = 0; n < 1000; ++n) {
    DWORD size = 0;
    request.Take(
        [&] { (void)DeviceIoControl(file, 0x00560014, nullptr, 0, nullptr, 0, &size, nullptr); });
    bare.Take([&] { ReadOnce(volume.path()); });
    (void)resource.monitor.Control(resource.id, control::kSetMaintenanceMode,
                                   std::as_bytes(std::span(&off, 1)));  // forgets the verdict
    read.Take([&] { (void)resource.monitor.IsAlive(resource.id); });
    fresh.Take([&] {
      for (int k = 0; k < 100; ++k) (void)resource.monitor.IsAlive(resource.id);
    });
  }
  CloseHandle(file);
  const double one = request.median();
  Show("one request to the driver", request);
  Show("open + read + close, nothing else", bare);
  Show("IsAlive that opens, reads and closes", read);
  std::printf("  = %.1f requests, %.1f of the same without a policy\n", read.median() / one,
              read.median() / bare.median());
  std::printf("%-48s %8.2f us\n", "IsAlive with a fresh verdict", fresh.median() / 100);
  resource.monitor.Terminate(resource.id);
  Show("Terminate while online hangs", TerminateWhileHung(resource, volume, true));
  Show("Terminate while a read hangs", TerminateWhileHung(resource, volume, false));
  return 0;
}

}  // namespace
}  // namespace tidegate::test

int main() { return tidegate::test::Run(); }
