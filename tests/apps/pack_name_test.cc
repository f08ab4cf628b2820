// Names and versions of packs, and days on which keys expire.
#include "host/apps/shared/pack/pack_name.h"

#include <catch2/catch_test_macros.hpp>

#include "host/apps/shared/pack/trust.h"

namespace tidegate {
namespace {

TEST_CASE("versions are in the order of Semantic Versioning", "[pack]") {
  // Source: Semantic Versioning 2.0.0, 11.
  const char* const in_order[] = {"0.9.0",      "1.0.0-alpha",  "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                  "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
                                  "1.0.0",      "1.0.1",        "1.2.0",         "1.10.0"};
  const Version* before = nullptr;
  std::vector<Version> versions;
  for (const char* text : in_order) {
    INFO(text);
    REQUIRE(ParseVersion(text));
    CHECK(Text(*ParseVersion(text)) == text);
    versions.push_back(*ParseVersion(text));
  }
  for (const Version& version : versions) {
    if (before != nullptr) CHECK(*before < version);
    before = &version;
  }
}

TEST_CASE("what is no version is none", "[pack]") {
  for (const char* text : {"", "1", "1.0", "1.0.0.0", "v1.0.0", "01.0.0", "1.0.-1", "1.0.0-",
                           "1.0.0-a..b", "1.0.0-01", "1.0.0+build", "4294967296.0.0", "1.0.0/.."}) {
    INFO(text);
    CHECK_FALSE(ParseVersion(text));
  }
}

TEST_CASE("a POLICY is a pack when it has its form and no file is in the way", "[pack]") {
  CHECK(NamesInstalledPack("acme-volume"));
  CHECK(NamesInstalledPack("acme-volume@1.0.0"));
  CHECK_FALSE(NamesInstalledPack("acme-volume@1"));
  CHECK_FALSE(NamesInstalledPack("acme/volume"));
  CHECK_FALSE(NamesInstalledPack("volume.lua"));
  CHECK_FALSE(NamesInstalledPack("Volume"));
  CHECK_FALSE(NamesInstalledPack("../volume"));
  CHECK_FALSE(NamesInstalledPack("policies", TIDEGATE_SOURCE_DIR));
}

TEST_CASE("a trust file that is wrong is an error that says where", "[pack]") {
  const std::string key = "key = \"RWS+4A+BCBNRlKw332XZ8fepNr+fB6hvYP/u/51F8uklSpR8yZkj9npi\"\n";
  const auto refusal = [](const std::string& text, const std::string& file) {
    Trust trust;
    const Outcome read = ReadTrustFile(text, file, trust);
    return read ? std::string("taken") : read.error().detail;
  };
  CHECK(refusal(key + "expires = 2027-12-31\n", "a.toml") == "taken");
  CHECK(refusal(key + "expires = 2027-02-30\n", "a.toml").starts_with("a.toml:2: "));
  CHECK(refusal("owner = \"x\"\n", "a.toml") ==
        "a.toml: key is missing: the second line of a minisign.pub");
  CHECK(refusal(key + "capabilities = [\"volumes\"]\n", "a.toml") ==
        "a.toml:2: capabilities must be a list of capabilities; \"volumes\" is none, did you mean "
        "volume?");
  CHECK(refusal("evidence = 4\n", "rules.toml") ==
        "rules.toml:1: evidence must be an integer from 0 to 3");
  CHECK(refusal("key = \"x\"\n", "revoked.toml").starts_with("revoked.toml:1: unknown key key"));
}

}  // namespace
}  // namespace tidegate
