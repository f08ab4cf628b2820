// A TestVolume is one of the test driver's volumes, with faults on demand.
//
// The driver (test_volume.c) lies beside the test program and is started when first needed; it
// stays until Wine ends. Volumes are shared by all processes: tests that use them hold ctest's
// RESOURCE_LOCK.
#pragma once

#include <cstdint>
#include <string>

#include "tests/windows/test_volume_control.h"

namespace tidegate::test {

// Starts the driver; the reason when it cannot.
std::string StartTestDriver();

class TestVolume {
 public:
  explicit TestVolume(unsigned number);  // online, empty, without faults
  ~TestVolume();                         // the same again, and nothing hangs
  TestVolume(const TestVolume&) = delete;
  TestVolume& operator=(const TestVolume&) = delete;

  std::string path() const;  // \\?\Volume{...}
  // `op` is TEST_OP_... or a control code; `count` 0: for ever.
  void Fail(unsigned op, std::uint32_t nt_status, unsigned count = 1) const;
  void Delay(unsigned op, unsigned milliseconds, unsigned count = 1) const;
  void Hang(unsigned op, unsigned count = 0) const;
  void Stick(unsigned op, unsigned count = 0) const;  // ignores cancellation
  void Release(std::uint32_t nt_status = 0) const;
  void Vanish(bool gone) const;
  void Is(unsigned what) const;  // TEST_IS_..., until Reset
  void Reset() const;
  void WaitHanging(unsigned requests) const;
  test_state state() const;

 private:
  unsigned number_;
};

}  // namespace tidegate::test
