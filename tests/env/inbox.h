// An Inbox is an EventSink that keeps what it gets, for a test to wait for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/core/env.h"

namespace tidegate::test {

class Inbox final : public EventSink {
 public:
  struct Mail {
    ResourceId id;
    Event event;
  };

  void Post(ResourceId id, Event event) override {
    const std::scoped_lock lock(mutex_);
    mail_.push_back({id, std::move(event)});
    changed_.notify_all();
  }

  // Everything so far, once there are `n`; fewer when half a minute did not bring them.
  std::vector<Mail> Wait(std::size_t n) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [&] { return mail_.size() >= n; });
    return mail_;
  }
  std::size_t size() {
    const std::scoped_lock lock(mutex_);
    return mail_.size();
  }
  // The answer to `ticket`, once it is there.
  Reply Answer(std::uint64_t ticket) {
    std::unique_lock lock(mutex_);
    Reply reply = Failure(ErrorCode::kTimeout, "no answer came");
    changed_.wait_for(lock, std::chrono::seconds(30), [&] {
      for (const Mail& mail : mail_) {
        const auto* done = std::get_if<Completed>(&mail.event.what);
        if (done == nullptr || done->ticket.number != ticket) continue;
        reply = done->reply;
        return true;
      }
      return false;
    });
    return reply;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Mail> mail_;
};

// A gate holds threads back until it opens: a device that hangs.
class Gate {
 public:
  void Pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    --waiting_;
    changed_.notify_all();
  }
  void Open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool WaitFor(int waiting) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return waiting_ == waiting; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

// Whether `condition` comes true within half a minute.
inline bool Eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 30'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

}  // namespace tidegate::test
