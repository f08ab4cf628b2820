// Paths and names that should never have come.
#include "tests/env/linux_lab.h"

namespace tidegate::test {

TEST_CASE("a path that is no volume is refused at once", "[env][volume]") {
  Lab lab;
  Host host;
  REQUIRE(mkfifo((lab.dir + "/fifo").c_str(), 0600) == 0);
  const auto open_ = [&](const std::string& path) { return host(VolumeOpen{path}); };
  CHECK(open_("") == "ERROR_INVALID_PARAMETER");
  CHECK(open_("loop:") == "ERROR_INVALID_PARAMETER");
  CHECK(open_(std::string("/tmp\0/x", 7)) == "ERROR_INVALID_PARAMETER");
  CHECK(open_(std::string(5000, 'x')) == "ERROR_INVALID_PARAMETER");
  CHECK(open_(std::string(300, 'x')) == "ERROR_FILE_NOT_FOUND");
  CHECK(open_(lab.dir) == "ERROR_INVALID_PARAMETER");
  CHECK(open_("loop:" + lab.dir) == "ERROR_INVALID_PARAMETER");
  CHECK(open_(lab.dir + "/fifo") == "ERROR_INVALID_PARAMETER");
  CHECK(open_("loop:" + lab.dir + "/fifo") == "ERROR_INVALID_PARAMETER");
  CHECK(open_("/dev/null") == "ERROR_INVALID_PARAMETER");
  CHECK(open_("/dev/zero") == "ERROR_INVALID_PARAMETER");
  CHECK(open_("loop:/dev/loop0") ==
        (access("/dev/loop0", F_OK) == 0 ? "ERROR_INVALID_PARAMETER" : "ERROR_FILE_NOT_FOUND"));
  const Reply missing = host.Ask(VolumeOpen{lab.dir + "/none"});
  CHECK(missing.code == ErrorCode::kFileNotFound);
  CHECK(missing.detail == "ENOENT: " + lab.dir +
                              "/none; a volume is an image file, loop:FILE or a block device under "
                              "/dev");
  CHECK(host(VolumeIsMounted{{4711}}) == "ERROR_INVALID_HANDLE");
  CHECK(host(TimerSleep{}) == "ERROR_INVALID_FUNCTION");
}

TEST_CASE("a mount point that is none is refused", "[env][volume]") {
  const std::string kind = GENERATE("image", "loop");
  Lab lab;
  Host host;
  const VolumeHandle v = host.Open(lab.Make(kind));
  REQUIRE(host(VolumeOnline{v}) == "ok");
  std::ofstream(lab.dir + "/file").close();
  for (const std::string& where :
       {std::string(), std::string("relative"), std::string("/"), lab.dir + "/no/such",
        lab.dir + "/..", std::string("/a\0b", 4), "/" + std::string(5000, 'x')}) {
    CHECK(host(VolumeMount{v, where, false}) == "ERROR_PATH_NOT_FOUND");
  }
  CHECK(host(VolumeMount{v, lab.dir + "/file", false}) ==
        (kind == "image" ? "ERROR_ACCESS_DENIED" : "ERROR_PATH_NOT_FOUND"));
  CHECK(host(VolumeIsMounted{v}) == "ok false");
}

TEST_CASE("a write probe stays below the mount point and touches no file of others",
          "[env][volume]") {
  Lab lab;
  Host host;
  const VolumeHandle v = host.Open(lab.Make("loop"));
  REQUIRE(host(VolumeOnline{v}) == "ok");
  CHECK(host(VolumeProbe{v, {0}, "probe"}) == "ERROR_NOT_READY");
  REQUIRE(host(VolumeMount{v, lab.where(), false}) == "ok");
  std::filesystem::create_symlink("/etc", lab.where() + "/out");
  std::filesystem::create_symlink("x", lab.where() + "/link");
  std::ofstream(lab.where() + "/data") << "precious";
  REQUIRE(mkfifo((lab.where() + "/fifo").c_str(), 0600) == 0);
  for (const char* name : {"../x", "/etc/x", "out/x", "link", "a/../../x", ".", "data", "fifo",
                           "missing/x", "data/x"}) {
    CAPTURE(name);
    CHECK(host(VolumeProbe{v, {0}, name}) == "ERROR_INVALID_PARAMETER");
  }
  CHECK(std::filesystem::file_size(lab.where() + "/data") == 8);
  CHECK(host(VolumeProbe{v, {0}, "probe"}) == "ok 4608");
  CHECK(host(VolumeProbe{v, {0}, "probe"}) == "ok 4608");
  CHECK(host(VolumeDismount{v, true}) == "ok");
}

TEST_CASE("a policy that opens without end is told so", "[env][volume]") {
  Lab lab;
  Host host;
  const std::string path = lab.Image();
  for (std::size_t i = 0; i < limits::kVolumeHandles; ++i) host.Open(path);
  CHECK(host(VolumeOpen{path}) == "ERROR_TOO_MANY_OPEN_FILES");
  host.volumes.CloseAll(host.id);
  host.Open(path);
}

}  // namespace tidegate::test
