// The nearest known name, by edit distance without regard to case.
#include "host/core/nearest.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tidegate {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr std::size_t kLongestName = 64;  // hostile names cost nothing
constexpr std::size_t kFar = 4;           // nobody meant that

// At most kFar. Only what lies within kFar of the diagonal is looked at: names that differ much
// cost as little as those that are alike.
std::size_t Distance(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() > kLongestName || b.size() - a.size() >= kFar) return kFar;
  std::array<std::size_t, kLongestName + 2> row;
  row.fill(kFar);
  for (std::size_t j = 0; j < kFar; ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const std::size_t from = i > kFar ? i - kFar : 1;
    const std::size_t to = std::min(b.size(), i + kFar);
    std::size_t diagonal = row[from - 1];
    row[from - 1] = from == 1 ? std::min(i, kFar) : kFar;
    std::size_t nearest = row[from - 1];
    for (std::size_t j = from; j <= to; ++j) {
      const std::size_t replaced = diagonal + (Lower(a[i - 1]) == Lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1, kFar});
      nearest = std::min(nearest, row[j]);
    }
    if (nearest == kFar) return kFar;
  }
  return row[b.size()];
}

}  // namespace

std::string Suggestion(std::string_view wrong, std::span<const std::string_view> known) {
  constexpr std::size_t kListed = 12;
  constexpr std::size_t kCompared = 256;  // and many names little
  std::string_view best;
  std::size_t best_distance = kFar;
  for (const std::string_view name : known.first(std::min(known.size(), kCompared))) {
    const std::size_t d = Distance(wrong, name);
    if (d < best_distance && d < name.size()) {
      best = name;
      best_distance = d;
    }
  }
  if (!best.empty()) return ", did you mean " + std::string(best) + "?";
  if (known.empty() || known.size() > kListed) return "";
  std::string list;
  for (const std::string_view name : known) list += (list.empty() ? "" : ", ") + std::string(name);
  return ", known are " + list;
}

}  // namespace tidegate
