// Patterns of scopes, and versions of what they end at.
#include "host/core/scope.h"

#include <catch2/catch_test_macros.hpp>

namespace tidegate {
namespace {

struct Example {
  const char* pattern;
  const char* text;
  bool fits;
};

TEST_CASE("a pattern fits what it says and no more", "[pack]") {
  for (const auto& [pattern, text, fits] : {
           Example{"/dev/vg0/data", "/dev/vg0/data", true},
           Example{"/dev/vg0/data", "/dev/vg0/data2", false},
           Example{"/dev/vg0/*", "/dev/vg0/data", true},
           Example{"/dev/vg0/*", "/dev/vg0/", true},
           Example{"/dev/vg0/*", "/dev/vg0/a/b", false},
           Example{"/dev/vg0/*", "/dev/vg0/../sda", false},
           Example{"/dev/vg0/**", "/dev/vg0/a/b", true},
           Example{"/dev/vg0/**", "/dev/vg0/../sda", false},
           Example{"/dev/vg0/**", "/dev/vg0/..", false},
           Example{"/dev/vg0/**", "/dev/vg0/..a", true},
           Example{"**", "", true},
           Example{"*", "a/b", false},
           Example{"*", "a\\b", false},
           Example{"**/data", "/srv/x/data", true},
           Example{"**/data", "/srv/x/data2", false},
           Example{"/dev/*/x*y", "/dev/a/xxyzy", true},
           Example{"/dev/*/x*y", "/dev/a/b/xy", false},
           Example{"**/*.img", "/srv/a.img/b.img", true},
           Example{"**a*b", "/xa/yab", true},
           Example{"loop:/srv/*.img", "loop:/srv/a.img", true},
           Example{"loop:/srv/*.img", "/srv/a.img", false},
           Example{"\\\\.\\PhysicalDrive*", "\\\\.\\PhysicalDrive3", true},
           Example{"\\\\.\\PhysicalDrive*", "\\\\.\\PhysicalDrive3\\x", false},
       }) {
    INFO(pattern << " and " << text);
    CHECK(FitsPattern(pattern, text) == fits);
  }
}

TEST_CASE("a pattern that asks for work gets little of it", "[pack]") {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  CHECK_FALSE(FitsPattern(pattern + "b", std::string(4000, 'a')));
  CHECK_FALSE(FitsPattern(Text(Patterns(100, "**a")) + "b", std::string(4000, 'a')));
}

TEST_CASE("a scope is of one capability and of one resource's properties", "[pack]") {
  Permissions pack;
  pack.scopes[static_cast<int>(Capability::kVolume)] = Patterns{"$VolumePath", "/srv/*"};
  pack.scopes[static_cast<int>(Capability::kVolumeForce)] = Patterns{"$VolumePath"};
  pack.mount_points = {"$MountPoint"};
  const Properties properties = {{"VolumePath", "/dev/sdb1"}, {"MountPoint", ""}};
  CHECK(pack.Reach(Capability::kVolume, "/dev/sdb1", properties));
  CHECK_FALSE(pack.Reach(Capability::kVolume, "/dev/sdc1", properties));
  CHECK(pack.Reaching("/dev/sdb1", properties) == 0b11);
  CHECK(pack.Reaching("/srv/a", properties) == 0b01);
  CHECK_FALSE(pack.Reach(Capability::kDisk, "/dev/sdb1", properties));
  // An empty property reaches nothing, not even the empty text.
  CHECK_FALSE(pack.MayMountAt("", properties));
  CHECK(pack.AskedFor().Has(Capability::kVolume));
  CHECK_FALSE(pack.AskedFor().Has(Capability::kTimer));
}

}  // namespace
}  // namespace tidegate
