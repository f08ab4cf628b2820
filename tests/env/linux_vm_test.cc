// What needs a kernel of its own: a SCSI disk's offline state, and I/O errors under a mounted file
// system. tests/vm/run.sh boots one and runs these there; anywhere else they are skipped.
#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <sys/sysmacros.h>

#include "host/env/linux/sysfs.h"
#include "tests/env/linux_lab.h"

namespace tidegate::test {
namespace {

void NeedsVm() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
  if (std::getenv("TIDEGATE_VM") == nullptr) SKIP("skipped: runs in tests/vm/run.sh");
}

std::string Format(const std::string& node) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
  REQUIRE(std::system(("mkfs.ext4 -q -F -t ext4 " + node + " >/dev/null 2>&1").c_str()) == 0);
  return node;
}

std::string ScsiNode() {
  for (const auto& disk : std::filesystem::directory_iterator("/sys/block")) {
    const std::string name = disk.path().filename();
    if (!name.starts_with("sd")) continue;
    const auto model = ReadAttribute("/sys/block/" + name + "/device/model");
    if (model && model->starts_with("scsi_debug")) return "/dev/" + name;
  }
  FAIL("the machine has no scsi_debug disk");
  return "";
}

// A device-mapper device over a disk, whose table can be exchanged under a mounted file system.
class Mapped {
 public:
  Mapped(const std::string& below, std::uint64_t sectors) : sectors_(sectors) {
    control_ = Fd(open("/dev/mapper/control", O_RDWR | O_CLOEXEC));
    REQUIRE(control_);
    const dm_ioctl made = Do(DM_DEV_CREATE, "", "", 0);
    struct stat s = {};
    REQUIRE(stat(below.c_str(), &s) == 0);
    linear_ = std::to_string(major(s.st_rdev)) + ":" + std::to_string(minor(s.st_rdev)) + " 0";
    Work();
    node = "/dev/dm-" + std::to_string(minor(made.dev));
  }
  ~Mapped() { Do(DM_DEV_REMOVE, "", "", 0); }
  void Fail() { Load("error", ""); }
  void Work() { Load("linear", linear_); }

  std::string node;

 private:
  void Load(const char* type, const std::string& arguments) {
    Do(DM_TABLE_LOAD, type, arguments, 0);
    // NOFLUSH: a device that fails cannot be flushed first.
    Do(DM_DEV_SUSPEND, "", "", DM_SUSPEND_FLAG | DM_NOFLUSH_FLAG | DM_SKIP_LOCKFS_FLAG);
    Do(DM_DEV_SUSPEND, "", "", 0);
  }
  dm_ioctl Do(unsigned long command, const char* type, const std::string& arguments,
              std::uint32_t flags) {
    alignas(8) char buffer[4096] = {};
    auto* io = reinterpret_cast<dm_ioctl*>(buffer);
    io->version[0] = DM_VERSION_MAJOR;
    io->data_size = sizeof buffer;
    io->data_start = sizeof(dm_ioctl);
    io->flags = flags;
    std::memcpy(io->name, "tidegate", sizeof "tidegate");
    if (*type != '\0') {
      io->target_count = 1;
      auto* spec = reinterpret_cast<dm_target_spec*>(buffer + sizeof(dm_ioctl));
      spec->length = sectors_;
      std::memcpy(spec->target_type, type, std::strlen(type) + 1);
      std::memcpy(spec + 1, arguments.c_str(), arguments.size() + 1);
    }
    CHECK(ioctl(control_.get(), command, buffer) == 0);
    return *io;
  }

  Fd control_;
  std::uint64_t sectors_;
  std::string linear_;
};

// The two initiators' nodes of the kernel's SCSI target: one disk.
std::vector<std::string> SharedNodes() {
  std::vector<std::string> nodes;
  for (const auto& disk : std::filesystem::directory_iterator("/sys/block")) {
    const std::string name = disk.path().filename();
    const auto vendor = ReadAttribute("/sys/block/" + name + "/device/vendor");
    if (vendor && vendor->starts_with("LIO-ORG")) nodes.push_back("/dev/" + name);
  }
  std::ranges::sort(nodes);
  REQUIRE(nodes.size() == 2);
  return nodes;
}

// 0, or the errno of a write past the cache.
int WriteErrno(const std::string& node) {
  const Fd fd(open(node.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC));
  alignas(4096) static char block[4096];
  return pwrite(fd.get(), block, sizeof block, 0) == sizeof block ? 0 : errno;
}

}  // namespace

