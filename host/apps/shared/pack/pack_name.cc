// Names and versions.
#include "host/apps/shared/pack/pack_name.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace tidegate {
namespace {

constexpr std::size_t kNameBytes = 64;
constexpr std::size_t kPrereleaseBytes = 64;

bool IsDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Without a sign and without a leading zero.
std::optional<std::uint32_t> Number(std::string_view text) {
  if (!IsDigits(text) || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> Split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool IsIdentifier(std::string_view text) {
  if (IsDigits(text)) return Number(text).has_value();
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

// Numbers by value and below texts. Source: Semantic Versioning 2.0.0, 11.4.
std::strong_ordering Compare(std::string_view a, std::string_view b) {
  const auto x = Number(a);
  const auto y = Number(b);
  if (x && y) return *x <=> *y;
  if (x.has_value() != y.has_value()) {
    return x ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  return a <=> b;
}

}  // namespace

std::strong_ordering Version::operator<=>(const Version& other) const {
  if (const auto order = numbers <=> other.numbers; order != 0) return order;
  // A prerelease comes before its release.
  if (prerelease.empty() || other.prerelease.empty()) {
    return prerelease.empty() <=> other.prerelease.empty();
  }
  const auto mine = Split(prerelease, '.');
  const auto theirs = Split(other.prerelease, '.');
  for (std::size_t i = 0; i < std::min(mine.size(), theirs.size()); ++i) {
    if (const auto order = Compare(mine[i], theirs[i]); order != 0) return order;
  }
  return mine.size() <=> theirs.size();
}

std::string Text(const Version& version) {
  const auto& n = version.numbers;
  return std::to_string(n[0]) + "." + std::to_string(n[1]) + "." + std::to_string(n[2]) +
         (version.prerelease.empty() ? "" : "-" + version.prerelease);
}

std::optional<Version> ParseVersion(std::string_view text) {
  Version version;
  if (const std::size_t hyphen = text.find('-'); hyphen != text.npos) {
    version.prerelease = text.substr(hyphen + 1);
    text = text.substr(0, hyphen);
    if (version.prerelease.size() > kPrereleaseBytes) return std::nullopt;
    if (!std::ranges::all_of(Split(version.prerelease, '.'), IsIdentifier)) return std::nullopt;
  }
  const auto parts = Split(text, '.');
  if (parts.size() != 3) return std::nullopt;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = Number(parts[i]);
    if (!number) return std::nullopt;
    version.numbers[i] = *number;
  }
  return version;
}

bool IsPackName(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytes && name[0] >= 'a' && name[0] <= 'z' &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

std::optional<PackName> ParsePackName(std::string_view text) {
  const std::size_t at = text.find('@');
  PackName pack{std::string(text.substr(0, at)), std::nullopt};
  if (!IsPackName(pack.name)) return std::nullopt;
  if (at == text.npos) return pack;
  pack.version = ParseVersion(text.substr(at + 1));
  if (!pack.version) return std::nullopt;
  return pack;
}

bool NamesInstalledPack(std::string_view policy, const std::filesystem::path& base) {
  std::error_code error;
  return ParsePackName(policy) && !std::filesystem::exists(base / std::string(policy), error);
}

}  // namespace tidegate
