// Durations as people write them.
#include "host/core/time.h"

#include <catch2/catch_test_macros.hpp>

#include "host/core/limits.h"

namespace tidegate {
namespace {

TEST_CASE("durations are read with a unit, and nothing else is") {
  CHECK(ParseDuration("250ms") == Milliseconds(250));
  CHECK(ParseDuration("5s") == Seconds(5));
  CHECK(ParseDuration("1.5s") == Milliseconds(1500));
  CHECK(ParseDuration("3m") == Minutes(3));
  CHECK(ParseDuration("2h") == Minutes(120));
  CHECK(ParseDuration("30") == Seconds(30));
  CHECK(ParseDuration("0") == Duration{});
  CHECK(ParseDuration("8784h") == limits::kDurationMax);
  for (const char* bad : {"", "s", "-5s", "5 s", "5S", "1e3s", "0x5s", "5.s", ".5s", "5s ", "1d",
                          "8784.9h", "99999999999999999999s", "1.12345678901s"}) {
    CAPTURE(bad);
    CHECK_FALSE(ParseDuration(bad).has_value());
  }
}

TEST_CASE("durations are written as short as they are exact") {
  CHECK(Text(Duration{}) == "0s");
  CHECK(Text(Milliseconds(250)) == "250ms");
  CHECK(Text(Milliseconds(1500)) == "1.5s");
  CHECK(Text(Seconds(90)) == "90s");
  CHECK(Text(Seconds(180)) == "3m");
  CHECK(Text(Seconds(3600)) == "1h");
  CHECK(Text(Nanoseconds(1)) == "1ns");
  CHECK(Text(Milliseconds(-250)) == "-250ms");
}

}  // namespace
}  // namespace tidegate
