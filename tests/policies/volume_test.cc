// policies/volume as pictures: what it asks of the world, and what comes of each answer.
#include <catch2/catch_test_macros.hpp>

#include "tests/lua/stage.h"

namespace tidegate {
namespace {

using test::Picture;
using test::Stage;

PolicySource Source() { return {"volume.lua", test::FromTree("policies/volume/volume.lua"), {}}; }

std::string Play(const std::string& picture, Properties more = {}) {
  more.emplace("VolumePath", "/img");
  Stage stage(Source(), std::move(more));
  INFO(stage.error());
  REQUIRE(stage.loaded());
  stage.cause = Cause{.kind = CauseKind::kDeadline, .message = "offline took too long"};
  return stage.Play(picture);
}

TEST_CASE("volume: online and mounted") {
  const std::string picture = Picture(R"(
      online
      -> volume.open path=/img
      <- ok 1
      -> volume.online volume=1
      <- ok
      -> volume.is_mounted volume=1
      <- ok false
      -> volume.is_dirty volume=1
      <- ok true
      log warning: /img was not cleanly dismounted
      progress mounting at /mnt
      -> volume.mount volume=1 where=/mnt read_only=false
      <- ok
      -> volume.probe volume=1 sectors=0 write_file=
      <- ok 4096
      -> volume.close volume=1
      <- ok
      == ok
  )");
  CHECK(Play(picture, {{"MountPoint", "/mnt"}}) == picture);
}

TEST_CASE("volume: online tries again, then says what failed, where, and how often") {
  const std::string picture = Picture(R"(
      online
      -> volume.open path=/img
      <- ok 1
      -> volume.online volume=1
      <- ERROR_NOT_READY (ENXIO: /dev/loop3)
      -> timer.sleep duration=250ms
      <- ok
      -> volume.online volume=1
      <- ERROR_NOT_READY (ENXIO: /dev/loop3)
      -> volume.close volume=1
      <- ok
      == failed: online: volume.online failed: ERROR_NOT_READY (21), ENXIO: /dev/loop3, after 2 \
         attempts (volume.lua:52)
  )");
  CHECK(Play(picture, {{"OnlineRetries", std::int64_t{1}}}) == picture);
}

TEST_CASE("volume: offline is lock, dismount and offline on one handle") {
  const std::string picture = Picture(R"(
      offline
      -> volume.ours path=/img at=
      <- ok 4
      -> volume.is_offline volume=4
      <- ok false
      -> volume.lock volume=4
      <- ERROR_ACCESS_DENIED (EBUSY: 2 open files)
      progress waiting for open files: EBUSY: 2 open files
      -> timer.sleep duration=100ms
      <- ok
      -> volume.lock volume=4
      <- ok
      -> volume.dismount volume=4 force=false
      <- ok
      -> volume.offline volume=4
      <- ok
      -> volume.close volume=4
      <- ok
      == ok
  )");
  CHECK(Play(picture) == picture);
}

TEST_CASE("volume: offline where the device has no offline state") {
  const std::string picture = Picture(R"(
      offline
      -> volume.ours path=/img at=
      <- ok 1
      -> volume.is_offline volume=1
      <- ok false
      -> volume.lock volume=1
      <- ok
      -> volume.dismount volume=1 force=false
      <- ok
      -> volume.offline volume=1
      <- ERROR_NOT_SUPPORTED
      -> volume.supports_online_offline volume=1
      <- ok false
      log warning: /img has no offline state: dismounted only
      -> volume.close volume=1
      <- ok
      == ok
  )");
  CHECK(Play(picture) == picture);
}

TEST_CASE("volume: offline gives up when its time for open files is over") {
  const std::string picture = Picture(R"(
      offline
      -> volume.ours path=/img at=
      <- ok 1
      -> volume.is_offline volume=1
      <- ok false
      -> volume.lock volume=1
      <- ERROR_ACCESS_DENIED
      progress waiting for open files:
      -> timer.sleep duration=100ms
      <- ok
      -> volume.lock volume=1
      <- ERROR_ACCESS_DENIED
      -> volume.close volume=1
      <- ok
      == failed: offline: volume.lock failed: ERROR_ACCESS_DENIED (5), after 2 attempts \
         (volume.lua:78)
  )");
  std::string happened = Play(picture, {{"OfflineWithin", "100ms"}});
  if (const auto at = happened.find("files: \n"); at != happened.npos) happened.erase(at + 6, 1);
  CHECK(happened == picture);
}

TEST_CASE("volume: is_alive reads the device, and every second time writes") {
  const std::string picture = Picture(R"(
      is_alive
      -> volume.ours path=/img at=/mnt
      <- ok 1
      -> volume.is_offline volume=1
      <- ok false
      -> volume.is_mounted volume=1
      <- ok true
      -> volume.probe volume=1 sectors=8 write_file=.tidegate-probe
      <- ok 4096
      -> volume.close volume=1
      <- ok
      == ok
      is_alive
      -> volume.ours path=/img at=/mnt
      <- ok 2
      -> volume.is_offline volume=2
      <- ok false
      -> volume.is_mounted volume=2
      <- ok true
      -> volume.probe volume=2 sectors=8 write_file=
      <- ERROR_IO_DEVICE (EIO: sector 8)
      -> volume.close volume=2
      <- ok
      == failed: is_alive: volume.probe failed: ERROR_IO_DEVICE (1117), EIO: sector 8 \
         (volume.lua:119)
  )");
  CHECK(Play(picture, {{"MountPoint", "/mnt"},
                       {"ProbeSector", std::int64_t{8}},
                       {"DeepProbeEvery", std::int64_t{2}}}) == picture);
}

TEST_CASE("volume: looks_alive is cheap and sees an unmounted volume") {
  const std::string picture = Picture(R"(
      looks_alive
      -> volume.ours path=/img at=/mnt
      <- ok 1
      -> volume.is_offline volume=1
      <- ok false
      -> volume.is_mounted volume=1
      <- ok false
      -> volume.close volume=1
      <- ok
      == failed: looks_alive: nothing is mounted at /mnt (volume.lua:97)
      looks_alive
      -> volume.ours path=/img at=/mnt
      <- ERROR_FILE_NOT_FOUND (ENOENT: /img)
      == failed: looks_alive: volume.ours failed: ERROR_FILE_NOT_FOUND (2), ENOENT: /img \
         (volume.lua:41)
  )");
  CHECK(Play(picture, {{"MountPoint", "/mnt"}}) == picture);
}

TEST_CASE("volume: terminate tries everything and raises nothing") {
  const std::string picture = Picture(R"(
      terminate
      -> volume.ours path=/img at=
      <- ok 9
      -> volume.dismount volume=9 force=true
      <- ERROR_ACCESS_DENIED (EPERM)
      log warning: dismount: volume.dismount failed: ERROR_ACCESS_DENIED (5), EPERM
      -> volume.offline volume=9
      <- ERROR_NOT_READY
      log warning: offline: volume.offline failed: ERROR_NOT_READY (21)
      -> volume.close volume=9
      <- ok
      == ok
      terminate
      -> volume.ours path=/img at=
      <- ERROR_FILE_NOT_FOUND
      log warning: not opened: volume.ours failed: ERROR_FILE_NOT_FOUND (2)
      == ok
  )");
  CHECK(Play(picture) == picture);
}

TEST_CASE("volume: what it says of itself") {
  Stage stage(Source(), {{"VolumePath", "/img"}});
  const Manifest& manifest = stage.policy().manifest();
  CHECK(manifest.name == "volume.lua");
  CHECK(manifest.version == "1.0");
  CHECK(manifest.digest.size() == 64);
  CHECK(manifest.properties.size() == 6);
  CHECK(manifest.Timeout(EntryPoint::kIsAlive) == Seconds(5));
  CHECK(manifest.health == Health{.fail_after = 2, .of = 3, .succeed_after = 1});
  CHECK_FALSE(manifest.capabilities.Has(Capability::kStore));
  CHECK(Stage(Source(), {}).error() ==
        "property VolumePath: is required (the volume to own: an image "
        "file, loop:FILE, or a block device)");
}

}  // namespace
}  // namespace tidegate
