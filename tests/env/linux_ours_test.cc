// What a resource brought up is its own, by what it is and where it is; nothing else is touched.
#include "tests/env/linux_node.h"

namespace tidegate::test {
TEST_CASE("what is brought up is found by the next process, and not when it is offline",
          "[env][volume][ours]") {
  const std::string kind = GENERATE("image", "loop", "block");
  const bool mounts = GENERATE(true, false);
  CAPTURE(kind, mounts);
  Lab lab;
  const Node node(lab);
  const std::string path = lab.Make(kind);
  const VolumeOurs ours{path, mounts ? lab.where() : ""};
  CHECK((*node.Starts())(ours) == "ERROR_NOT_FOUND");
  {
    const auto host = node.Starts();
    const VolumeHandle v = host->Open(path);
    REQUIRE((*host)(VolumeOnline{v}) == "ok");
    if (mounts) REQUIRE((*host)(VolumeMount{v, lab.where(), false}) == "ok");
  }
  const auto next = node.Starts();
  const VolumeHandle v = Found(next->Ask(ours));
  CHECK((*next)(VolumeIsMounted{v}) == (mounts ? "ok true" : "ok false"));
  CHECK((*next)(VolumeLock{v}) == "ok");
  CHECK((*next)(VolumeDismount{v, false}) == "ok");
  CHECK((*next)(VolumeOffline{v}) == "ok");
  CHECK((*next)(ours) == "ERROR_NOT_FOUND");
  CHECK((*node.Starts())(ours) == "ERROR_NOT_FOUND");
}

TEST_CASE("a name that leads elsewhere, or nowhere, does not hide what is up",
          "[env][volume][ours]") {
  const bool vanishes = GENERATE(true, false);
  CAPTURE(vanishes);
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block"), other = lab.Disk(lab.Formatted("other.img"));
  const std::string link = lab.dir + "/by-path";
  std::filesystem::create_symlink(disk, link);
  {
    const auto host = node.Starts();
    const VolumeHandle v = host->Open(link);
    REQUIRE((*host)(VolumeOnline{v}) == "ok");
    REQUIRE((*host)(VolumeMount{v, lab.where(), false}) == "ok");
  }
  std::filesystem::remove(link);
  if (!vanishes) std::filesystem::create_symlink(other, link);

  const auto host = node.Starts();
  if (!vanishes) {
    const Reply refused = host->Ask(VolumeOnline{host->Open(link)});
    CHECK(Text(refused) == "ERROR_BUSY (" + link + " led to " + disk +
                               " before, which is still up here: take that offline)");
  }
  const VolumeHandle v = Found(host->Ask(VolumeOurs{link, lab.where()}));
  CHECK((*host)(VolumeIsMounted{v}) == "ok true");
  CHECK((*host)(VolumeDismount{v, false}) == "ok");
  CHECK((*host)(VolumeOffline{v}) == "ok");
  CHECK(MountedAt(disk) == Places{});
  CHECK((*host)(VolumeOurs{link, lab.where()}) == "ERROR_NOT_FOUND");
}

TEST_CASE("a volume that somebody else has mounted is not ours, and is never taken away",
          "[env][volume][ours]") {
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block");
  const std::string precious = MountByHand(disk, lab.dir + "/precious");
  const Fd in_use(open((precious + "/file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  const auto host = node.Starts();
  const VolumeHandle v = host->Open(disk);
  CHECK((*host)(VolumeOnline{v}) == "ok");  // it is
  CHECK((*host)(VolumeMount{v, lab.where(), false}) == "ERROR_BUSY");
  const Reply none = host->Ask(VolumeOurs{disk, lab.where()});
  CHECK(none.code == ErrorCode::kNotFound);

  CHECK((*host)(VolumeLock{v}) == "ERROR_ACCESS_DENIED");
  CHECK((*host)(VolumeDismount{v, false}) == "ERROR_ACCESS_DENIED");
  const Reply forced = host->Ask(VolumeDismount{v, true});
  CHECK(Text(forced) == "ERROR_ACCESS_DENIED (EBUSY: " + disk + " is mounted at " + precious +
                            ", and not by this resource: unmount it there)");
  CHECK((*host)(VolumeOffline{v}) == "ERROR_ACCESS_DENIED");
  CHECK(MountedAt(disk) == Places{precious});
  CHECK(write(in_use.get(), "x", 1) == 1);
}

TEST_CASE("mounts that others made of what is ours are in the way, and stay",
          "[env][volume][ours]") {
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block");
  const auto host = node.Starts();
  const VolumeHandle v = host->Open(disk);
  REQUIRE((*host)(VolumeMount{v, lab.where(), false}) == "ok");
  const std::string second = MountByHand(disk, lab.dir + "/second");
  const std::string third = lab.dir + "/third";
  for (const std::string& at : {third, lab.where() + "/sub"}) mkdir(at.c_str(), 0755);
  REQUIRE(mount((lab.where() + "/sub").c_str(), third.c_str(), nullptr, MS_BIND, nullptr) == 0);
  const Places all = {lab.where(), second, third};
  REQUIRE(MountedAt(disk) == all);
  CHECK((*host)(VolumeLock{v}) == "ERROR_ACCESS_DENIED");
  CHECK((*host)(VolumeDismount{v, false}) == "ERROR_ACCESS_DENIED");
  CHECK(MountedAt(disk) == all);
  REQUIRE(umount(third.c_str()) == 0);
  REQUIRE(umount(second.c_str()) == 0);
  CHECK((*host)(VolumeLock{v}) == "ok");
  CHECK(MountedAt(disk) == Places{});
  CHECK((*host)(VolumeUnlock{v}) == "ok");
  CHECK(MountedAt(disk) == Places{lab.where()});
}

TEST_CASE("what is mounted over it, or below it, is not taken away with it",
          "[env][volume][ours]") {
  const std::string at = GENERATE("", "/below");
  CAPTURE(at);
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block");
  const auto host = node.Starts();
  REQUIRE((*host)(VolumeMount{host->Open(disk), lab.where(), false}) == "ok");
  const std::string theirs = lab.where() + at;
  mkdir(theirs.c_str(), 0755);
  REQUIRE(mount("theirs", theirs.c_str(), "tmpfs", 0, nullptr) == 0);
  const VolumeHandle v = Found(host->Ask(VolumeOurs{disk, lab.where()}));
  CHECK((*host)(VolumeIsMounted{v}) == (at.empty() ? "ERROR_NOT_READY" : "ok true"));
  const Reply forced = host->Ask(VolumeDismount{v, true});
  CHECK(forced.code == ErrorCode::kAccessDenied);
  INFO(forced.detail.str());
  CHECK(forced.detail.find("theirs is mounted") != std::string::npos);
  const std::optional<MountPoint> top = OnTop(theirs);
  REQUIRE(top);
  CHECK(top->source == "theirs");
  CHECK(MountedAt(disk) == Places{lab.where()});
  REQUIRE(umount(theirs.c_str()) == 0);
  CHECK((*host)(VolumeDismount{v, true}) == "ok");
  CHECK((*host)(VolumeOffline{v}) == "ok");
}

TEST_CASE("found at its own mount point it is ours, whoever mounted it; elsewhere it is not",
          "[env][volume][ours]") {
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block");
  MountByHand(disk, lab.where());
  CHECK((*node.Starts())(VolumeOurs{disk, lab.dir + "/elsewhere"}) == "ERROR_NOT_FOUND");
  CHECK((*node.Starts())(VolumeOurs{disk, ""}) == "ERROR_NOT_FOUND");
  CHECK((*node.Starts())(VolumeOurs{lab.Disk(lab.Formatted("b.img")), lab.where()}) ==
        "ERROR_NOT_FOUND");
  // Its name leads nowhere: it may be this volume.
  CHECK((*node.Starts())(VolumeOurs{lab.dir + "/gone", lab.where()}) == "ERROR_NOT_READY");
  const auto host = node.Starts();
  const VolumeHandle v = Found(host->Ask(VolumeOurs{disk, lab.where()}));
  CHECK((*host)(VolumeDismount{v, false}) == "ok");
  CHECK((*host)(VolumeOffline{v}) == "ok");
}

TEST_CASE("who only looks marks nothing", "[env][volume][ours]") {
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block");
  MountByHand(disk, lab.where());
  Host looks(VolumesOptions{.marks = *Store::Open(lab.dir + "/run"), .adopts = false});
  looks.volumes.Register(looks.id, "vol1");
  CHECK(looks.Ask(VolumeOurs{disk, lab.where()}).ok());
  const std::string elsewhere = lab.dir + "/elsewhere";
  REQUIRE(umount(lab.where().c_str()) == 0);
  MountByHand(disk, elsewhere);
  CHECK((*node.Starts())(VolumeOurs{disk, lab.where()}) == "ERROR_NOT_FOUND");
}

TEST_CASE("no volume is mounted where a system lives, nor looked for there",
          "[env][volume][ours]") {
  const char* place = GENERATE("/", "/usr", "/var/", "/boot", "/proc/../usr");
  CAPTURE(place);
  Lab lab;
  Host host;
  const std::string disk = lab.Make("block");
  const VolumeHandle v = host.Open(disk);
  const Reply refused = host.Ask(VolumeMount{v, place, false});
  CHECK_FALSE(refused.ok());
  CHECK(MountedAt(disk) == Places{});
  CHECK(host(VolumeOurs{disk, place}) == "ERROR_NOT_FOUND");
}

TEST_CASE("a mount point may be a link to a directory", "[env][volume][ours]") {
  Lab lab;
  Host host;
  const std::string disk = lab.Make("block");
  const std::string link = lab.dir + "/link";
  mkdir(lab.where().c_str(), 0755);
  std::filesystem::create_symlink(lab.where(), link);
  const VolumeHandle v = host.Open(disk);
  CHECK(host(VolumeMount{v, link + "/", false}) == "ok");
  CHECK(host(VolumeMount{v, link, false}) == "ok");
  CHECK(MountedAt(disk) == Places{lab.where()});
  CHECK(host(VolumeIsMounted{Found(host.Ask(VolumeOurs{disk, link}))}) == "ok true");
  CHECK(host(VolumeDismount{v, false}) == "ok");
  CHECK(host(VolumeOffline{v}) == "ok");
}

TEST_CASE("marks that cannot be read leave it open what is up, for good", "[env][volume][ours]") {
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block");
  {
    const auto host = node.Starts();
    REQUIRE((*host)(VolumeOnline{host->Open(disk)}) == "ok");
  }
  for (const auto& file : std::filesystem::recursive_directory_iterator(lab.dir + "/run")) {
    if (file.is_regular_file()) std::ofstream(file.path()) << "torn";
  }
  for (int process = 0; process < 2; ++process) {
    const auto host = node.Starts();
    CHECK((*host)(VolumeOurs{disk, ""}) == "ERROR_IO_DEVICE");
    CHECK((*host)(VolumeOurs{disk, lab.where()}) == "ERROR_IO_DEVICE");
    CHECK((*host)(VolumeOnline{host->Open(disk)}) == "ERROR_IO_DEVICE");
  }
  MountByHand(disk, lab.where());
  const auto host = node.Starts();
  const VolumeHandle v = Found(host->Ask(VolumeOurs{disk, lab.where()}));
  CHECK((*host)(VolumeDismount{v, false}) == "ok");
  CHECK(MountedAt(disk) == Places{});
  CHECK((*host)(VolumeOffline{v}) == "ok");
  CHECK((*node.Starts())(VolumeOurs{disk, lab.where()}) == "ERROR_NOT_FOUND");
}

}  // namespace tidegate::test
