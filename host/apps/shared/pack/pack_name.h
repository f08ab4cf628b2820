// A pack's name and version, and how a command line names an installed pack: NAME or NAME@VERSION.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "host/core/result.h"

namespace tidegate {

// "1.2.0" or "1.2.0-rc.1". Source: Semantic Versioning 2.0.0; build metadata ("+...") is refused,
// because two versions that differ in it would be of the same rank.
struct Version {
  std::array<std::uint32_t, 3> numbers{};
  std::string prerelease;

  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const = default;
};
std::string Text(const Version& version);
std::optional<Version> ParseVersion(std::string_view text);

// 1 to 64 of a-z 0-9 - and begins with a letter: it is a folder's name on every system.
bool IsPackName(std::string_view name);

struct PackName {
  std::string name;
  std::optional<Version> version;  // none: the highest installed
};
std::optional<PackName> ParsePackName(std::string_view text);

// Whether a POLICY, as it was typed, is an installed pack and not a path: it has the form of one,
// and there is no such file or folder (in `base`, when it is relative).
bool NamesInstalledPack(std::string_view policy, const std::filesystem::path& base = {});

}  // namespace tidegate
