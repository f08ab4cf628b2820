// Patterns of scopes, and versions of what they end at.
#include "host/core/scope.h"

#include <catch2/catch_test_macros.hpp>

#include "host/core/limits.h"

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

TEST_CASE("stars of both kinds are told apart wherever they stand", "[pack]") {
  for (const auto& [pattern, text, fits] : {
           Example{"a*b**c*d", "axbx/ycxd", true},
           Example{"a*b**c*d", "ax/bycxd", false},
           Example{"**a*/b", "/a/xa/yab/b", true},
           Example{"**a*/b", "a/x/b", false},
           Example{"*a*b", "xab", true},
           Example{"***", "a/b", true},
           Example{"a***b", "a/x/b", true},
           Example{"*/*", "a/b", true},
           Example{"*/*", "a/b/c", false},
           Example{"", "", true},
           Example{"", "a", false},
           Example{"**x", "", false},
       }) {
    INFO(pattern << " and " << text);
    CHECK(FitsPattern(pattern, text) == fits);
  }
  // A place beyond the first word.
  const std::string long_name(200, 'n');
  CHECK(FitsPattern("/dev/" + long_name + "/*", "/dev/" + long_name + "/a"));
  CHECK_FALSE(FitsPattern("/dev/" + long_name + "/*", "/dev/" + long_name + "n/a"));
  CHECK(FitsPattern("**" + long_name + "*z", "/" + long_name + long_name + "z"));
  CHECK_FALSE(FitsPattern(std::string(limits::kPatternBytes, 'a') + "*",
                          std::string(limits::kPatternBytes + 1, 'a')));
}

std::string Times(int n, const std::string& text) {
  std::string out;
  for (int i = 0; i < n; ++i) out += text;
  return out;
}

std::size_t Steps(const std::string& pattern, const std::string& text) {
  std::size_t steps = 0;
  (void)FitsPattern(pattern, text, &steps);
  return steps;
}

// Counted and not timed. A policy says the text, of up to 4096 bytes, and a pack the patterns.
TEST_CASE("what a match takes grows with the text and with the pattern, whatever they say",
          "[pack]") {
  const std::string patterns[] = {
      "**a*" + Times(400, "a") + "b", Times(200, "*a") + "b",   Times(150, "**a") + "b",
      Times(100, "**a*") + "b",       Times(100, "*a**") + "b", Times(250, "*/") + "b",
      "**" + Times(500, "a") + "b",   Times(512, "*"),          "**"};
  for (const std::string& pattern : patterns) {
    REQUIRE(pattern.size() <= limits::kPatternBytes);
    for (const std::string unit : {"a", "ab", "/a", "a/", "aaaaaaab"}) {
      INFO(pattern << " and many times " << unit);
      const std::string text = Times(static_cast<int>(1024 / unit.size()), unit);
      const std::size_t once = Steps(pattern, text);
      CHECK(once <= pattern.size() + 9 * text.size() + 1);
      // Twice the text: at most twice the steps, where backtracking would take four times.
      CHECK(Steps(pattern, text + text) <= 2 * once + 1);
      CHECK(Steps(pattern, Times(4, text)) <= pattern.size() + 9 * 4 * text.size() + 1);
    }
  }
  CHECK(Steps(std::string(limits::kPatternBytes + 1, '*'), "a") == 0);  // lengths come first
  CHECK(Steps("/dev/vg0/*", "/dev/vg0/data") == 10 + 14 + 13);
}

TEST_CASE("a scope is of one capability and of one resource's properties", "[pack]") {
  Permissions pack;
  pack.scopes[static_cast<int>(Capability::kVolume)] = Patterns{"$VolumePath", "/srv/*"};
  const Properties properties = {
      {"VolumePath", "/dev/sdb1"}, {"MountPoint", ""}, {"Number", std::int64_t{7}}, {"Star", "*"}};
  CHECK(FitsScope("$VolumePath", "/dev/sdb1", properties));
  CHECK_FALSE(FitsScope("$VolumePath", "/dev/sdc1", properties));
  CHECK_FALSE(FitsScope("$VolumePath", "$VolumePath", properties));
  CHECK(FitsScope("/srv/*", "/srv/a", properties));
  CHECK(FitsScope("$Number", "7", properties));
  CHECK_FALSE(FitsScope("$Star", "a", properties));  // a property is a text and no pattern
  // An empty property reaches nothing, not even the empty text.
  CHECK_FALSE(FitsScope("$MountPoint", "", properties));
  CHECK_FALSE(FitsScope("$Missing", "", properties));
  CHECK(pack.AskedFor().Has(Capability::kVolume));
  CHECK_FALSE(pack.AskedFor().Has(Capability::kTimer));
}

}  // namespace
}  // namespace tidegate
