// Packs that no host may take: each is refused with a message of its own, and nothing is installed.
// The messages are in tests/packs/refusals.txt; TIDEGATE_GOLDEN=1 writes it anew.
#include <archive.h>
#include <archive_entry.h>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <optional>
#include <set>

#include "host/apps/shared/pack/base64.h"
#include "tests/apps/pack_stage.h"

namespace tidegate {
namespace {

using test::Ended;
using test::PackStage;
using test::Replaced;

struct RawEntry {
  std::string path;
  std::string bytes;
  int type = AE_IFREG;
  std::string link{};
  bool hard = false;
};

la_ssize_t Append(archive*, void* to, const void* bytes, std::size_t size) {
  static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

// Any entries at all, as no build makes them.
std::string Raw(const std::vector<RawEntry>& entries) {
  std::string bytes;
  archive* out = archive_write_new();
  archive_write_set_format_gnutar(out);
  archive_write_add_filter_gzip(out);
  archive_write_open(out, &bytes, nullptr, Append, nullptr);
  for (const RawEntry& raw : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, raw.path.c_str());
    archive_entry_set_filetype(entry, static_cast<unsigned>(raw.type));
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(raw.bytes.size()));
    if (raw.hard) {
      archive_entry_set_hardlink(entry, raw.link.c_str());
    } else if (!raw.link.empty()) {
      archive_entry_set_symlink(entry, raw.link.c_str());
    }
    archive_write_header(out, entry);
    archive_write_data(out, raw.bytes.data(), raw.bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(out);
  archive_write_free(out);
  return bytes;
}

// What is offered to the host; each case spoils something.
struct Offer {
  PackFiles files = test::Small();
  std::optional<std::string> list;
  std::vector<RawEntry> more;  // entries after the files
  std::optional<std::string> archive;
  std::string key = "vendor";
  std::optional<std::string> signature;
  std::string trust = "names = [\"acme-*\"]\n";
  std::string revoked;
  std::string rules;
  std::optional<PackFiles> before;  // installed first

  std::string& File(const std::string& path) { return files.at(path); }
  void Toml(const std::string& what, const std::string& by) {
    File("pack.toml") = Replaced(File("pack.toml"), what, by);
  }
  std::string List() const { return list.value_or(ListOf(files)); }
  std::string Archive() const {
    if (archive) return *archive;
    std::vector<RawEntry> entries = {{"DIGESTS", List()}};
    for (const auto& [path, bytes] : files) entries.push_back({path, bytes});
    entries.insert(entries.end(), more.begin(), more.end());
    return Raw(entries);
  }
  std::string Signature() const {
    if (signature) return *signature;
    return key.empty() ? "" : test::SignedBy(key, List());
  }
};

struct Case {
  const char* name;
  std::function<void(Offer&)> spoil;
};

std::string LineOf(const std::string& text, int n) {
  std::size_t begin = 0;
  while (n-- > 0) begin = text.find('\n', begin) + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

PackFiles SmallOf(const std::string& version) {
  PackFiles files = test::Small();
  files["pack.toml"] = Replaced(files["pack.toml"], "1.0.0", version);
  return files;
}

void AddEvidence(Offer& o, int deviations) {
  Evidence evidence{.tool = "0.1.0", .code = CodeDigest(o.files), .explored = {}};
  evidence.explored.push_back({.cluster = "wsfc", .deviations = deviations, .digest = "00"});
  o.files["evidence.toml"] = Text(evidence);
}

const std::vector<Case> kFiles = {
    {"a tampered file",
     [](Offer& o) {
       o.list = ListOf(o.files);
       o.File("acme-small.lua") += "-- and more\n";
     }},
    {"an extra file",
     [](Offer& o) {
       o.list = ListOf(o.files);
       o.files["extra.lua"] = "return {}\n";
     }},
    {"a missing file",
     [](Offer& o) {
       o.files["helper.lua"] = "return {}\n";
       o.list = ListOf(o.files);
       o.files.erase("helper.lua");
     }},
    {"a file replaced after verification, with its list",
     [](Offer& o) {
       o.signature = test::SignedBy("vendor", ListOf(o.files));
       o.File("acme-small.lua") += "-- changed\n";
     }},
    {"a list out of order",
     [](Offer& o) {
       const std::string list = ListOf(o.files);
       o.list = LineOf(list, 1) + "\n" + LineOf(list, 0) + "\n";
     }},
    {"a list that names a file twice",
     [](Offer& o) {
       const std::string list = ListOf(o.files);
       o.list = LineOf(list, 0) + "\n" + list;
     }},
    {"a line of the list that is none", [](Offer& o) { o.list = "hello\n" + ListOf(o.files); }},
    {"an empty list", [](Offer& o) { o.list = ""; }},
    {"no list",
     [](Offer& o) {
       o.archive = Raw({{"pack.toml", o.File("pack.toml")}});
     }},
    {"two lists",
     [](Offer& o) {
       o.more = {{"DIGESTS", "x"}};
     }},
    {"a signature inside",
     [](Offer& o) {
       o.more = {{"DIGESTS.minisig", "x"}};
     }},
    {"a list of nothing",
     [](Offer& o) {
       o.archive = Raw({{"DIGESTS", ""}});
     }},
};

const std::vector<Case> kPaths = {
    {"a path out of the pack",
     [](Offer& o) {
       o.more = {{"../../etc/passwd", "x"}};
     }},
    {"a path around in it",
     [](Offer& o) {
       o.more = {{"plans/./a.plan", "x"}};
     }},
    {"an absolute path",
     [](Offer& o) {
       o.more = {{"/etc/passwd", "x"}};
     }},
    {"an empty part",
     [](Offer& o) {
       o.more = {{"plans//a.plan", "x"}};
     }},
    {"a backslash",
     [](Offer& o) {
       o.more = {{"..\\evil.lua", "x"}};
     }},
    {"a symbolic link",
     [](Offer& o) {
       o.more = {{"a.lua", "", AE_IFLNK, "/etc/passwd"}};
     }},
    {"a hard link",
     [](Offer& o) {
       o.more = {{"a.lua", "", AE_IFREG, "pack.toml", true}};
     }},
    {"a device",
     [](Offer& o) {
       o.more = {{"disk", "", AE_IFBLK}};
     }},
    {"a pipe",
     [](Offer& o) {
       o.more = {{"pipe", "", AE_IFIFO}};
     }},
    {"a folder of its own",
     [](Offer& o) {
       o.more = {{"plans/", "", AE_IFDIR}};
     }},
    {"a duplicate name",
     [](Offer& o) {
       o.more = {{"pack.toml", "name = 1\n"}};
     }},
    {"a clash of case",
     [](Offer& o) {
       o.more = {{"PACK.toml", "x"}};
     }},
    {"a file that is a folder too",
     [](Offer& o) {
       o.more = {{"pack.toml/a.lua", "x"}};
     }},
    {"a name that is not UTF-8",
     [](Offer& o) {
       o.more = {{"a\xff\xfe.lua", "x"}};
     }},
    {"a name with other letters",
     [](Offer& o) {
       o.more = {{"gr\xc3\xbc\xc3\x9f.lua", "x"}};
     }},
    {"a device's name on Windows",
     [](Offer& o) {
       o.more = {{"nul.lua", "x"}};
     }},
    {"a name that ends in a dot",
     [](Offer& o) {
       o.more = {{"a.lua.", "x"}};
     }},
    {"a hidden file",
     [](Offer& o) {
       o.more = {{".bashrc", "x"}};
     }},
    {"a name too long",
     [](Offer& o) {
       o.more = {{"plans/" + std::string(101, 'a'), "x"}};
     }},
    {"a path too long",
     [](Offer& o) {
       o.more = {{std::string(151, 'a'), "x"}};
     }},
};

const std::vector<Case> kSizes = {
    {"a huge file",
     [](Offer& o) {
       o.more = {{"big.lua", std::string((1 << 20) + 1, ' ')}};
     }},
    {"a bomb of many",
     [](Offer& o) {
       for (int i = 0; i < 9; ++i) {
         o.more.push_back({"z" + std::to_string(i) + ".lua", std::string(1 << 20, ' ')});
       }
     }},
    {"too many files",
     [](Offer& o) {
       for (int i = 0; i < 1001; ++i) o.more.push_back({"f" + std::to_string(i), ""});
     }},
    {"an archive too large", [](Offer& o) { o.archive = std::string((8 << 20) + 1, 'x'); }},
    {"an archive that is cut",
     [](Offer& o) {
       o.more = {{"plans/a.plan", [] {
                    std::string noise;
                    for (unsigned i = 0, x = 1; i < 60'000; ++i) {
                      noise += static_cast<char>((x = x * 1664525u + 1013904223u) >> 24);
                    }
                    return noise;
                  }()}};
       const std::string whole = o.Archive();
       o.archive = whole.substr(0, whole.size() / 2);
     }},
    {"no archive", [](Offer& o) { o.archive = "PK\x03\x04 a zip file"; }},
};

const std::vector<Case> kSignatures = {
    {"no signature", [](Offer& o) { o.key = ""; }},
    {"a key that nobody trusts", [](Offer& o) { o.key = "other"; }},
    {"another key under the trusted one's number",
     [](Offer& o) {
       const std::string forged = test::SignedBy("other", o.List());
       std::vector<std::uint8_t> bytes = *FromBase64(LineOf(forged, 1));
       const auto good = *FromBase64(LineOf(test::SignedBy("vendor", o.List()), 1));
       std::copy_n(good.begin(), 10, bytes.begin());  // algorithm and number
       o.signature = Replaced(forged, LineOf(forged, 1), ToBase64(bytes));
     }},
    {"the signature of an older version",
     [](Offer& o) {
       o.signature =
           test::KeyOf("vendor").Sign(ListOf(SmallOf("0.9.0")), "acme-small 0.9.0, list 1f...");
     }},
    {"a changed trusted comment",
     [](Offer& o) {
       o.signature = Replaced(test::SignedBy("vendor", o.List()), "a test", "a lie!");
     }},
    {"a signature that is cut",
     [](Offer& o) {
       const std::string whole = test::SignedBy("vendor", o.List());
       o.signature = Replaced(whole, LineOf(whole, 1), LineOf(whole, 1).substr(0, 40));
     }},
    {"a signature of another kind",
     [](Offer& o) { o.signature = "-----BEGIN PGP SIGNATURE-----\n"; }},
    {"another algorithm",
     [](Offer& o) {
       const std::string whole = test::SignedBy("vendor", o.List());
       o.signature = Replaced(whole, "\nRU", "\nUk");
     }},
    {"an expired key", [](Offer& o) { o.trust += "expires = 2020-02-29\n"; }},
    {"a revoked key", [](Offer& o) { o.revoked = "keys = [\"94511308810FE0BE\"]\n"; }},
    {"a revoked version", [](Offer& o) { o.revoked = "packs = [\"acme-small@1.0.0\"]\n"; }},
    {"a revoked list",
     [](Offer& o) {
       const Pack pack{{}, {}, o.List(), {}, {}};
       o.revoked = "packs = [\"" + pack.Digest() + "\"]\n";
     }},
    {"a key trusted for other names", [](Offer& o) { o.trust = "names = [\"other-*\"]\n"; }},
    {"a capability that is not granted",
     [](Offer& o) { o.trust += "capabilities = [\"volume\"]\n"; }},
    {"a trust file that is wrong", [](Offer& o) { o.trust += "expires = \"2020\"\n"; }},
};

const std::vector<Case> kManifests = {
    {"no pack.toml", [](Offer& o) { o.files.erase("pack.toml"); }},
    {"pack.toml that is no TOML", [](Offer& o) { o.File("pack.toml") += "]]\n"; }},
    {"an unknown key", [](Offer& o) { o.Toml("licence", "lisence"); }},
    {"a name that is none", [](Offer& o) { o.Toml("acme-small", "Acme Small"); }},
    {"a version that is none", [](Offer& o) { o.Toml("1.0.0", "1.0"); }},
    {"no licence", [](Offer& o) { o.Toml("licence = \"MIT\"", ""); }},
    {"an entry that is not there", [](Offer& o) { o.Toml("acme-small.lua", "other.lua"); }},
    {"an entry that is no policy", [](Offer& o) { o.Toml("acme-small.lua", "pack.toml"); }},
    {"an unknown capability", [](Offer& o) { o.Toml("store =", "storage ="); }},
    {"a capability without a scope",
     [](Offer& o) { o.Toml("[\"$VolumePath\", \"/srv/acme/*\"]", "true"); }},
    {"a scope that names no property", [](Offer& o) { o.Toml("$VolumePath", "$VolumePaht"); }},
    {"a property that the policy lacks", [](Offer& o) { o.Toml("\"Other\"", "\"Other\", \"X\""); }},
    {"a property that pack.toml lacks", [](Offer& o) { o.Toml(", \"Other\"", ""); }},
    {"capabilities that disagree",
     [](Offer& o) { o.Toml("store = [\"acme.*\"]", "timer = true"); }},
    {"another api", [](Offer& o) { o.Toml("kinds", "api = [2, 3]\nkinds"); }},
    {"a host too old", [](Offer& o) { o.Toml("kinds", "minimum_host = \"9.0.0\"\nkinds"); }},
    {"a policy that does not compile", [](Offer& o) { o.File("acme-small.lua") = "return {,}\n"; }},
    {"a file with the name of a built-in module",
     [](Offer& o) { o.files["retry.lua"] = "return {}\n"; }},
    {"a policy that runs away", [](Offer& o) { o.File("acme-small.lua") = "while true do end\n"; }},
};

const std::vector<Case> kHistory = {
    {"a downgrade", [](Offer& o) { o.before = SmallOf("1.1.0"); }},
    {"the same version with other files",
     [](Offer& o) {
       o.before = test::Small();
       o.File("acme-small.lua") += "-- fixed\n";
     }},
    {"no evidence where it is demanded", [](Offer& o) { o.rules = "evidence = 1\n"; }},
    {"too little evidence",
     [](Offer& o) {
       o.rules = "evidence = 3\n";
       AddEvidence(o, 2);
     }},
    {"evidence about other files",
     [](Offer& o) {
       AddEvidence(o, 2);
       o.File("acme-small.lua") += "-- changed since\n";
     }},
    {"evidence that is no evidence", [](Offer& o) { o.files["evidence.toml"] = "runs = 1\n"; }},
};

// Installs the offer; answers what the host said.
std::string Refusal(const Case& bad) {
  Offer offer;
  bad.spoil(offer);
  const PackStage stage;
  stage.TrustsVendor();
  if (offer.before) {
    REQUIRE(stage.Pack({"install", stage.Built(*offer.before, "before.pack")}).code == 0);
  }
  stage.TrustsVendor(offer.trust);
  if (!offer.revoked.empty()) stage.Trusts("revoked.toml", offer.revoked);
  if (!offer.rules.empty()) stage.Trusts("rules.toml", offer.rules);
  const std::string before = stage.Installed();
  const std::string archive = stage.dir.Write("a.pack", offer.Archive());
  if (const std::string signature = offer.Signature(); !signature.empty()) {
    stage.dir.Write("a.digests.minisig", signature);
  }
  const Ended ended = stage.Pack({"install", archive});
  INFO(bad.name << ": " << ended.output);
  CHECK(ended.code == 1);
  CHECK(ended.output.starts_with("error: "));
  CHECK(stage.Installed() == before);
  std::string said = ended.output;
  for (std::size_t at; (at = said.find(stage.dir.path())) != said.npos;) {
    said.replace(at, stage.dir.path().size(), "DIR");
  }
  return said;
}

TEST_CASE("packs that no host may take are refused, each for its own reason", "[pack]") {
  std::string told;
  std::set<std::string> reasons;
  int cases = 0;
  for (const auto* group : {&kFiles, &kPaths, &kSizes, &kSignatures, &kManifests, &kHistory}) {
    for (const Case& bad : *group) {
      const std::string said = Refusal(bad);
      INFO(bad.name << ": " << said);
      CHECK(reasons.insert(said).second);
      told += std::string(bad.name) + "\n    " + said;
      ++cases;
    }
  }
  CHECK(cases >= 40);
  const std::string golden = TIDEGATE_SOURCE_DIR "/tests/packs/refusals.txt";
  if (std::getenv("TIDEGATE_GOLDEN") != nullptr) {
    std::ofstream(golden, std::ios::binary) << told;
  }
  INFO("tests/packs/refusals.txt differs; TIDEGATE_GOLDEN=1 rewrites it");
  CHECK(told == test::ReadFile(golden));
}

// The measure of all of the above: nothing spoiled, nothing refused.
TEST_CASE("the same pack, unspoiled, is installed", "[pack]") {
  const Offer offer;
  const PackStage stage;
  stage.TrustsVendor();
  const std::string archive = stage.dir.Write("a.pack", offer.Archive());
  stage.dir.Write("a.digests.minisig", offer.Signature());
  const Ended ended = stage.Pack({"install", archive});
  INFO(ended.output);
  CHECK(ended.code == 0);
  CHECK(stage.Installed() ==
        "acme-small/1.0.0/DIGESTS acme-small/1.0.0/DIGESTS.minisig acme-small/1.0.0/acme-small.lua "
        "acme-small/1.0.0/pack.toml");
}

}  // namespace
}  // namespace tidegate
