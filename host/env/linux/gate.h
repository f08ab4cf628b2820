// A Gate lets one state-changing operation at a time through to a volume, and nobody wait for ever.
//
// Why not a mutex: the one inside may be stuck in the kernel for good. Whoever waits must get an
// answer that names what is stuck.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include "host/core/limits.h"
#include "host/core/result.h"

namespace tidegate {

class Gate {
 public:
  Outcome Enter(std::string_view op) {
    using std::chrono::steady_clock;
    std::unique_lock lock(mutex_);
    const auto until = steady_clock::now() + std::chrono::nanoseconds(limits::kVolumeGateWait.ns);
    while (busy_) {
      if (left_.wait_until(lock, until) == std::cv_status::timeout && busy_) {
        const auto since = steady_clock::now() - since_;
        const auto s = std::chrono::duration_cast<std::chrono::seconds>(since).count();
        return Error{ErrorCode::kBusy, "",
                     op_ + " is still under way, since " + std::to_string(s) + " s"};
      }
    }
    Take(op);
    return Ok();
  }

  bool TryEnter(std::string_view op) {
    const std::scoped_lock lock(mutex_);
    if (busy_) return false;
    Take(op);
    return true;
  }

  void Leave() {
    {
      const std::scoped_lock lock(mutex_);
      busy_ = false;
    }
    left_.notify_one();
  }

 private:
  void Take(std::string_view op) {
    busy_ = true;
    op_ = op;
    since_ = std::chrono::steady_clock::now();
  }

  std::mutex mutex_;
  std::condition_variable left_;
  bool busy_ = false;
  std::string op_;
  std::chrono::steady_clock::time_point since_;
};

}  // namespace tidegate
