// Jobs are what the DLL does that may block and is not an operation of a policy: reading policies,
// the cluster database. A thread each while they run, because none may hold up another; a thread
// that is done waits a while for the next.
//
// Ownership: a job must own what it uses. Threading: any.
#pragma once

#include <functional>
#include <memory>

namespace tidegate {

class Jobs {
 public:
  Jobs();
  ~Jobs();  // jobs under way go on; threads that wait end
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  // False: too many are under way, or the system gives no thread.
  bool Start(std::function<void()> job);
  // Threads that wait end, and from now on none waits.
  void Stop();

 private:
  struct State;  // shared with the threads
  std::shared_ptr<State> state_;
};

}  // namespace tidegate
