// Many resources, many cycles, and Terminate at any moment.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <memory>
#include <random>
#include <thread>

#include "host/apps/resource_dll/control_codes.h"
#include "tests/apps/resource_dll/policies.h"
#include "tests/apps/resource_dll/stage.h"

namespace tidegate::test {
namespace {

TEST_CASE("Terminate at random moments of every entry point, a thousand times",
          "[resource_dll][stress]") {
  const PolicyOnDisk policy(kPending);
  OpenResource resource(abi::kVersion2, {{"PolicyPath", policy.path()}});
  std::atomic<bool> done = false;
  std::thread terminator([&] {
    std::minstd_rand random(1);
    for (int n = 0; n < 1000; ++n) {
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
      resource.monitor.Terminate(resource.id);
    }
    done = true;
  });
  std::minstd_rand random(2);
  int onlines = 0;
  while (!done) {
    (void)resource.monitor.Online(resource.id);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
    if (resource.monitor.LooksAlive(resource.id)) ++onlines;
    (void)resource.monitor.IsAlive(resource.id);
    (void)resource.monitor.Control(resource.id, control::kGetPrivateProperties);
    (void)resource.monitor.Offline(resource.id);
  }
  terminator.join();
  resource.monitor.Terminate(resource.id);
  resource.record.Clear();
  CHECK(onlines > 0);
  CHECK(resource.Online() == abi::kSuccess);  // it still works
  CHECK(resource.monitor.IsAlive(resource.id));
}

TEST_CASE("a hundred resources run beside each other", "[resource_dll][stress]") {
  const PolicyOnDisk policy(kPending);
  const PolicyOnDisk endless(kEndless);
  std::vector<std::unique_ptr<OpenResource>> all;
  std::vector<abi::Dword> begun;
  for (int n = 0; n < 100; ++n) {
    const std::string number = std::to_string(n);
    all.push_back(std::make_unique<OpenResource>(
        abi::kVersion4, Properties{{"PolicyPath", (n % 10 == 0 ? endless : policy).path()}},
        std::u16string(number.begin(), number.end())));
    begun.push_back(all.back()->monitor.Online(all.back()->id));
  }
  for (std::size_t n = 0; n < 100; ++n) {
    INFO("resource " << n);
    if (n % 10 == 0) {
      CHECK(begun[n] == abi::kIoPending);
      continue;
    }
    OpenResource& resource = *all[n];
    if (begun[n] == abi::kIoPending) {
      const auto end = resource.record.WaitEnd();
      CHECK((end && end->state == 2));
    }
    CHECK(resource.monitor.IsAlive(resource.id));
  }
}

}  // namespace
}  // namespace tidegate::test
