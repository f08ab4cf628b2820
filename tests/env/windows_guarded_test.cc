// Guarded paths of a Windows system. Wine keeps a folder's DACL as a mode of Unix: what it can show
// is that others may write, or may not; that nothing is inherited is proved on an event.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "host/env/guarded.h"
#include "host/env/windows/descriptor.h"
#include "tests/env/temporary_directory.h"

// Needs windows.h before it.
#include <aclapi.h>
#include <sddl.h>

namespace tidegate {
namespace {

using test::TemporaryDirectory;
using test::WriteFile;

std::string DaclOf(HANDLE object) {
  void* descriptor = nullptr;
  if (GetSecurityInfo(object, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, nullptr, nullptr,
                      nullptr, nullptr, &descriptor) != ERROR_SUCCESS) {
    return "none";
  }
  wchar_t* text = nullptr;
  ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1,
                                                       DACL_SECURITY_INFORMATION, &text, nullptr);
  std::string shown = text == nullptr ? "none" : Utf8(text);
  LocalFree(text);
  LocalFree(descriptor);
  return shown;
}

void MakeFolder(const std::string& path, const wchar_t* sddl) {
  Descriptor descriptor(sddl);
  REQUIRE(descriptor);
  REQUIRE(CreateDirectoryW(Wide(path).c_str(), descriptor.attributes()));
  // Under Wine a list is file modes, and those of what is made are less the umask.
  REQUIRE(SetFileSecurityW(Wide(path).c_str(), DACL_SECURITY_INFORMATION,
                           descriptor.attributes()->lpSecurityDescriptor));
}

// Everybody may do everything.
constexpr wchar_t kOpen[] = L"D:(A;OICI;FA;;;WD)";

TEST_CASE("what a guarded folder is made with: SYSTEM and the administrators, nothing inherited") {
  Descriptor descriptor(kOnlySystemAndAdministrators);
  REQUIRE(descriptor);
  const SystemHandle event(CreateEventW(descriptor.attributes(), TRUE, FALSE, nullptr));
  REQUIRE(event);
  const std::string dacl = DaclOf(event.get());
  INFO(dacl);
  CHECK(dacl.starts_with("D:P"));
  CHECK(dacl.find(";;;SY)") != dacl.npos);
  CHECK(dacl.find(";;;BA)") != dacl.npos);
  CHECK(dacl.find(";;;WD)") == dacl.npos);
  CHECK(dacl.find(";;;BU)") == dacl.npos);
}

TEST_CASE("a guarded folder is made, and those above it; one that is there is looked at") {
  const TemporaryDirectory dir;
  CHECK(MakeGuarded(dir / "a/b").ok());
  CHECK(std::filesystem::is_directory(dir / "a/b"));
  CHECK(MakeGuarded(dir / "a/b").ok());
  WriteFile(dir / "a/b/policy.lua", "return {}");
  CHECK(CheckGuarded(dir / "a/b/policy.lua").ok());
  CHECK(CheckGuarded(dir / "a/b/nothing.lua").ok());
}

TEST_CASE("a folder that everybody may write is refused, with the command that mends it") {
  const TemporaryDirectory dir;
  const std::string open = dir / "open";
  MakeFolder(open, kOpen);
  WriteFile(open + "/policy.lua", "return {}");
  const Outcome made = MakeGuarded(open);
  REQUIRE_FALSE(made.ok());
  INFO(made.error().detail);
  CHECK(made.error().code == ErrorCode::kAccessDenied);
  CHECK(made.error().detail.find("(S-1-1-0) could change ") != std::string::npos);
  CHECK(made.error().detail.find("icacls \"") != std::string::npos);
  CHECK(made.error().detail.find("/inheritance:r /grant:r \"*S-1-5-18:(OI)(CI)F\"") !=
        std::string::npos);
  // On the way it could be exchanged with all that is in it.
  const Outcome file = CheckGuarded(open + "/policy.lua");
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().detail.find("/remove:g *S-1-1-0") != std::string::npos);
}

}  // namespace
}  // namespace tidegate
