// An Engine hosts resources: a lane each. Post(event) is all that makes anything happen.
//
// Ownership: owns the lanes; Env outlives it. Threading: Add and Remove come from one thread; Post
// may come at once for different resources, never for the same one, and never for one that is not
// added.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "host/core/env.h"
#include "host/engine/lane.h"

namespace tidegate {

class Engine final : public EventSink {
 public:
  explicit Engine(Env& env) : env_(env), lanes_(limits::kResources) {}

  // The error says why the policy cannot host this resource. Nothing runs yet: Begin() the lane.
  Result<Lane*> Add(LaneSpec spec, std::shared_ptr<const CompiledPolicy> policy);
  // The caller has seen to it that no event of this resource is under way.
  void Remove(ResourceId id) { lanes_[id.index].reset(); }
  // The same, for a lane that may come back.
  std::unique_ptr<Lane> Take(ResourceId id) { return std::move(lanes_[id.index]); }
  void Put(ResourceId id, std::unique_ptr<Lane> lane) { lanes_[id.index] = std::move(lane); }

  void Post(ResourceId id, Event event) override {
    if (Lane* lane = lanes_[id.index].get()) lane->Handle(std::move(event));
  }

  Lane* Find(ResourceId id) { return id.index < lanes_.size() ? lanes_[id.index].get() : nullptr; }
  // Next free number; ids of removed resources are not used again while the engine lives.
  Result<ResourceId> NewId();

 private:
  Env& env_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // never resized: Post reads it without a lock
  std::uint32_t next_ = 0;
};

}  // namespace tidegate
