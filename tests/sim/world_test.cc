// The rules of volumes in the simulated world, as a picture each: they are those of host/env/linux.
#include "host/sim/world.h"

#include <catch2/catch_test_macros.hpp>

namespace tidegate::sim {
namespace {

struct Picture {
  World world;
  Picture() {
    world.Reset(2, 1);
    (void)Do(VolumeOnline{Open()});
  }
  std::string Do(const Call& call, int node = 0) {
    return Text(world.Perform(node, 0, call, "/dev/vol1", Instant{}));
  }
  VolumeHandle Open(int node = 0) {
    const Reply reply = world.Perform(node, 0, VolumeOpen{"/dev/vol1"}, "/dev/vol1", Instant{});
    REQUIRE(reply.ok());
    return *OpenedHandle(reply);
  }
};

TEST_CASE("offline needs a dismount through the same handle", "[sim]") {
  Picture p;
  const VolumeHandle a = p.Open();
  const VolumeHandle b = p.Open();
  CHECK(p.Do(VolumeOffline{a}) == "ERROR_ACCESS_DENIED (dismount through this handle first)");
  CHECK(p.Do(VolumeDismount{a, false}) == "ok");
  CHECK(p.Do(VolumeOffline{b}) == "ERROR_ACCESS_DENIED (dismount through this handle first)");
  CHECK(p.Do(VolumeMount{b, "/mnt", false}) ==
        "ERROR_ACCESS_DENIED (locked or dismounted through another handle)");
  CHECK(p.Do(VolumeOffline{a}) == "ok");
  CHECK(p.Do(VolumeOffline{b}) == "ok");  // twice is harmless
  CHECK(p.Do(VolumeProbe{b, {0}, ""}) == "ERROR_NOT_READY (the volume is offline)");
}

TEST_CASE("a volume that was dismounted and not taken offline mounts again", "[sim]") {
  Picture p;
  const VolumeHandle a = p.Open();
  CHECK(p.Do(VolumeMount{a, "/mnt", false}) == "ok");
  CHECK(p.Do(VolumeDismount{a, false}) == "ok");
  CHECK_FALSE(p.world.volume(0, 0).mounted);
  CHECK(p.Do(VolumeClose{a}) == "ok");
  const VolumeHandle b = p.Open();
  CHECK(p.Do(VolumeIsMounted{b}) == "ok true");
}

TEST_CASE("a lock fails while files are open and flushes the cache when it succeeds", "[sim]") {
  Picture p;
  const VolumeHandle a = p.Open();
  CHECK(p.Do(VolumeMount{a, "/mnt", false}) == "ok");
  p.world.StartApplication(0, 0);
  CHECK(p.world.Write(0, 0, false));
  CHECK(p.Do(VolumeLock{a}) == "ERROR_ACCESS_DENIED (files are open)");
  p.world.StopApplication(0, 0);
  CHECK(p.world.volume(0, 0).cache == 1);
  CHECK(p.Do(VolumeLock{a}) == "ok");
  CHECK(p.world.volume(0, 0).cache == 0);
  CHECK(p.world.disk(0).durable == 1);
  CHECK(p.Do(VolumeUnlock{a}) == "ok");
  CHECK(p.Do(VolumeUnlock{a}) == "ERROR_NOT_LOCKED (not locked through this handle)");
  CHECK(p.world.volume(0, 0).mounted);
}

TEST_CASE("power failure loses what is in the cache and nothing else", "[sim]") {
  Picture p;
  p.world.StartApplication(0, 0);
  CHECK(p.world.Write(0, 0, true));
  CHECK(p.world.Write(0, 0, false));
  p.world.PowerFails(0);
  CHECK(p.world.disk(0).durable == 1);
  CHECK(p.world.volume(0, 0).offline);
  CHECK(p.world.volume(0, 0).cache == 0);
}

TEST_CASE("a node without access changes nothing", "[sim]") {
  Picture p;
  const VolumeHandle a = p.Open();
  CHECK(p.world.Writable(0, 0));
  p.world.Take(0, 0, Instant{});
  CHECK_FALSE(p.world.Writable(0, 0));
  p.world.Give(0, 0);
  CHECK(p.Do(VolumeOnline{a}) == "ok");
  p.world.disk(0).access = 0;
  CHECK(p.Do(VolumeProbe{a, {0}, ""}) == "ERROR_IO_DEVICE (EIO)");
}

TEST_CASE("two nodes that write destroy the disk", "[sim]") {
  Picture p;
  (void)p.Do(VolumeOnline{p.Open(1)}, 1);
  p.world.StartApplication(0, 0);
  p.world.StartApplication(1, 0);
  CHECK(p.world.Write(0, 0, true));
  CHECK(p.world.disk(0).destroyed);
}

}  // namespace
}  // namespace tidegate::sim
