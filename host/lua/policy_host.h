// A PolicyHost is what a running policy asks of its host at once, without a yield.
//
// Threading: called on the thread that runs the policy, from inside Lua frames. An implementation
// must not throw, wait, or call back into the policy.
#pragma once

#include <optional>
#include <string_view>

#include "host/core/effect.h"

namespace tidegate {

class PolicyHost {
 public:
  virtual ~PolicyHost() = default;
  // A coarse clock, good to a few milliseconds.
  virtual Instant Now() = 0;
  // `text` is the policy's own: any bytes, any length. Whoever shows it caps and escapes it.
  virtual void Log(Level level, std::string_view text) = 0;
  virtual void Progress(std::string_view text) = 0;
  // Whether the running task is to stop; read every limits::kFuelSlice.
  virtual bool Cancelled() = 0;
  // Allots a task to resource:watch(fn); nullopt when all are in use.
  virtual std::optional<Task> AllotWatch() = 0;
};

}  // namespace tidegate
