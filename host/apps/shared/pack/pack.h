// A Pack is a policy pack whose files were read, each once, and agree with their list: what is
// verified is what runs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "host/apps/shared/pack/evidence.h"
#include "host/apps/shared/pack/pack_files.h"
#include "host/apps/shared/pack/pack_manifest.h"
#include "host/apps/shared/pack/trust.h"
#include "host/core/manifest.h"
#include "host/lua/compiled_policy.h"

namespace tidegate {

struct Pack {
  PackManifest manifest;
  PackFiles files;
  std::string list;
  std::string signature;  // a .minisig file's text; empty: unsigned
  std::optional<Evidence> evidence;

  std::string Digest() const;  // SHA-256 of the list: names these files and no others
};

// The pack that these files are, with `list` as it came along. The error says what is wrong.
Result<Pack> MakePack(PackFiles files, std::string list, std::string signature);

// All files of a folder, hidden ones and what pack build makes left out; links are refused.
Result<PackFiles> ReadPackFiles(const std::filesystem::path& folder);
// A folder with DIGESTS in it: an installed pack.
Result<Pack> ReadPackFolder(const std::filesystem::path& folder);
// A vendor's folder: its list is made here.
Result<Pack> ReadPackSource(const std::filesystem::path& folder);

// Why this host accepts the pack. The error says why it does not.
struct Accepted {
  std::string by;  // "key 43EA1CF847D84D7E of ACME (trust/acme.toml)", or "unsigned, ..."
};
Result<Accepted> Judge(const Pack& pack, const Trust& trust, Day today);

// Whether pack.toml and the policy say the same of it.
Outcome CheckCode(const Pack& pack, const Manifest& code);

PolicySource SourceOf(const Pack& pack);

}  // namespace tidegate
