// A LastVerdict is what a poll entry point answered last, readable by anyone at any moment.
//
// Why lock-free: IsAlive with a fresh verdict must cost the Resource Monitor next to nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "host/core/limits.h"
#include "host/core/time.h"

namespace tidegate {

class LastVerdict {
 public:
  void Set(bool ok, Instant at) {
    const std::int64_t until = (at + limits::kVerdictFresh).ns;
    until_.store(ok ? until : -until, std::memory_order_release);
  }
  void Clear() { until_.store(0, std::memory_order_release); }

  // Nothing when it is too old to be answered without a look.
  std::optional<bool> Fresh(Instant now) const {
    const std::int64_t until = until_.load(std::memory_order_acquire);
    const bool ok = until > 0;
    if (now.ns >= (ok ? until : -until)) return std::nullopt;
    return ok;
  }

 private:
  std::atomic<std::int64_t> until_ = 0;  // nanoseconds; negative for a bad verdict; 0: none
};

}  // namespace tidegate
