// Slim locks and the system's conditions. Source: AcquireSRWLockExclusive,
// SleepConditionVariableSRW.
#include <algorithm>

#include "host/env/mutex.h"
#include "host/env/windows/system.h"

namespace tidegate {
namespace {

static_assert(sizeof(SRWLOCK) == sizeof(void*) && sizeof(CONDITION_VARIABLE) == sizeof(void*));

SRWLOCK* System(void** lock) { return reinterpret_cast<SRWLOCK*>(lock); }
CONDITION_VARIABLE* Variable(void** condition) {
  return reinterpret_cast<CONDITION_VARIABLE*>(condition);
}

}  // namespace

void Mutex::lock() { AcquireSRWLockExclusive(System(&lock_)); }
void Mutex::unlock() { ReleaseSRWLockExclusive(System(&lock_)); }

void Condition::notify_one() { WakeConditionVariable(Variable(&condition_)); }
void Condition::notify_all() { WakeAllConditionVariable(Variable(&condition_)); }

void Condition::wait(Lock& lock) {
  SleepConditionVariableSRW(Variable(&condition_), System(&lock.mutex()->lock_), INFINITE, 0);
}

// Milliseconds, rounded up: nothing that is waited for here comes sooner than it was asked for.
std::cv_status Condition::wait_until(Lock& lock, std::chrono::steady_clock::time_point until) {
  const auto now = std::chrono::steady_clock::now();
  if (until <= now) return std::cv_status::timeout;
  const auto time = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
  constexpr std::int64_t kLongest = 1 << 30;  // twelve days; whoever waits longer looks again
  (void)SleepConditionVariableSRW(Variable(&condition_), System(&lock.mutex()->lock_),
                                  static_cast<DWORD>(std::min<std::int64_t>(time, kLongest)), 0);
  return std::chrono::steady_clock::now() >= until ? std::cv_status::timeout
                                                   : std::cv_status::no_timeout;
}

}  // namespace tidegate
