// Patterns of scopes.
#include "host/core/scope.h"

namespace tidegate {
namespace {

constexpr bool IsSeparator(char c) { return c == '/' || c == '\\'; }

bool HasParentComponent(std::string_view text) {
  for (std::size_t begin = 0; begin <= text.size();) {
    std::size_t end = begin;
    while (end < text.size() && !IsSeparator(text[end])) ++end;
    if (text.substr(begin, end - begin) == "..") return true;
    begin = end + 1;
  }
  return false;
}

// Why no recursion: a pattern is a stranger's, and each `*` would multiply the work. The latest
// star of each kind is all that there is to go back to.
bool Fits(std::string_view pattern, std::string_view text) {
  struct Star {
    std::size_t pattern = std::string_view::npos;
    std::size_t text = 0;
  } one, any;
  std::size_t p = 0;
  std::size_t t = 0;
  while (true) {
    if (p < pattern.size() && pattern[p] == '*') {
      const bool both = p + 1 < pattern.size() && pattern[p + 1] == '*';
      p += both ? 2 : 1;
      (both ? any : one) = {p, t};
      if (both) one = {};
      continue;
    }
    if (p == pattern.size() && t == text.size()) return true;
    if (p < pattern.size() && t < text.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
      continue;
    }
    if (one.pattern != pattern.npos && one.text < text.size() && !IsSeparator(text[one.text])) {
      p = one.pattern;
      t = ++one.text;
      continue;
    }
    if (any.pattern == pattern.npos || any.text >= text.size()) return false;
    p = any.pattern;
    t = ++any.text;
    one = {};
  }
}

bool FitsAny(const Patterns& patterns, std::string_view text, const Properties& properties) {
  for (const std::string& pattern : patterns) {
    if (!pattern.starts_with('$')) {
      if (FitsPattern(pattern, text)) return true;
      continue;
    }
    const auto property = properties.find(std::string_view(pattern).substr(1));
    if (property == properties.end()) continue;
    const std::string value = Text(property->second);
    if (!value.empty() && value == text) return true;
  }
  return false;
}

}  // namespace

bool FitsPattern(std::string_view pattern, std::string_view text) {
  if (pattern.find('*') == pattern.npos) return pattern == text;
  return !HasParentComponent(text) && Fits(pattern, text);
}

bool Permissions::Reach(Capability c, std::string_view what, const Properties& properties) const {
  return Of(c) && FitsAny(*Of(c), what, properties);
}

std::uint8_t Permissions::Reaching(std::string_view volume, const Properties& properties) const {
  static_assert(kCapabilityNames.size() <= 8);
  std::uint8_t bits = 0;
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    if (Reach(static_cast<Capability>(i), volume, properties)) {
      bits = static_cast<std::uint8_t>(bits | (1u << i));
    }
  }
  return bits;
}

bool Permissions::MayMountAt(std::string_view where, const Properties& properties) const {
  return FitsAny(mount_points, where, properties);
}

Capabilities Permissions::AskedFor() const {
  Capabilities all = Capabilities::None();
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    if (scopes[i]) all.Add(static_cast<Capability>(i));
  }
  return all;
}

std::string Text(const Patterns& patterns) {
  std::string text;
  for (const std::string& pattern : patterns) text += (text.empty() ? "" : ", ") + pattern;
  return text.empty() ? "nothing" : text;
}

}  // namespace tidegate
