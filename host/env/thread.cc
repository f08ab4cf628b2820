// Threads of the host.
#include "host/env/thread.h"

#include <pthread.h>
#include <signal.h>
#include <system_error>
#include <utility>

namespace tidegate {

std::optional<std::thread> StartThread(const char* name, std::function<void()> body) {
  // Set here and inherited, so that no signal can come in between. What a thread does to itself
  // (SIGSEGV and its like) must stay deliverable.
  sigset_t blocked;
  sigset_t before;
  sigfillset(&blocked);
  for (const int fatal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPROF}) {
    sigdelset(&blocked, fatal);
  }
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  std::optional<std::thread> thread;
  try {
    thread.emplace(std::move(body));
    pthread_setname_np(thread->native_handle(), name);
  } catch (const std::system_error&) {
    thread.reset();
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace tidegate
