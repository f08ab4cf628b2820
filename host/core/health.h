// HealthFilter turns raw verdicts into the one that is acted on: fail after N bad ones among the
// last M, healthy again after K good ones in a row.
//
// Why: clusters act on the first FALSE, and a single slow read is no reason to move a volume. A
// policy declares how sure it wants to be (Health); the default is to believe every verdict.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "host/core/digest.h"
#include "host/core/manifest.h"

namespace tidegate {

class HealthFilter {
 public:
  void Reset() { *this = HealthFilter(); }

  // Takes the next raw verdict; returns the one to act on.
  bool Take(bool healthy, const Health& health) {
    if (healthy && history_ == 0 && !failed_) {  // nothing was ever wrong
      ++good_in_a_row_;
      return true;
    }
    history_ = (history_ << 1) | (healthy ? 0u : 1u);
    good_in_a_row_ = healthy ? good_in_a_row_ + 1 : 0;
    const std::uint32_t window =
        health.of >= kHealthWindow ? ~0u : (1u << static_cast<unsigned>(health.of)) - 1;
    if (std::popcount(history_ & window) >= health.fail_after) failed_ = true;
    if (failed_ && good_in_a_row_ >= health.succeed_after && healthy) {
      failed_ = false;
      history_ = 0;
    }
    return !failed_;
  }

  // Bad verdicts among the last `of`, for the operator: "1 of 3".
  int bad(const Health& health) const {
    const std::uint32_t window =
        health.of >= kHealthWindow ? ~0u : (1u << static_cast<unsigned>(health.of)) - 1;
    return std::popcount(history_ & window);
  }

  // What decides the next verdicts.
  void Describe(Digest& digest, const Health& health) const {
    const std::uint32_t window =
        health.of >= kHealthWindow ? ~0u : (1u << static_cast<unsigned>(health.of)) - 1;
    digest.Add(history_ & window);
    digest.Add(static_cast<std::uint64_t>(std::min(good_in_a_row_, health.succeed_after)));
    digest.Add(failed_ ? 1 : 0);
  }

 private:
  std::uint32_t history_ = 0;  // one bit a verdict, newest lowest, 1 is bad
  int good_in_a_row_ = 0;
  bool failed_ = false;
};

}  // namespace tidegate
