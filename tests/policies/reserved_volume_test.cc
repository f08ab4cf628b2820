// policies/reserved-volume as pictures: the challenge that is won, the one that is lost, the
// defence, and the end of it.
#include <catch2/catch_test_macros.hpp>

#include "tests/lua/stage.h"

namespace tidegate {
namespace {

using test::Picture;
using test::Stage;

std::string Play(const std::string& picture) {
  Stage stage(
      {"reserved-volume.lua", test::FromTree("policies/reserved-volume/reserved-volume.lua"), {}},
      {{"VolumePath", "/dev/sdb"}, {"Key", std::int64_t{7}}});
  INFO(stage.error());
  REQUIRE(stage.loaded());
  return stage.Play(picture);
}

// How each arbitration of a volume that is offline here begins. -8 is ~7: what is taken by force is
// held with the complement of the node's key.
constexpr const char* kChallenge = R"(
      arbitrate
      -> volume.open path=/dev/sdb
      <- ok 1
      -> volume.reservation volume=1
      <- ok write_exclusive_registrants,8
      -> volume.ours path=/dev/sdb at=
      <- ok 2
      -> volume.is_offline volume=2
      <- ok true
      -> volume.offline volume=2
      <- ok
      -> volume.close volume=2
      <- ok
      -> volume.reservation volume=1
      <- ok write_exclusive_registrants,8
      -> volume.register volume=1 key=-8
      <- ok
      progress challenging the owner of the disk
      -> timer.sleep duration=10s
      <- ok
)";

TEST_CASE("reserved-volume: a challenge that nobody answers wins the disk, for this node alone") {
  const std::string picture = Picture(std::string(kChallenge) + R"(
      -> volume.registered_keys volume=1
      <- ok 8,-8
      -> volume.reservation volume=1
      <- ok write_exclusive_registrants,8
      -> volume.preempt volume=1 key=-8 victim=8 kind=write_exclusive_registrants abort=false
      <- ok
      -> volume.reservation volume=1
      <- ok write_exclusive_registrants,-8
      -> volume.registered_keys volume=1
      <- ok -8,5
      -> volume.preempt volume=1 key=-8 victim=5 kind=write_exclusive_registrants abort=false
      <- ok
      -> volume.close volume=1
      <- ok
      == ok
  )");
  CHECK(Play(picture) == picture);
}

TEST_CASE("reserved-volume: a challenger that was thrown out has lost") {
  const std::string picture = Picture(std::string(kChallenge) + R"(
      -> volume.registered_keys volume=1
      <- ok 8
      -> volume.reservation volume=1
      <- ok write_exclusive_registrants,8
      -> volume.register volume=1 key=0
      <- ok
      -> volume.close volume=1
      <- ok
  )");
  const std::string happened = Play(picture);
  INFO(happened);
  CHECK(happened.starts_with(picture));
  CHECK(happened.find("the disk's owner defends it: arbitration is lost") != std::string::npos);
}

TEST_CASE("reserved-volume: a node that lost the reservation is not alive and reads nothing") {
  const std::string picture = Picture(R"(
      is_alive
      -> volume.ours path=/dev/sdb at=
      <- ok 1
      -> volume.open path=/dev/sdb
      <- ok 2
      -> volume.reservation volume=2
      <- ok write_exclusive_registrants,8
      -> volume.close volume=2
      <- ok
      -> volume.close volume=1
      <- ok
  )");
  const std::string happened = Play(picture);
  INFO(happened);
  CHECK(happened.starts_with(picture));
  CHECK(happened.find("the disk's reservation is lost") != std::string::npos);
  CHECK(happened.find("volume.probe") == std::string::npos);
}

}  // namespace
}  // namespace tidegate
