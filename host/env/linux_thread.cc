// Threads of a Linux host.
#include <memory>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "host/env/thread.h"

namespace tidegate {
namespace {

struct Start {
  const char* name;
  std::function<void()> body;
};

void* Main(void* argument) {
  const std::unique_ptr<Start> start(static_cast<Start*>(argument));
  pthread_setname_np(pthread_self(), start->name);  // from outside it is three calls to /proc
  start->body();
  return nullptr;
}

}  // namespace

std::optional<Thread> StartThread(const char* name, std::function<void()> body) {
  // Set here and inherited, so that no signal can come in between. What a thread does to itself
  // (SIGSEGV and its like) must stay deliverable.
  sigset_t blocked;
  sigset_t before;
  sigfillset(&blocked);
  for (const int fatal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPROF}) {
    sigdelset(&blocked, fatal);
  }
  auto owned = std::make_unique<Start>(Start{name, std::move(body)});
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  pthread_t thread{};
  const bool started = pthread_create(&thread, nullptr, Main, owned.get()) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!started) return std::nullopt;
  (void)owned.release();
  return Thread(thread);
}

void Thread::join() { pthread_join(std::exchange(handle_, 0), nullptr); }

void Thread::detach() { pthread_detach(std::exchange(handle_, 0)); }

int ThreadNumber() { return gettid(); }

}  // namespace tidegate
