// An installed pack under the resource DLL: its folder is the policy, and it is verified as the
// program does it. The pack is tests/packs/acme-small, signed by stock minisign.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <iterator>

#include "host/core/error_code.h"
#include "tests/apps/resource_dll/stage.h"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVendor = "RWS+4A+BCBNRlKw332XZ8fepNr+fB6hvYP/u/51F8uklSpR8yZkj9npi";

void SetVariable(const std::string& name, const std::string& value) {
#ifdef _WIN32
  _putenv((name + "=" + value).c_str());
#else
  setenv(name.c_str(), value.c_str(), 1);
#endif
}

// A copy of the pack, and a node that trusts its vendor.
class Node {
 public:
  Node() : folder_(NewFolder()) {
    fs::copy(fs::path(TIDEGATE_SOURCE_DIR) / "tests" / "packs" / "acme-small", pack());
    fs::create_directories(folder_ / "trust");
    Trusts("acme.toml", std::string("key = \"") + kVendor + "\"\nnames = [\"acme-*\"]\n");
    SetVariable("TIDEGATE_PACK_TRUST", (folder_ / "trust").string());
  }
  ~Node() {
    SetVariable("TIDEGATE_PACK_TRUST", "");
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  fs::path pack() const { return folder_ / "acme-small"; }
  void Trusts(const std::string& file, const std::string& text) const {
    std::ofstream(folder_ / "trust" / file, std::ios::binary) << text;
  }
  // How Online of a resource with this pack ends.
  abi::Dword Online() const {
    OpenResource resource(abi::kVersion4, {{"PolicyPath", pack().string()}});
    if (resource.id == nullptr) return abi::kResourceNotFound;
    const abi::Dword code = resource.Online();
    if (code == abi::kSuccess) CHECK(resource.monitor.IsAlive(resource.id));
    return code;
  }

 private:
  fs::path folder_;
};

TEST_CASE("the folder of an installed pack is a policy, verified each time", "[resource_dll]") {
  const Node node;
  CHECK(node.Online() == abi::kSuccess);

  node.Trusts("revoked.toml", "packs = [\"acme-small@1.0.0\"]\n");
  CHECK(node.Online() != abi::kSuccess);
  node.Trusts("revoked.toml", "");
  CHECK(node.Online() == abi::kSuccess);

  std::ofstream(node.pack() / "greeting.lua", std::ios::app) << "-- replaced\n";
  CHECK(node.Online() != abi::kSuccess);
}

TEST_CASE("a pack that nobody signed is refused by the DLL too", "[resource_dll]") {
  const Node node;
  fs::remove(node.pack() / "DIGESTS.minisig");
  CHECK(node.Online() != abi::kSuccess);
  node.Trusts("rules.toml", "unsigned = true\n");
  CHECK(node.Online() == abi::kSuccess);
}

}  // namespace
}  // namespace tidegate::test
