// What is read as a policy, and what tells two of them apart.
#include "host/apps/shared/policy_file.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "tests/apps/program.h"

namespace tidegate {
namespace {

TEST_CASE("what is hidden in a policy's folder is an editor's") {
  const test::Folder dir;
  std::filesystem::create_directory(dir / "p");
  (void)dir.Write("p/p.lua", "return {}");
  (void)dir.Write("p/helper.lua", "return {}");
  (void)dir.Write("p/.p.lua.swp.lua", "not Lua");
  std::filesystem::create_symlink("somebody@somewhere:1", dir / "p/.#p.lua");
  const Result<PolicySource> source = ReadPolicy(dir / "p");
  REQUIRE(source);
  REQUIRE(source->modules.size() == 1);
  CHECK(source->modules[0].name == "helper");
}

#if !defined(_WIN32)
TEST_CASE("a policy that is a file of the kernel's keeps nobody waiting") {
  const test::Folder dir;
  std::filesystem::create_symlink("/proc/kmsg", dir / "p.lua");
  const Result<PolicySource> source = ReadPolicy(dir / "p.lua");
  CHECK((!source || source->text.empty()));
}
#endif

TEST_CASE("scopes that read alike are not the same version") {
  const auto digest = [](const Patterns& scope) {
    auto pack = std::make_shared<Permissions>();
    pack->scopes[static_cast<std::size_t>(Capability::kVolume)] = scope;
    return (*CompileSource({"p.lua", "return {}", {}, pack}))->digest();
  };
  CHECK(digest({"/a", "/b"}) == digest({"/a", "/b"}));
  CHECK(digest({"/a", "/b"}) != digest({"/a, /b"}));
  CHECK(digest({"/a", "/b"}) != digest({"/b", "/a"}));
}

}  // namespace
}  // namespace tidegate
