// A TokenBucket lets through so many a second, with a burst of one second's worth, and counts the
// rest.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "host/core/time.h"

namespace tidegate {

class TokenBucket {
 public:
  explicit constexpr TokenBucket(int per_second)
      : interval_(Seconds(1) / per_second), burst_(Seconds(1)) {}

  bool Take(Instant now) {
    free_at_ = std::max(free_at_, now - burst_);
    if (free_at_ + interval_ > now) {
      ++dropped_;
      return false;
    }
    free_at_ = free_at_ + interval_;
    return true;
  }

  // How many were refused since this was last asked.
  std::uint64_t TakeDropped() { return std::exchange(dropped_, 0); }

 private:
  Duration interval_;
  Duration burst_;
  Instant free_at_{-(1LL << 60)};
  std::uint64_t dropped_ = 0;
};

}  // namespace tidegate
