// Trust is what a host accepts packs by: whose keys, for which names and capabilities, until when;
// what was revoked; whether it takes unsigned packs; how much evidence it demands.
//
// It is a folder of TOML files that belongs to the host's administrator:
//   NAME.toml     a trusted key        key, owner, names, capabilities, expires
//   revoked.toml  what no longer holds keys, packs
//   rules.toml    the host's demands   unsigned, evidence
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/apps/shared/pack/signature.h"
#include "host/core/scope.h"

namespace tidegate {

using Day = std::chrono::year_month_day;
Day Today();
std::string Text(Day day);  // "2026-11-20"

struct TrustedKey {
  std::string file;
  PublicKey key;
  std::string owner;
  Patterns names = {"*"};                           // of the packs that it may sign
  Capabilities capabilities = Capabilities::All();  // that they may ask for
  std::optional<Day> expires;                       // the last day on which it is good
};

struct Trust {
  std::string folder;
  std::vector<TrustedKey> keys;
  std::vector<std::string> revoked_keys;   // ids: "43EA1CF847D84D7E"
  std::vector<std::string> revoked_packs;  // "NAME@VERSION", or the SHA-256 of a list
  bool unsigned_packs = false;
  std::optional<int> evidence;  // at least so many deviations

  const TrustedKey* Find(const KeyId& id) const;
};

// A folder that is not there trusts nobody. A file that is wrong is an error: who is trusted must
// not depend on what could be read.
Result<Trust> ReadTrust(const std::filesystem::path& folder);

// One file of it, by its name.
Outcome ReadTrustFile(std::string_view text, const std::string& file, Trust& trust);

}  // namespace tidegate