TEST_CASE("two nodes settle who may write by the disk's persistent reservation", "[env][vm]") {
  NeedsVm();
  Lab lab;
  const std::vector<std::string> nodes = SharedNodes();
  Host host;
  const VolumeHandle a = host.Open(nodes[0]);
  const VolumeHandle b = host.Open(nodes[1]);
  const std::int64_t key_a = 0x0102030405060708;
  const std::int64_t key_b = -2;
  CHECK(host(VolumeReservation{a}) == "ok none");
  CHECK(host(VolumeRegisteredKeys{a}) == "ok");
  CHECK_FALSE(host.Ask(VolumeReserve{a, key_a}).ok());  // not registered
  CHECK(host(VolumeRegister{a, key_a}) == "ok");
  CHECK(host(VolumeReserve{a, key_a}) == "ok");
  CHECK(host(VolumeReserve{a, key_a}) == "ok");
  CHECK(host(VolumeReservation{b}) == "ok write_exclusive_registrants,72623859790382856");
  CHECK(WriteErrno(nodes[0]) == 0);
  CHECK(WriteErrno(nodes[1]) == EBADE);
  CHECK(host(VolumeRegister{b, key_b}) == "ok");
  CHECK(host(VolumeReserve{b, key_b}) == "ERROR_BUSY");
  CHECK(host(VolumePreempt{b, key_b, key_a}) == "ok");
  CHECK(host(VolumeReservation{a}) == "ok write_exclusive_registrants,-2");
  CHECK(host(VolumeRegisteredKeys{a}) == "ok -2");
  CHECK(WriteErrno(nodes[0]) == EBADE);
  CHECK(WriteErrno(nodes[1]) == 0);
  CHECK(host(VolumeRelease{b, key_b}) == "ok");
  CHECK(host(VolumeReservation{b}) == "ok none");
  CHECK(host(VolumeReserve{b, key_b, "exclusive"}) == "ok");
  CHECK(host(VolumeReservation{b}) == "ok exclusive,-2");
  CHECK(host(VolumeClearReservations{b, key_b}) == "ok");
  CHECK(host(VolumeRegisteredKeys{b}) == "ok");
  CHECK(WriteErrno(nodes[0]) == 0);
}

TEST_CASE("a SCSI disk's offline state outlives the host", "[env][vm]") {
  NeedsVm();
  Lab lab;
  const std::string disk = Format(ScsiNode());
  {
    Host host;
    const VolumeHandle v = host.Open(disk);
    CHECK(host(VolumeSupportsOnlineOffline{v}) == "ok true");
    CHECK(host(VolumeOnline{v}) == "ok");
    CHECK(host(VolumeMount{v, lab.where(), false}) == "ok");
    CHECK(host(VolumeOffline{v}) == "ERROR_ACCESS_DENIED");
    CHECK(host(VolumeLock{v}) == "ok");
    CHECK(host(VolumeDismount{v, false}) == "ok");
    CHECK(host(VolumeOffline{v}) == "ok");
    CHECK(host(VolumeIsOffline{v}) == "ok true");
  }
  CHECK(open(disk.c_str(), O_RDONLY | O_CLOEXEC) == -1);
  CHECK(errno == ENXIO);
  Host next;
  const VolumeHandle v = next.Open(disk);
  CHECK(next(VolumeIsOffline{v}) == "ok true");
  CHECK(next(VolumeProbe{v, {0}, ""}) == "ERROR_NOT_READY");
  CHECK(next(VolumeMount{v, lab.where(), false}) == "ERROR_NOT_READY");
  CHECK(next(VolumeGetAttributes{v}).find("scsi") != std::string::npos);
  CHECK(next(VolumeOnline{v}) == "ok");
  CHECK(next(VolumeProbe{v, {0}, ""}) == "ok 512");
  CHECK(next(VolumeMount{v, lab.where(), false}) == "ok");
  CHECK(next(VolumeDismount{v, false}) == "ok");
  CHECK(next(VolumeOffline{v}) == "ok");
  CHECK(next(VolumeOnline{v}) == "ok");
}

TEST_CASE("an offline SCSI disk is silent whoever still has a file open", "[env][vm]") {
  NeedsVm();
  Lab lab;
  const std::string disk = Format(ScsiNode());
  Host host;
  const VolumeHandle v = host.Open(disk);
  REQUIRE(host(VolumeMount{v, lab.where(), false}) == "ok");
  Fd file(open((lab.where() + "/file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  REQUIRE(write(file.get(), "synced", 6) == 6);
  REQUIRE(fsync(file.get()) == 0);
  CHECK(host(VolumeDismount{v, true}) == "ok");
  CHECK(host(VolumeOffline{v}) == "ok");
  CHECK(host(VolumeIsOffline{v}) == "ok true");
  file.Reset();
  CHECK(host(VolumeOnline{v}) == "ok");
  CHECK(host(VolumeMount{v, lab.where(), false}) == "ok");
  CHECK(std::filesystem::file_size(lab.where() + "/file") == 6);
  CHECK(host(VolumeDismount{v, false}) == "ok");
}

TEST_CASE("a device that fails under a mounted file system fails its probe", "[env][vm]") {
  NeedsVm();
  Lab lab;
  Mapped device(ScsiNode(), 65536);
  Format(device.node);
  Host host;
  const VolumeHandle v = host.Open(device.node);
  REQUIRE(host(VolumeOnline{v}) == "ok");
  REQUIRE(host(VolumeMount{v, lab.where(), false}) == "ok");
  CHECK(host(VolumeProbe{v, {0, 8}, "probe"}) == "ok 5120");
  device.Fail();
  CHECK(host(VolumeProbe{v, {0}, ""}) == "ERROR_IO_DEVICE");
  CHECK(host(VolumeIsMounted{v}) == "ok true");
  CHECK(host(VolumeFlush{v}) == "ERROR_IO_DEVICE");
  CHECK(host(VolumeDismount{v, true}) == "ok");
  CHECK(host(VolumeOffline{v}) == "ok");
  device.Work();
  CHECK(host(VolumeOnline{v}) == "ok");
  CHECK(host(VolumeMount{v, lab.where(), false}) == "ok");
  CHECK(host(VolumeProbe{v, {0}, "probe"}) == "ok 4608");
  CHECK(host(VolumeDismount{v, false}) == "ok");
  CHECK(host(VolumeOffline{v}) == "ok");
  CHECK(host(VolumeOnline{v}) == "ok");
}

}  // namespace tidegate::test
