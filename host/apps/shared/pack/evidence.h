// Evidence is what a pack was tried against before it was signed: how many deviations from an
// undisturbed run were explored on which cluster, what was covered, which plans and scenarios it
// went through. `pack build` writes it as evidence.toml, which is part of what is signed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/apps/shared/pack/pack_files.h"
#include "host/apps/shared/pack/pack_manifest.h"

namespace tidegate {

struct Explored {
  std::string cluster;
  std::int64_t deviations = 0;  // every run with at most so many, without a violation
  std::int64_t runs = 0;
  std::int64_t states = 0;
  std::int64_t outcomes = 0;  // that operations and entry points could have
  std::int64_t covered = 0;   // of these, that took place
  std::int64_t call_sites = 0;
  std::string digest;  // of all runs
  bool operator==(const Explored&) const = default;
};

struct Evidence {
  std::string tool;  // version of the program that explored
  std::string code;  // CodeDigest of what was explored
  std::int64_t plans = 0;
  std::int64_t scenarios = 0;
  std::vector<Explored> explored;
  bool operator==(const Evidence&) const = default;

  // The least of the clusters explored; none without one.
  std::optional<int> Deviations() const;
};

// SHA-256 of the list of everything but evidence.toml: evidence is about exactly these files.
std::string CodeDigest(const PackFiles& files);

std::string Text(const Evidence& evidence);
Result<Evidence> ParseEvidence(std::string_view text, const std::string& file);

}  // namespace tidegate
