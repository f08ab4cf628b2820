// Durations as people write them.
#include "host/core/time.h"

#include <array>

#include "host/core/limits.h"

namespace tidegate {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ns;
};

// Largest first, so that Text() finds the coarsest unit that is exact.
constexpr std::array<Unit, 6> kUnits = {{{"h", 3'600'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"s", 1'000'000'000},
                                         {"ms", 1'000'000},
                                         {"us", 1'000},
                                         {"ns", 1}}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Duration> ParseDuration(std::string_view text) {
  std::size_t i = 0;
  std::int64_t whole = 0;
  while (i < text.size() && IsDigit(text[i])) {
    whole = whole * 10 + (text[i++] - '0');
    if (whole > limits::kDurationMax.ns) return std::nullopt;
  }
  if (i == 0) return std::nullopt;
  std::int64_t fraction = 0;
  std::int64_t scale = 1;
  if (i < text.size() && text[i] == '.') {
    const std::size_t first = ++i;
    while (i < text.size() && IsDigit(text[i])) {
      if (scale >= 1'000'000'000) return std::nullopt;
      fraction = fraction * 10 + (text[i++] - '0');
      scale *= 10;
    }
    if (i == first) return std::nullopt;
  }
  const std::string_view unit = i == text.size() ? "s" : text.substr(i);
  for (const Unit& u : kUnits) {
    if (u.name != unit) continue;
    if (whole > limits::kDurationMax.ns / u.ns) return std::nullopt;
    // The fraction is below 1e9 and a unit at most 3.6e12: their product can pass 2^63, so divide
    // the unit first where it is large.
    const std::int64_t part = u.ns >= scale ? fraction * (u.ns / scale) : fraction * u.ns / scale;
    const Duration d{whole * u.ns + part};
    if (d > limits::kDurationMax) return std::nullopt;
    return d;
  }
  return std::nullopt;
}

std::string RoundedText(Duration d) {
  const std::int64_t ms = d.ns / 1'000'000;
  return ms == 0 ? Text(d) : Text(Milliseconds(ms));
}

std::string Text(Duration d) {
  if (d.ns == 0) return "0s";
  const bool negative = d.ns < 0;
  const std::int64_t ns = negative ? -d.ns : d.ns;
  const std::string sign = negative ? "-" : "";
  for (const Unit& u : kUnits) {
    if (ns % u.ns == 0) return sign + std::to_string(ns / u.ns) + std::string(u.name);
    if (u.ns <= 1'000'000'000 && ns > u.ns && ns % (u.ns / 10) == 0) {
      return sign + std::to_string(ns / u.ns) + "." + std::to_string(ns % u.ns / (u.ns / 10)) +
             std::string(u.name);
    }
  }
  return sign + std::to_string(ns) + "ns";
}

}  // namespace tidegate
