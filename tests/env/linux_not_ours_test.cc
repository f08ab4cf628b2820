// What only looks like this resource's own: views, other disks by the same number or name, what was
// mounted between. And what is its own although it does not look so.
#include "tests/env/linux_node.h"

namespace tidegate::test {

TEST_CASE("a view of what somebody else has mounted is his", "[env][volume][ours]") {
  const std::string folder = GENERATE("", "/folder");
  CAPTURE(folder);
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block");
  const std::string theirs = MountByHand(disk, lab.dir + "/theirs");
  for (const std::string& at : {theirs + "/folder", lab.where()}) mkdir(at.c_str(), 0755);
  REQUIRE(mount((theirs + folder).c_str(), lab.where().c_str(), nullptr, MS_BIND, nullptr) == 0);
  const Fd in_use(open((lab.where() + "/file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  const auto host = node.Starts();
  CHECK((*host)(VolumeOurs{disk, lab.where()}) == "ERROR_NOT_FOUND");
  const VolumeHandle v = host->Open(disk);
  CHECK((*host)(VolumeMount{v, lab.where(), false}) == "ERROR_BUSY");
  CHECK((*host)(VolumeDismount{v, true}) == "ERROR_ACCESS_DENIED");
  CHECK(MountedAt(disk) == Places{theirs, lab.where()});
  CHECK(write(in_use.get(), "x", 1) == 1);
  CHECK(fsync(in_use.get()) == 0);
}

TEST_CASE("what lies between two mounts of ours is not taken away", "[env][volume][ours]") {
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block");
  const auto host = node.Starts();
  REQUIRE((*host)(VolumeMount{host->Open(disk), lab.where(), false}) == "ok");
  const std::string view = lab.dir + "/view";
  mkdir(view.c_str(), 0755);
  REQUIRE(mount(lab.where().c_str(), view.c_str(), nullptr, MS_BIND, nullptr) == 0);
  REQUIRE(mount("theirs", lab.where().c_str(), "tmpfs", 0, nullptr) == 0);
  REQUIRE(mount(view.c_str(), lab.where().c_str(), nullptr, MS_BIND, nullptr) == 0);
  REQUIRE(umount(view.c_str()) == 0);
  const VolumeHandle v = Found(host->Ask(VolumeOurs{disk, lab.where()}));
  CHECK((*host)(VolumeDismount{v, true}) == "ERROR_ACCESS_DENIED");
  CHECK(StackAt(lab.where()).size() == 3);
}

TEST_CASE("a number that is another disk's now is no mark of ours", "[env][volume][ours]") {
  Lab lab;
  const Node node(lab);
  const std::string image = lab.Formatted("a.img"), others = lab.Formatted("b.img");
  const std::string disk = lab.Disk(image);
  const std::string link = lab.dir + "/by-path";
  std::filesystem::create_symlink(disk, link);
  {
    const auto host = node.Starts();
    REQUIRE((*host)(VolumeMount{host->Open(link), lab.where(), false}) == "ok");
  }
  REQUIRE(umount(lab.where().c_str()) == 0);
  REQUIRE(ioctl(Fd(open(disk.c_str(), O_RDWR | O_CLOEXEC)).get(), LOOP_CLR_FD, 0) == 0);
  const Fd file(open(others.c_str(), O_RDWR | O_CLOEXEC));
  loop_config config{};
  config.fd = static_cast<unsigned>(file.get());
  const Fd again(open(disk.c_str(), O_RDWR | O_CLOEXEC));
  REQUIRE(ioctl(again.get(), LOOP_CONFIGURE, &config) == 0);
  MountByHand(disk, lab.where());
  std::filesystem::remove(link);
  std::filesystem::create_symlink(lab.Disk(image), link);
  CHECK((*node.Starts())(VolumeOurs{link, lab.where()}) == "ERROR_NOT_FOUND");
  CHECK(MountedAt(disk) == Places{lab.where()});
}

TEST_CASE("what is only called like the device is not on it", "[env][volume][ours]") {
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block");
  mkdir(lab.where().c_str(), 0755);
  REQUIRE(mount(disk.c_str(), lab.where().c_str(), "tmpfs", 0, nullptr) == 0);
  CHECK((*node.Starts())(VolumeOurs{disk, lab.where()}) == "ERROR_NOT_FOUND");
  CHECK(MountedAt(disk) == Places{});
}

TEST_CASE("what no volume can be was never brought up", "[env][volume][ours]") {
  Lab lab;
  const Node node(lab);
  MountByHand(lab.Make("block"), lab.where());
  for (const std::string& path : {lab.dir, std::string("/dev/null")}) {
    CHECK((*node.Starts())(VolumeOurs{path, lab.where()}) == "ERROR_NOT_FOUND");
  }
}

TEST_CASE("online alone leaves nothing to take away where the mount failed",
          "[env][volume][ours]") {
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block");
  const VolumeOurs ours{disk, lab.where()};
  const auto host = node.Starts();
  REQUIRE((*host)(VolumeOnline{host->Open(disk)}) == "ok");
  const Fd claim(open(disk.c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));  // as md, LVM or swap do
  REQUIRE(claim);
  CHECK((*host)(ours) == "ERROR_NOT_FOUND");
}

TEST_CASE("mounted by hand where it was to be, it is ours after all", "[env][volume][ours]") {
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block");
  const VolumeOurs ours{disk, lab.where()};
  {
    const auto host = node.Starts();
    REQUIRE((*host)(VolumeOnline{host->Open(disk)}) == "ok");
  }
  MountByHand(disk, lab.where());
  const auto host = node.Starts();
  const VolumeHandle v = Found(host->Ask(ours));
  CHECK((*host)(VolumeIsMounted{v}) == "ok true");
  CHECK((*host)(VolumeDismount{v, false}) == "ok");
  CHECK((*host)(VolumeOffline{v}) == "ok");
  CHECK((*host)(ours) == "ERROR_NOT_FOUND");
}

TEST_CASE("it is ours where its mark cannot be kept, too", "[env][volume][ours]") {
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block");
  MountByHand(disk, lab.where());
  const auto host = node.Starts();
  std::filesystem::create_directories(lab.dir + "/run/records/vol1/volumes/in the way");
  const VolumeHandle v = Found(host->Ask(VolumeOurs{disk, lab.where()}));
  CHECK((*host)(VolumeDismount{v, false}) == "ok");
  CHECK(MountedAt(disk) == Places{});
}

TEST_CASE("a mount that is hidden by one above it is not said to be there", "[env][volume][ours]") {
  const bool marked = GENERATE(true, false);
  CAPTURE(marked);
  Lab lab;
  const Node node(lab);
  const std::string disk = lab.Make("block"), above = lab.dir + "/above";
  mkdir(above.c_str(), 0755);
  const std::string where = above + "/mnt";
  {
    const auto host = node.Starts();
    if (marked) REQUIRE((*host)(VolumeMount{host->Open(disk), where, false}) == "ok");
    if (!marked) MountByHand(disk, where);
  }
  REQUIRE(mount("theirs", above.c_str(), "tmpfs", 0, nullptr) == 0);
  const bool folder = GENERATE(true, false);
  if (folder) mkdir(where.c_str(), 0755);
  const auto host = node.Starts();
  const VolumeHandle v = Found(host->Ask(VolumeOurs{disk, where}));
  CHECK((*host)(VolumeIsMounted{v}) == "ERROR_NOT_READY");
  CHECK((*host)(VolumeDismount{v, true}) == "ERROR_ACCESS_DENIED");
  REQUIRE(umount(above.c_str()) == 0);
  CHECK((*host)(VolumeIsMounted{v}) == "ok true");
}

TEST_CASE("an image's link is taken away without the way back, and when the image has moved",
          "[env][volume][ours]") {
  const bool moved = GENERATE(true, false);
  CAPTURE(moved);
  Lab lab;
  const Node node(lab);
  std::filesystem::create_directory(lab.dir + "/images");
  const std::string image = lab.Formatted("images/a.img");
  {
    const auto host = node.Starts();
    REQUIRE((*host)(VolumeMount{host->Open(image), lab.where(), false}) == "ok");
  }
  std::filesystem::remove(image + ".mounted_at");
  if (moved) std::filesystem::rename(lab.dir + "/images", lab.dir + "/elsewhere");
  const auto host = node.Starts();
  const VolumeHandle v = Found(host->Ask(VolumeOurs{image, lab.where()}));
  CHECK((*host)(VolumeDismount{v, false}) == "ok");
  CHECK((*host)(VolumeOffline{v}) == "ok");
  CHECK_FALSE(std::filesystem::is_symlink(lab.where()));
}

TEST_CASE("a btrfs is known by its disks, whatever name it was mounted by", "[env][volume][ours]") {
  Lab lab;
  const Node node(lab);
  const std::string image = lab.Image("b.img", 128);
  if (std::system(("mkfs.btrfs -q " + image + " >/dev/null 2>&1").c_str()) != 0) {
    SKIP("skipped: no mkfs.btrfs here");
  }
  const std::string disk = lab.Disk(image), other = lab.dir + "/node";
  struct stat s = {};
  REQUIRE(stat(disk.c_str(), &s) == 0);
  REQUIRE(mknod(other.c_str(), S_IFBLK | 0600, s.st_rdev) == 0);
  mkdir(lab.where().c_str(), 0755);
  if (mount(other.c_str(), lab.where().c_str(), "btrfs", 0, nullptr) != 0) {
    SKIP("skipped: this kernel mounts no btrfs");
  }
  CHECK((*node.Starts())(VolumeOurs{lab.dir + "/gone", lab.where()}) == "ERROR_NOT_READY");
  const auto host = node.Starts();
  const VolumeHandle v = Found(host->Ask(VolumeOurs{disk, lab.where()}));
  CHECK((*host)(VolumeIsMounted{v}) == "ok true");
  CHECK((*host)(VolumeDismount{v, false}) == "ok");
  CHECK(MountedAt(disk) == Places{});
}

}  // namespace tidegate::test
