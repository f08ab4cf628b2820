// policies/lun-mask as pictures: nobody is told to take the LUN before the device says offline.
#include <catch2/catch_test_macros.hpp>

#include "tests/lua/stage.h"

namespace tidegate {
namespace {

using test::Picture;
using test::Stage;

std::string Play(const std::string& picture) {
  Stage stage({"lun-mask.lua", test::FromTree("policies/lun-mask/lun-mask.lua"), {}},
              {{"VolumePath", "/dev/sdb1"}, {"Taker", "array7"}});
  INFO(stage.error());
  REQUIRE(stage.loaded());
  return stage.Play(picture);
}

TEST_CASE("lun-mask: lock, dismount, offline, confirm, then hand over") {
  const std::string picture = Picture(R"(
      offline
      -> volume.ours path=/dev/sdb1 at=
      <- ok 1
      -> volume.is_offline volume=1
      <- ok false
      -> volume.supports_online_offline volume=1
      <- ok true
      progress waiting for open files
      -> volume.lock volume=1
      <- ok
      progress dismounting
      -> volume.dismount volume=1 force=false
      <- ok
      -> volume.offline volume=1
      <- ok
      -> volume.is_offline volume=1
      <- ok true
      -> store.set key=lun.taker value=array7
      <- ok
      log info: /dev/sdb1 is offline: array7 may mask its LUN
      -> volume.close volume=1
      <- ok
      == ok
  )");
  CHECK(Play(picture) == picture);
}

TEST_CASE("lun-mask: a device that lies about offline is not handed over") {
  const std::string picture = Picture(R"(
      offline
      -> volume.ours path=/dev/sdb1 at=
      <- ok 1
      -> volume.is_offline volume=1
      <- ok false
      -> volume.supports_online_offline volume=1
      <- ok true
      progress waiting for open files
      -> volume.lock volume=1
      <- ok
      progress dismounting
      -> volume.dismount volume=1 force=false
      <- ok
      -> volume.offline volume=1
      <- ok
      -> volume.is_offline volume=1
      <- ok false
      -> volume.close volume=1
      <- ok
      == failed: offline: the volume says that it is not offline (lun-mask.lua:88)
  )");
  CHECK(Play(picture) == picture);
}

TEST_CASE("lun-mask: after a crash the device tells that it is offline already") {
  const std::string picture = Picture(R"(
      offline
      -> volume.ours path=/dev/sdb1 at=
      <- ok 1
      -> volume.is_offline volume=1
      <- ok true
      -> volume.offline volume=1
      <- ok
      -> store.set key=lun.taker value=array7
      <- ok
      log info: /dev/sdb1 is offline: array7 may mask its LUN
      -> volume.close volume=1
      <- ok
      == ok
  )");
  CHECK(Play(picture) == picture);
}

TEST_CASE("lun-mask: without an offline state nothing comes online") {
  const std::string picture = Picture(R"(
      online
      -> volume.open path=/dev/sdb1
      <- ok 1
      -> volume.supports_online_offline volume=1
      <- ok false
      -> volume.close volume=1
      <- ok
      == failed: online: this kind of device has no offline state: its LUN cannot be handed over \
         safely (lun-mask.lua:49)
  )");
  CHECK(Play(picture) == picture);
}

}  // namespace
}  // namespace tidegate
