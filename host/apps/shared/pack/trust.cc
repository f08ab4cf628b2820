// Reading the trust folder.
#include "host/apps/shared/pack/trust.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "host/apps/shared/pack/evidence.h"
#include "host/apps/shared/toml_reader.h"
#include "host/core/nearest.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTrustFileBytes = 1 << 20;

TableReader::Reader Key(PublicKey& out) {
  return [&out](const toml::node& node) -> Outcome {
    const auto text = node.value_exact<std::string>();
    const Result<PublicKey> key = ParsePublicKey(text.value_or(""));
    if (!key) return Expected("a public key: " + key.error().detail);
    out = *key;
    return Ok();
  };
}

TableReader::Reader Date(std::optional<Day>& out) {
  return [&out](const toml::node& node) -> Outcome {
    const auto date = node.value_exact<toml::date>();
    if (!date) return Expected("a date such as 2027-12-31, without quotes");
    out = Day(std::chrono::year(date->year), std::chrono::month(date->month),
              std::chrono::day(date->day));
    if (!out->ok()) return Expected("a date that exists");
    return Ok();
  };
}

TableReader::Reader CapabilityNames(Capabilities& out) {
  return [&out](const toml::node& node) -> Outcome {
    std::vector<std::string> names;
    if (Outcome read = StringList(names)(node); !read) return read;
    out = Capabilities::None();
    for (const std::string& name : names) {
      const auto capability = CapabilityNamed(name);
      if (!capability) {
        return Expected("a list of capabilities; \"" + name + "\" is none" +
                        Suggestion(name, kCapabilityNames));
      }
      out.Add(*capability);
    }
    return Ok();
  };
}

Outcome ReadKey(const toml::table& table, const std::string& file, Trust& trust) {
  TrustedKey key;
  key.file = file;
  TableReader reader(file, "a trusted key's file");
  reader.Key("key", Key(key.key))
      .Key("owner", String(key.owner))
      .Key("names", StringList(key.names))
      .Key("capabilities", CapabilityNames(key.capabilities))
      .Key("expires", Date(key.expires));
  if (Outcome read = reader.Read(table); !read) return read;
  if (!table.contains("key")) {
    return Error{ErrorCode::kInvalidData, "",
                 file + ": key is missing: the second line of a minisign.pub"};
  }
  if (const TrustedKey* other = trust.Find(key.key.id)) {
    return Error{ErrorCode::kInvalidData, "",
                 file + ": key " + Text(key.key.id) + " is in " + other->file + " already"};
  }
  trust.keys.push_back(std::move(key));
  return Ok();
}

}  // namespace

Day Today() { return Day(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())); }

std::string Text(Day day) {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text;
}

const TrustedKey* Trust::Find(const KeyId& id) const {
  const auto key =
      std::ranges::find_if(keys, [&](const TrustedKey& known) { return known.key.id == id; });
  return key == keys.end() ? nullptr : &*key;
}

Outcome ReadTrustFile(std::string_view text, const std::string& file, Trust& trust) {
  const Result<toml::table> table = ParseToml(text, file);
  if (!table) return table.error();
  const std::string name = fs::path(file).filename().string();
  if (name == "revoked.toml") {
    return TableReader(file, "revoked.toml")
        .Key("keys", StringList(trust.revoked_keys))
        .Key("packs", StringList(trust.revoked_packs))
        .Read(*table);
  }
  if (name == "rules.toml") {
    return TableReader(file, "rules.toml")
        .Key("unsigned", Boolean(trust.unsigned_packs))
        .Key("evidence", Integer([&](std::int64_t n) { trust.evidence = static_cast<int>(n); }, 0,
                                 kMostDeviations))
        .Read(*table);
  }
  return ReadKey(*table, file, trust);
}

Result<Trust> ReadTrust(const fs::path& folder) {
  Trust trust;
  trust.folder = folder.string();
  std::error_code error;
  if (!fs::exists(folder, error)) return trust;
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  if (error) return Error{ErrorCode::kAccessDenied, "", folder.string() + ": cannot be read"};
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    std::string text(kTrustFileBytes, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (!in.eof()) {
      return Error{ErrorCode::kAccessDenied, "",
                   file.string() + ": cannot be read, or is larger than 1 MiB"};
    }
    if (Outcome read = ReadTrustFile(text, file.string(), trust); !read) return read.error();
  }
  return trust;
}

}  // namespace tidegate
