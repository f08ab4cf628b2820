// What threads have in common.
#include "host/env/thread.h"

#include <cassert>

namespace tidegate {

Thread& Thread::operator=(Thread&& other) noexcept {
  assert(!joinable());
  handle_ = std::exchange(other.handle_, 0);
  return *this;
}

Thread::~Thread() { assert(!joinable()); }

}  // namespace tidegate
