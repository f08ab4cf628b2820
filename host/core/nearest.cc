// The nearest known name, by edit distance without regard to case.
#include "host/core/nearest.h"

#include <algorithm>
#include <vector>

namespace tidegate {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (Lower(a[i - 1]) == Lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string Suggestion(std::string_view wrong, std::span<const std::string_view> known) {
  constexpr std::size_t kLongestName = 64;  // hostile names cost nothing
  constexpr std::size_t kListed = 12;
  std::string_view best;
  std::size_t best_distance = 4;
  if (wrong.size() <= kLongestName) {
    for (const std::string_view name : known) {
      const std::size_t d = Distance(wrong, name);
      if (d < best_distance && d < name.size()) {
        best = name;
        best_distance = d;
      }
    }
  }
  if (!best.empty()) return ", did you mean " + std::string(best) + "?";
  if (known.empty() || known.size() > kListed) return "";
  std::string list;
  for (const std::string_view name : known) list += (list.empty() ? "" : ", ") + std::string(name);
  return ", known are " + list;
}

}  // namespace tidegate
