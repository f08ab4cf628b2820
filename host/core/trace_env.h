// A TraceEnv is the flight recorder: it writes down what passes between lanes and Env, and what
// lanes do, into a ring per resource.
//
// Why always on: the failure that matters is the one that nobody expected. It costs less than a
// microsecond and fewer than 100 bytes a call (tests/bench/recorder_bench.cc), and nothing is
// allocated but for rings that grow to their size.
//
// Threading: as Env. Take() in the resource's turn, between its events.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "host/core/env.h"
#include "host/core/recorder.h"
#include "host/core/trace_ring.h"

namespace tidegate {

class TraceEnv final : public EnvTap, public Recorder {
 public:
  explicit TraceEnv(Env& inner) : EnvTap(inner), rings_(limits::kResources) {}

  // Told when a resource has failed, in its turn: the moment to Take().
  void ListenFailed(std::function<void(ResourceId, const Status&)> failed) {
    failed_ = std::move(failed);
  }
  // Nothing when nothing was recorded of it.
  std::optional<Trace> Take(ResourceId id) const;
  // For those who measure; null when nothing was recorded of it.
  const trace::Ring* RingOf(ResourceId id) const {
    const Recording* r = rings_[id.index].get();
    return r == nullptr ? nullptr : &r->ring;
  }
  // The resource is gone.
  void Forget(ResourceId id) { rings_[id.index].reset(); }

  // Env
  tidegate::Recorder* recorder() override { return this; }
  void Report(ResourceId id, const Status& status) override;
  void Log(ResourceId id, Level level, std::string_view text) override;

  // Recorder
  void Hosts(ResourceId id, Instant at, const Hosting& hosting) override;
  void Wants(ResourceId id, Instant at, bool online, const Cause& cause) override;
  void KeepsState(ResourceId id, Instant at, const std::string& json) override;
  void Stepped(ResourceId id, const Event& event, const Effects& effects) override;
  void ToldTime(ResourceId id, Task task, int nth, Instant now) override;

 private:
  struct Recording {
    explicit Recording(std::atomic<std::size_t>& budget) : ring(budget) {}
    trace::Ring ring;
    std::string resource;
    std::string node;
    Instant began;
    ResourceState state = ResourceState::kInitializing;
  };
  Recording* Of(ResourceId id) { return rings_[id.index].get(); }

  std::atomic<std::size_t> budget_ = 0;
  std::vector<std::unique_ptr<Recording>> rings_;  // by id; never resized
  std::function<void(ResourceId, const Status&)> failed_;
};

}  // namespace tidegate
