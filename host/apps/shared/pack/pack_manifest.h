// A PackManifest is what pack.toml says: what the pack is, what it needs and what it may touch.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/apps/shared/pack/pack_name.h"
#include "host/core/scope.h"

namespace tidegate {

// How far `pack build` explores the policy, per cluster; -1: not at all.
struct EvidenceWanted {
  int wsfc = 1;
  int pacemaker = 1;
  std::vector<std::string> set;  // properties, "Name=value"
};
inline constexpr int kMostDeviations = 3;

struct PackManifest {
  std::string name;
  Version version;
  std::string summary;
  std::string licence;
  std::int64_t api_from = 1;  // of the policy interface, both ends included
  std::int64_t api_to = 1;
  Version minimum_host;
  std::vector<std::string> kinds;       // of resources that it is for: "volume"
  std::string entry;                    // the policy's file
  std::vector<std::string> properties;  // by name, as the policy declares them
  Permissions permissions;
  EvidenceWanted evidence;

  std::string Title() const { return name + " " + Text(version); }
};

// The error is "FILE:LINE: what is wrong; what was expected".
Result<PackManifest> ParsePackManifest(std::string_view text, const std::string& file);

// What its capabilities let it do, a line each, in words for an operator.
std::vector<std::string> MayTouch(const Permissions& permissions);

}  // namespace tidegate
