// One story, told of every kind of volume.
#include "tests/env/linux_lab.h"

namespace tidegate::test {

TEST_CASE("a volume comes online, is used, and goes offline by the book", "[env][volume]") {
  const std::string kind = GENERATE("image", "loop", "block");
  CAPTURE(kind);
  Lab lab;
  const std::string path = lab.Make(kind);
  const std::size_t before = OpenDescriptors();
  {
    Host host;
    VolumeHandle v = host.Open(path);
    CHECK(host(VolumeOnline{v}) == "ok");
    CHECK(host(VolumeOnline{v}) == "ok");
    CHECK(host(VolumeIsOffline{v}) == "ok false");
    CHECK(host(VolumeIsMounted{v}) == "ok false");
    CHECK(host(VolumeMount{v, lab.where(), false}) == "ok");
    CHECK(host(VolumeMount{v, lab.where(), false}) == "ok");
    CHECK(host(VolumeMount{v, lab.dir + "/elsewhere", false}) == "ERROR_BUSY");
    CHECK(host(VolumeIsMounted{v}) == "ok true");
    CHECK(host.Ask(VolumeProbe{v, {0, 8, 16383}, "probe"}).ok());
    CHECK(host(VolumeProbe{v, {16384}, ""}) == "ERROR_INVALID_PARAMETER");
    CHECK(host(VolumeProbe{v, {-1}, ""}) == "ERROR_INVALID_PARAMETER");
    CHECK(host(VolumeFlush{v}) == "ok");
    CHECK(host(VolumeSupportsOnlineOffline{v}) == (kind == "loop" ? "ok true" : "ok false"));
    CHECK(host(VolumeClose{v}) == "ok");
    CHECK(host(VolumeIsMounted{v}) == "ERROR_INVALID_HANDLE");

    v = host.Open(path);
    CHECK(host(VolumeIsMounted{v}) == "ok true");
    CHECK(host(VolumeOffline{v}) == "ERROR_ACCESS_DENIED");
    CHECK(host(VolumeUnlock{v}) == "ERROR_NOT_LOCKED");
    CHECK(host(VolumeLock{v}) == "ok");
    CHECK(host(VolumeOffline{v}) == "ERROR_ACCESS_DENIED");
    CHECK(host(VolumeDismount{v, false}) == "ok");
    CHECK(host(VolumeOffline{v}) == "ok");
    CHECK(host(VolumeOffline{v}) == "ok");
    CHECK(host(VolumeIsOffline{v}) == "ok true");
    CHECK(host(VolumeIsMounted{v}) == "ok false");
    CHECK(host(VolumeClose{v}) == "ok");

    v = host.Open(path);
    CHECK(host(VolumeProbe{v, {0}, ""}) == "ERROR_NOT_READY");
    CHECK(host(VolumeMount{v, lab.where(), false}) == "ERROR_NOT_READY");
    CHECK(host(VolumeFlush{v}) == "ERROR_NOT_READY");
    CHECK(host(VolumeLock{v}) == "ERROR_NOT_READY");
    CHECK(host.Ask(VolumeGetAttributes{v}).ok());
    CHECK(host(VolumeOnline{v}) == "ok");
    CHECK(host(VolumeMount{v, lab.where(), false}) == "ok");
    CHECK(host(VolumeDismount{v, true}) == "ok");
    CHECK(host(VolumeOffline{v}) == "ok");
    CHECK(host(VolumeClose{v}) == "ok");
  }
  CHECK(OpenDescriptors() == before);
}

TEST_CASE("unlock and close mount again what lock took away", "[env][volume]") {
  const std::string kind = GENERATE("image", "loop", "block");
  CAPTURE(kind);
  Lab lab;
  const std::string path = lab.Make(kind);
  Host host;
  VolumeHandle v = host.Open(path);
  REQUIRE(host(VolumeOnline{v}) == "ok");
  REQUIRE(host(VolumeMount{v, lab.where(), false}) == "ok");

  CHECK(host(VolumeLock{v}) == "ok");
  CHECK(host(VolumeIsMounted{v}) == "ok false");
  CHECK(host(VolumeUnlock{v}) == "ok");
  CHECK(host(VolumeIsMounted{v}) == "ok true");

  CHECK(host(VolumeLock{v}) == "ok");
  CHECK(host(VolumeClose{v}) == "ok");
  v = host.Open(path);
  CHECK(host(VolumeIsMounted{v}) == "ok true");

  // Dismounted but not offline: not at close, but at the next open.
  CHECK(host(VolumeDismount{v, false}) == "ok");
  CHECK(host(VolumeClose{v}) == "ok");
  CHECK_FALSE(std::filesystem::is_symlink(lab.where()));
  v = host.Open(path);
  CHECK(host(VolumeIsMounted{v}) == "ok true");
  CHECK(host(VolumeDismount{v, false}) == "ok");
  CHECK(host(VolumeOffline{v}) == "ok");
}

TEST_CASE("a busy volume is not locked, and who holds it is named", "[env][volume]") {
  const std::string kind = GENERATE("image", "loop", "block");
  CAPTURE(kind);
  Lab lab;
  const std::string path = lab.Make(kind);
  Host host;
  const VolumeHandle v = host.Open(path);
  REQUIRE(host(VolumeOnline{v}) == "ok");
  REQUIRE(host(VolumeMount{v, lab.where(), false}) == "ok");
  const std::string file = kind == "image" ? lab.where() : lab.where() + "/file";
  Process holder([&] { return open(file.c_str(), O_RDWR | O_CREAT, 0600) >= 0; });
  REQUIRE(holder.said_yes());

  const Reply refused = host.Ask(VolumeLock{v});
  CHECK(refused.code == ErrorCode::kAccessDenied);
  CHECK(refused.detail.find("EBUSY") == 0);
  INFO(refused.detail.str());
  CHECK(refused.detail.find("pid " + std::to_string(holder.pid()) + " (") != std::string::npos);
  CHECK(host(VolumeDismount{v, false}) == "ERROR_ACCESS_DENIED");
  CHECK(host(VolumeIsMounted{v}) == "ok true");
  holder.Kill();
  CHECK(host(VolumeLock{v}) == "ok");
  CHECK(host(VolumeDismount{v, false}) == "ok");
  CHECK(host(VolumeOffline{v}) == "ok");
}

TEST_CASE("someone unmounts it, and that is what is seen", "[env][volume]") {
  const std::string kind = GENERATE("image", "loop", "block");
  CAPTURE(kind);
  Lab lab;
  const std::string path = lab.Make(kind);
  Host host;
  const VolumeHandle v = host.Open(path);
  REQUIRE(host(VolumeOnline{v}) == "ok");
  REQUIRE(host(VolumeMount{v, lab.where(), false}) == "ok");
  REQUIRE((kind == "image" ? unlink(lab.where().c_str()) : umount(lab.where().c_str())) == 0);
  CHECK(host(VolumeIsMounted{v}) == "ok false");
  CHECK(host(VolumeMount{v, lab.where(), false}) == "ok");
  CHECK(host(VolumeIsMounted{v}) == "ok true");
  CHECK(host(VolumeDismount{v, false}) == "ok");
  CHECK(host(VolumeOffline{v}) == "ok");
}

TEST_CASE("a handle of one resource is nothing to another", "[env][volume]") {
  Lab lab;
  const std::string path = lab.Image();
  Host host;
  const VolumeHandle v = host.Open(path);
  CHECK(Short(host.volumes.Perform({2}, VolumeIsMounted{v})) == "ERROR_INVALID_HANDLE");
  CHECK(Short(host.volumes.Perform({2}, VolumeClose{v})) == "ERROR_INVALID_HANDLE");

  REQUIRE(host(VolumeLock{v}) == "ok");
  const Reply theirs = host.volumes.Perform({2}, VolumeOpen{path});
  const auto other = std::get<VolumeHandle>(theirs.value);
  CHECK(other.id > v.id);
  CHECK(Short(host.volumes.Perform({2}, VolumeLock{other})) == "ERROR_ACCESS_DENIED");
  host.volumes.CloseAll(host.id);
  CHECK(host(VolumeUnlock{v}) == "ERROR_INVALID_HANDLE");
  CHECK(Short(host.volumes.Perform({2}, VolumeLock{other})) == "ok");
}

TEST_CASE("a second host is refused, and the next one finds what a killed one left",
          "[env][volume]") {
  const std::string kind = GENERATE("image", "loop");
  CAPTURE(kind);
  Lab lab;
  const std::string path = lab.Make(kind);
  Host* kept = nullptr;  // the child answers first and then goes on to hold its host
  Process first([&] {
    kept = new Host;
    const VolumeHandle v = kept->Open(path);
    return (*kept)(VolumeOnline{v}) == "ok" && (*kept)(VolumeMount{v, lab.where(), false}) == "ok";
  });
  REQUIRE(first.said_yes());

  Host second;
  VolumeHandle v = second.Open(path);
  const Reply refused = second.Ask(VolumeOnline{v});
  INFO(refused.detail.str());
  CHECK(refused.code == ErrorCode::kSharingViolation);
  CHECK(refused.detail.find("pid " + std::to_string(first.pid())) != std::string::npos);
  CHECK(second(VolumeLock{v}) == "ERROR_SHARING_VIOLATION");
  CHECK(second(VolumeIsMounted{v}) == "ok true");

  first.Kill();
  CHECK(second(VolumeIsMounted{v}) == "ok true");
  CHECK(second(VolumeIsOffline{v}) == "ok false");
  CHECK(second(VolumeOnline{v}) == "ok");
  CHECK(second(VolumeMount{v, lab.where(), false}) == "ok");
  CHECK(second(VolumeDismount{v, false}) == "ok");
  CHECK(second(VolumeOffline{v}) == "ok");
}

}  // namespace tidegate::test
