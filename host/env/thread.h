// A Thread of the host has a name that the system's tools show and leaves every signal to the main
// thread.
//
// Why not std::thread: on Windows the host is a DLL that may be unloaded while a thread that was
// left behind is on its last instructions, so each holds a reference to the module and gives it
// back as it ends, which only the system's own call can do. Source: FreeLibraryAndExitThread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace tidegate {

class Thread {
 public:
  Thread() = default;
  Thread(Thread&& other) noexcept : handle_(std::exchange(other.handle_, 0)) {}
  Thread& operator=(Thread&& other) noexcept;  // this one must have been joined
  ~Thread();                                   // the same

  bool joinable() const { return handle_ != 0; }
  void join();
  void detach();

 private:
  friend std::optional<Thread> StartThread(const char* name, std::function<void()> body);
  explicit Thread(std::uintptr_t handle) : handle_(handle) {}

  std::uintptr_t handle_ = 0;  // the system's; none is 0
};

// Nothing when the system has no more threads. Names: at most 15 characters.
std::optional<Thread> StartThread(const char* name, std::function<void()> body);

// The system's number of the calling thread, as its tools show it.
int ThreadNumber();

}  // namespace tidegate
