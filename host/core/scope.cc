// Patterns of scopes, matched letter by letter of the text.
//
// What a text so far can have led to is a set of places: so many letters of the pattern are spoken
// for, a bit each. The next letter of the text moves those places on where the pattern has that
// letter, and leaves those where they are that have a star in front of them. All places move at
// once, so that no star is ever gone back to: a pattern is a stranger's, and a policy may say any
// text.
#include "host/core/scope.h"

#include <cstdint>

#include "host/core/limits.h"

namespace tidegate {
namespace {

constexpr bool IsSeparator(char c) { return c == '/' || c == '\\'; }

bool HasParentComponent(std::string_view text, std::size_t& steps) {
  for (std::size_t begin = 0; begin <= text.size();) {
    std::size_t end = begin;
    while (end < text.size() && !IsSeparator(text[end])) ++end;
    steps += end - begin + 1;
    if (text.substr(begin, end - begin) == "..") return true;
    begin = end + 1;
  }
  return false;
}

constexpr std::size_t kWords = limits::kPatternBytes / 64;
using Places = std::array<std::uint64_t, kWords>;

void Add(Places& places, std::size_t place) { places[place / 64] |= 1ull << (place % 64); }
bool Has(const Places& places, std::size_t place) {
  return (places[place / 64] >> (place % 64) & 1) != 0;
}

// A pattern that has a star, taken apart.
class Wildcards {
 public:
  explicit Wildcards(std::string_view pattern) {
    at_[0] = {};
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      const bool both = pattern.substr(i, 2) == "**";
      if (pattern[i] == '*') {
        Add(both ? any_ : one_, letters_);
        i += both ? 1 : 0;
        continue;
      }
      std::uint8_t& number = numbers_[static_cast<unsigned char>(pattern[i])];
      if (number == 0) {
        number = ++distinct_;
        at_[number] = {};
      }
      Add(at_[number], letters_++);
    }
  }

  bool Fit(std::string_view text, std::size_t& steps) const {
    Places now{1};
    for (const char c : text) {
      steps += words();
      if (!Move(now, at_[numbers_[static_cast<unsigned char>(c)]], IsSeparator(c))) return false;
    }
    return Has(now, letters_);
  }

 private:
  std::size_t words() const { return letters_ / 64 + 1; }

  // False: no place is left.
  bool Move(Places& now, const Places& at, bool separator) const {
    std::uint64_t carry = 0;
    std::uint64_t left = 0;
    for (std::size_t w = 0; w < words(); ++w) {
      const std::uint64_t moved = now[w] & at[w];
      const std::uint64_t stays = now[w] & (any_[w] | (separator ? 0 : one_[w]));
      now[w] = moved << 1 | carry | stays;
      carry = moved >> 63;
      left |= now[w];
    }
    return left != 0;
  }

  // With a star in front of them: `**`, `*`.
  Places any_{};
  Places one_{};
  std::size_t letters_ = 0;
  // The places of each letter, by its number; 0: the pattern does not have it. Others are filled in
  // when they are met, for most patterns have few.
  std::array<std::uint8_t, 256> numbers_{};
  std::uint8_t distinct_ = 0;
  std::array<Places, 256> at_;
};

}  // namespace

bool FitsPattern(std::string_view pattern, std::string_view text, std::size_t* steps) {
  std::size_t own = 0;
  if (steps == nullptr) steps = &own;
  if (pattern.size() > limits::kPatternBytes) return false;
  *steps += pattern.size();
  if (pattern.find('*') == pattern.npos) return pattern == text;
  return !HasParentComponent(text, *steps) && Wildcards(pattern).Fit(text, *steps);
}

bool FitsScope(std::string_view pattern, std::string_view text, const Properties& properties) {
  if (!pattern.starts_with('$')) return FitsPattern(pattern, text);
  const auto property = properties.find(pattern.substr(1));
  if (property == properties.end() || text.empty()) return false;
  const auto* value = std::get_if<std::string>(&property->second);
  return value != nullptr ? *value == text : Text(property->second) == text;
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
