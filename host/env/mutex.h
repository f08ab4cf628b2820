// A Mutex and its Condition: those of the standard library, on Windows the system's own.
//
// Why not the library's on Windows: mingw-w64 builds them from kernel semaphores, and to hand
// something to another thread and back took 46 us with them and 8 us with these (Wine, median of
// 2,000). Every operation of a policy is such a hand-over, so IsAlive paid it four times.
//
// Threading: any. A Condition is waited on with the lock of one Mutex held.
#pragma once

#if !defined(_WIN32)

#include <condition_variable>
#include <mutex>

namespace tidegate {
using Mutex = std::mutex;
using Condition = std::condition_variable;
}  // namespace tidegate

#else

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace tidegate {

class Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  void lock();
  void unlock();

 private:
  friend class Condition;
  void* lock_ = nullptr;  // SRWLOCK
};

class Condition {
 public:
  using Lock = std::unique_lock<Mutex>;

  Condition() = default;
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;
  void notify_one();
  void notify_all();

  void wait(Lock& lock);
  template <class Done>
  void wait(Lock& lock, Done done) {
    while (!done()) wait(lock);
  }
  // May come back early, as with every condition.
  std::cv_status wait_until(Lock& lock, std::chrono::steady_clock::time_point until);
  std::cv_status wait_for(Lock& lock, std::chrono::nanoseconds time) {
    return wait_until(lock, std::chrono::steady_clock::now() + time);
  }
  template <class Done>
  bool wait_for(Lock& lock, std::chrono::nanoseconds time, Done done) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (!done()) {
      if (wait_until(lock, until) == std::cv_status::timeout) return done();
    }
    return true;
  }

 private:
  void* condition_ = nullptr;  // CONDITION_VARIABLE
};

}  // namespace tidegate

#endif
