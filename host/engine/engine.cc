// Adding resources.
#include "host/engine/engine.h"

namespace tidegate {

Result<ResourceId> Engine::NewId() {
  if (next_ == limits::kResources) {
    return Error{ErrorCode::kNotEnoughQuota, "",
                 "a host takes at most " + std::to_string(limits::kResources) + " resources"};
  }
  return ResourceId{next_++};
}

Result<Lane*> Engine::Add(LaneSpec spec, std::shared_ptr<const CompiledPolicy> policy) {
  const ResourceId id = spec.id;
  Result<std::unique_ptr<Lane>> lane = Lane::Create(env_, std::move(spec), std::move(policy));
  if (!lane) return lane.error();
  lanes_[id.index] = std::move(*lane);
  return lanes_[id.index].get();
}

}  // namespace tidegate
