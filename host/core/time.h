// Instant is a point on a monotonic clock and Duration a length of time; both are int64
// nanoseconds.
//
// There is no way here to ask what time it is: the present arrives with every Event, so that policy
// logic runs the same under a real clock and under the simulator's.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate {

struct Duration {
  std::int64_t ns = 0;
  constexpr auto operator<=>(const Duration&) const = default;
};

struct Instant {
  std::int64_t ns = 0;
  constexpr auto operator<=>(const Instant&) const = default;
};

constexpr Duration Nanoseconds(std::int64_t n) { return {n}; }
constexpr Duration Microseconds(std::int64_t n) { return {n * 1'000}; }
constexpr Duration Milliseconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr Duration Seconds(std::int64_t n) { return {n * 1'000'000'000}; }
constexpr Duration Minutes(std::int64_t n) { return Seconds(n * 60); }

constexpr Instant operator+(Instant at, Duration d) { return {at.ns + d.ns}; }
constexpr Instant operator-(Instant at, Duration d) { return {at.ns - d.ns}; }
constexpr Duration operator-(Instant a, Instant b) { return {a.ns - b.ns}; }
constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
constexpr Duration operator*(Duration d, std::int64_t n) { return {d.ns * n}; }
constexpr Duration operator/(Duration d, std::int64_t n) { return {d.ns / n}; }

// Reads "250ms", "5s", "1.5s", "3m", "2h", or a plain number of seconds. Nothing else, no sign, and
// at most limits::kDurationMax.
std::optional<Duration> ParseDuration(std::string_view text);

// The shortest exact form with one unit: "250ms", "5s", "3m", "1.5s".
std::string Text(Duration d);
// To the millisecond, for what was measured.
std::string RoundedText(Duration d);

}  // namespace tidegate
