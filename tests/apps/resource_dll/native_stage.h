// What the stage offers where the DLL's code is linked into the tests.
#pragma once

#include <functional>

#include "host/core/env.h"
#include "tests/apps/resource_dll/stage.h"

namespace tidegate::test {

extern thread_local abi::Dword last_error;

// Performs volume.* for as long as it lives.
class VolumesForTest {
 public:
  explicit VolumesForTest(std::function<Reply(ResourceId, const Call&)> perform);
  ~VolumesForTest();
};

}  // namespace tidegate::test
