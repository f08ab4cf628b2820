// The main of a fuzzer: libFuzzer calls the target that TIDEGATE_FUZZ_TARGET names.
#include <cstddef>
#include <cstdint>
#include <ctime>

#include "tests/fuzz/targets.h"

#ifndef TIDEGATE_FUZZ_TARGET
#define TIDEGATE_FUZZ_TARGET FuzzPolicy  // for tools that read this file alone
#endif

// Why processor time: on a busy machine a quick run may take long by the clock on the wall.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::clock_t began = std::clock();
  tidegate::fuzz::TIDEGATE_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  const std::clock_t took = std::clock() - began;
  tidegate::fuzz::Expect(took < CLOCKS_PER_SEC, "an execution takes less than a second");
  return 0;
}
