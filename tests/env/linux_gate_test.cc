// A device that hangs, and what that does to everybody else: nothing.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/env/linux_lab.h"

namespace tidegate::test {
namespace {

// Mounts when it is told to, and counts.
class HangingDevice final : public Device {
 public:
  std::string_view Kind() const override { return "hanging"; }
  std::string Node() const override { return "/dev/hanging"; }
  Result<Geometry> Measure() const override { return Geometry{512, 512, false}; }
  Result<Fd> OpenForProbe() const override { return Fd(); }
  std::vector<MountPoint> Mounts() const override {
    if (!mounted) return {};
    MountPoint m;
    m.where = "/tmp/hanging";
    return {m};
  }
  Result<Extents> Where() const override { return Extents{}; }
  Result<std::int64_t> Number() const override { return std::int64_t{0}; }
  Outcome Flush() const override { return Ok(); }
  Result<Fd> ProbeDirectory(const std::string&) const override { return Fd(); }
  Result<Fd> Claim() override { return Fd(); }
  Outcome Mount(const std::string&, bool) override {
    std::unique_lock lock(mutex);
    inside = true;
    changed.notify_all();
    changed.wait(lock, [&] { return let_go; });
    mounted = true;
    return Ok();
  }
  Outcome Unmount(const std::vector<MountPoint>&) override {
    mounted = false;
    return Ok();
  }
  Outcome ShutDown(const std::vector<MountPoint>& m) override { return Unmount(m); }
  Outcome Remount(const std::vector<MountPoint>&) override { return Ok(); }

  void WaitUntilInside() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return inside; });
  }
  void LetGo() {
    const std::scoped_lock lock(mutex);
    let_go = true;
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  bool inside = false;
  bool let_go = false;
  std::atomic<bool> mounted = false;
};

}  // namespace

TEST_CASE("nobody waits for ever behind an operation that hangs, and a late mount is undone",
          "[env][volume]") {
  auto owned = std::make_unique<HangingDevice>();
  HangingDevice& device = *owned;
  Marks marks;
  const auto volume = std::make_shared<Volume>(std::move(owned), marks);
  const auto handle = std::make_shared<Handle>();
  handle->volume = volume;
  Outcome late = Ok();
  std::thread mounting([&] { late = volume->Mount(handle, "/tmp/hanging", false); });
  device.WaitUntilInside();

  CHECK_FALSE(*volume->IsMounted());
  const auto other = std::make_shared<Handle>();
  other->volume = volume;
  const Outcome busy = volume->Lock(other);
  REQUIRE_FALSE(busy.ok());
  CHECK(busy.error().code == ErrorCode::kBusy);
  CHECK(busy.error().detail == "volume.mount is still under way, since 5 s");

  handle->closed = true;
  volume->Closed();
  device.LetGo();
  mounting.join();
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().code == ErrorCode::kOperationAborted);
  CHECK_FALSE(*volume->IsMounted());
  CHECK(volume->Lock(other).ok());
}

TEST_CASE("many threads on one volume leave it as the last one says", "[env][volume]") {
  const std::string kind = GENERATE("image", "loop");
  CAPTURE(kind);
  Lab lab;
  const std::string path = lab.Make(kind);
  const std::size_t before = OpenDescriptors();
  {
    Volumes volumes;
    std::vector<std::thread> threads;
    for (std::uint32_t n = 0; n < 6; ++n) {
      threads.emplace_back([&, n] {
        const ResourceId id{n};
        for (int i = 0; i < 12; ++i) {
          const Reply open = volumes.Perform(id, VolumeOpen{path});
          if (!open.ok()) continue;
          const auto v = std::get<VolumeHandle>(open.value);
          volumes.Perform(id, VolumeOnline{v});
          volumes.Perform(id, VolumeMount{v, lab.where(), false});
          volumes.Perform(id, VolumeProbe{v, {0}, "probe"});
          volumes.Perform(id, VolumeIsMounted{v});
          if (i % 3 == 0) volumes.Perform(id, VolumeDismount{v, i % 2 == 0});
          if (i % 4 == 0) volumes.Perform(id, VolumeOffline{v});
          if (i % 5 == 0) volumes.CloseAll(id);
          volumes.Perform(id, VolumeClose{v});
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    const ResourceId id{99};
    const auto v = std::get<VolumeHandle>(volumes.Perform(id, VolumeOpen{path}).value);
    CHECK(Short(volumes.Perform(id, VolumeOnline{v})) == "ok");
    CHECK(Short(volumes.Perform(id, VolumeMount{v, lab.where(), false})) == "ok");
    CHECK(Short(volumes.Perform(id, VolumeDismount{v, false})) == "ok");
    CHECK(Short(volumes.Perform(id, VolumeOffline{v})) == "ok");
  }
  CHECK(OpenDescriptors() == before);
}

}  // namespace tidegate::test
