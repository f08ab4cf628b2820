// Threads for jobs.
#include "host/apps/resource_dll/jobs.h"

#include <chrono>
#include <deque>
#include <utility>

#include "host/core/limits.h"
#include "host/env/mutex.h"
#include "host/env/thread.h"

namespace tidegate {
namespace {

constexpr int kIdleThreads = 4;
constexpr std::chrono::seconds kIdleTime{1};

}  // namespace

struct Jobs::State {
  void Run(std::function<void()> job);
  bool Next(std::function<void()>& job);

  Mutex mutex;
  Condition changed;
  std::deque<std::function<void()>> queue;  // for idle threads, one each at most
  int running = 0;
  std::size_t idle = 0;
  bool stopping = false;
};

void Jobs::State::Run(std::function<void()> job) {
  do {
    job();
    job = nullptr;  // what it owns goes before it counts as ended
  } while (Next(job));
}

// False: this thread is to end.
bool Jobs::State::Next(std::function<void()>& job) {
  std::unique_lock lock(mutex);
  --running;
  if (idle >= kIdleThreads) return false;
  ++idle;
  changed.wait_for(lock, kIdleTime, [this] { return stopping || !queue.empty(); });
  --idle;
  if (queue.empty()) return false;
  job = std::move(queue.front());
  queue.pop_front();
  return true;
}

Jobs::Jobs() : state_(std::make_shared<State>()) {}

Jobs::~Jobs() { Stop(); }

bool Jobs::Start(std::function<void()> job) {
  {
    const std::scoped_lock lock(state_->mutex);
    if (state_->running >= limits::kDllJobs) return false;
    ++state_->running;
    if (state_->idle > state_->queue.size()) {
      state_->queue.push_back(std::move(job));
      state_->changed.notify_one();
      return true;
    }
  }
  auto thread = StartThread(
      "tg-job", [state = state_, job = std::move(job)]() mutable { state->Run(std::move(job)); });
  if (thread) {
    thread->detach();
    return true;
  }
  const std::scoped_lock lock(state_->mutex);
  --state_->running;
  return false;
}

void Jobs::Stop() {
  const std::scoped_lock lock(state_->mutex);
  state_->stopping = true;
  state_->changed.notify_all();
}

}  // namespace tidegate
