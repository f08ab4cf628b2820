// Operations to replies.
#include "host/env/linux/volumes.h"

#include <atomic>

#include "host/env/linux/device_operations.h"
#include "host/env/linux/ours.h"

namespace tidegate {
namespace {

// A handle number is used once in the life of the process.
std::atomic<std::uint64_t> g_last_handle = 0;

Reply Answer(const Error& error) { return Failure(error.code, error.detail); }

template <class T>
Reply Answer(const Result<T>& result) {
  return result.ok() ? Success(Value(*result)) : Answer(result.error());
}

Reply NoSuchHandle(VolumeHandle handle) {
  return Failure(ErrorCode::kInvalidHandle,
                 "handle " + std::to_string(handle.id) + " is closed or of another resource");
}

template <class Body>
Reply With(const HandlePtr& handle, VolumeHandle number, Body body) {
  if (handle == nullptr) return NoSuchHandle(number);
  return body(*handle->volume);
}

}  // namespace

template <class Op>
Reply Volumes::Perform(ResourceId id, const Op& op) {
  return With(Find(id, op.volume), op.volume, [&](Volume& v) {
    return DeviceOperations{v.device(), v.IsOffline()}(op);
  });
}

Reply Volumes::Perform(ResourceId id, const Call& call) {
  return std::visit(
      [&]<class Op>(const Op& op) {
        if constexpr (kIsVolumeOp<Op>) {
          return Perform(id, op);
        } else {
          return Failure(ErrorCode::kInvalidFunction,
                         std::string(Op::Info().name) + " is not an operation on a volume");
        }
      },
      call);
}

std::uint64_t Volumes::GenerationOf(ResourceId id) const {
  const std::scoped_lock lock(mutex_);
  const auto it = generations_.find(id);
  return it == generations_.end() ? 0 : it->second;
}

Reply Volumes::Perform(ResourceId id, const VolumeOpen& op) {
  const std::uint64_t generation = GenerationOf(id);
  const Result<Target> target = Resolve(op.path, *off_limits_);
  if (!target) return Answer(target.error());
  return Open(id, op.path, *target, "", generation);
}

Reply Volumes::Perform(ResourceId id, const VolumeOurs& op) {
  const std::uint64_t generation = GenerationOf(id);
  const Result<Ours> ours = FindOurs(marks_, *off_limits_, id, op, adopts_);
  if (!ours) return Answer(ours.error());
  return Open(id, op.path, ours->target, ours->where, generation);
}

Reply Volumes::Open(ResourceId id, const std::string& name, const Target& target,
                    const std::string& where, std::uint64_t generation) {
  std::unique_ptr<Device> device = MakeDevice(target, off_limits_);
  auto handle = std::make_shared<Handle>();
  handle->owner = id;
  handle->name = name;
  handle->target = target;
  handle->where = where;
  {
    const std::scoped_lock lock(mutex_);
    const auto it = generations_.find(id);
    if (it != generations_.end() && it->second != generation) {
      return Failure(ErrorCode::kOperationAborted, "the resource was removed meanwhile");
    }
    if (open_[id] >= limits::kVolumeHandles) {
      return Failure(ErrorCode::kTooManyOpenFiles,
                     std::to_string(open_[id]) + " volumes open; close them (local vol <close>)");
    }
    const std::uint64_t number = ++g_last_handle;
    if (number > UINT32_MAX) return Failure(ErrorCode::kTooManyOpenFiles, "out of handle numbers");
    std::shared_ptr<Volume>& volume = volumes_[target.identity];
    if (volume == nullptr) volume = std::make_shared<Volume>(std::move(device), marks_);
    handle->id = static_cast<std::uint32_t>(number);
    handle->volume = volume;
    used_[id].insert(target.identity);
    handles_[handle->id] = handle;
    ++open_[id];
  }
  handle->volume->Opened();
  return Success(VolumeHandle{handle->id});
}

Reply Volumes::Perform(ResourceId id, const VolumeClose& op) {
  HandlePtr handle;
  {
    const std::scoped_lock lock(mutex_);
    const auto it = handles_.find(op.volume.id);
    if (it == handles_.end() || it->second->owner != id) return NoSuchHandle(op.volume);
    handle = it->second;
    handle->closed = true;
    handles_.erase(it);
    if (--open_[id] == 0) open_.erase(id);
  }
  handle->volume->Closed();
  const Identity identity = handle->target.identity;
  handle.reset();
  DropIdle(id, identity);
  return Success();
}

Reply Volumes::Perform(ResourceId id, const VolumeLock& op) {
  const HandlePtr handle = Find(id, op.volume);
  return With(handle, op.volume, [&](Volume& v) { return Answer(v.Lock(handle)); });
}

Reply Volumes::Perform(ResourceId id, const VolumeUnlock& op) {
  const HandlePtr handle = Find(id, op.volume);
  return With(handle, op.volume, [&](Volume& v) { return Answer(v.Unlock(handle)); });
}

Reply Volumes::Perform(ResourceId id, const VolumeDismount& op) {
  const HandlePtr handle = Find(id, op.volume);
  return With(handle, op.volume, [&](Volume& v) { return Answer(v.Dismount(handle, op.force)); });
}

Reply Volumes::Perform(ResourceId id, const VolumeMount& op) {
  const HandlePtr handle = Find(id, op.volume);
  return With(handle, op.volume, [&](Volume& v) {
    const Result<std::string> place = PlaceOf(op.where);
    if (!place) return Answer(place.error());
    const Outcome may = off_limits_->CheckMountPoint(*place);
    return Answer(may ? v.Mount(handle, *place, op.read_only) : may);
  });
}

Reply Volumes::Perform(ResourceId id, const VolumeOffline& op) {
  const HandlePtr handle = Find(id, op.volume);
  return With(handle, op.volume, [&](Volume& v) { return Answer(v.Offline(handle)); });
}

Reply Volumes::Perform(ResourceId id, const VolumeOnline& op) {
  const HandlePtr handle = Find(id, op.volume);
  return With(handle, op.volume, [&](Volume& v) {
    const auto left = LeftBehind(marks_, id, handle->name, handle->target.identity);
    if (!left) return Answer(v.Online(handle));
    return Failure(ErrorCode::kBusy, handle->name + " led to " + left->target.path +
                                         " before, which is still up here: take that offline");
  });
}

Reply Volumes::Perform(ResourceId id, const VolumeIsMounted& op) {
  const HandlePtr handle = Find(id, op.volume);
  return With(handle, op.volume, [&](Volume& v) { return Answer(v.IsMounted(handle->where)); });
}

Reply Volumes::Perform(ResourceId id, const VolumeIsOffline& op) {
  return With(Find(id, op.volume), op.volume, [](Volume& v) { return Success(v.IsOffline()); });
}

Reply Volumes::Perform(ResourceId id, const VolumeSupportsOnlineOffline& op) {
  return With(Find(id, op.volume), op.volume,
              [](Volume& v) { return Success(v.SupportsOnlineOffline()); });
}

Reply Volumes::Perform(ResourceId id, const VolumeProbe& op) {
  const HandlePtr handle = Find(id, op.volume);
  return With(handle, op.volume,
              [&](Volume& v) { return Answer(v.Probe(op.sectors, op.write_file, handle->where)); });
}

Reply Volumes::Perform(ResourceId id, const VolumeFlush& op) {
  return With(Find(id, op.volume), op.volume, [](Volume& v) { return Answer(v.Flush()); });
}

Reply Volumes::Perform(ResourceId id, const VolumeIsDirty& op) {
  return With(Find(id, op.volume), op.volume, [](Volume& v) { return Answer(v.IsDirty()); });
}

Reply Volumes::Perform(ResourceId id, const VolumeExtents& op) {
  return With(Find(id, op.volume), op.volume, [](Volume& v) { return Answer(v.Where()); });
}

Reply Volumes::Perform(ResourceId id, const VolumeNumber& op) {
  return With(Find(id, op.volume), op.volume, [](Volume& v) { return Answer(v.Number()); });
}

Reply Volumes::Perform(ResourceId id, const VolumeGetAttributes& op) {
  return With(Find(id, op.volume), op.volume, [](Volume& v) { return Answer(v.Attributes()); });
}

void Volumes::CloseAll(ResourceId id) {
  std::vector<HandlePtr> closed;
  std::map<Identity, std::shared_ptr<Volume>> theirs;
  {
    const std::scoped_lock lock(mutex_);
    ++generations_[id];
    for (auto it = handles_.begin(); it != handles_.end();) {
      const bool is_theirs = it->second->owner == id;
      if (is_theirs) {
        it->second->closed = true;
        closed.push_back(it->second);
      }
      it = is_theirs ? handles_.erase(it) : std::next(it);
    }
    open_.erase(id);
    for (const Identity& identity : used_[id]) {
      const auto it = volumes_.find(identity);
      if (it != volumes_.end()) theirs.insert(*it);
    }
    used_.erase(id);
  }
  closed.clear();
  for (auto& [identity, volume] : theirs) {
    volume->Abandon(id);
    volume.reset();
    DropIdle(id, identity);
  }
}

HandlePtr Volumes::Find(ResourceId id, VolumeHandle handle) const {
  const std::scoped_lock lock(mutex_);
  const auto it = handles_.find(handle.id);
  return it == handles_.end() || it->second->owner != id ? nullptr : it->second;
}

// Forgets a volume that nobody has open and that has no state of its own.
void Volumes::DropIdle(ResourceId id, const Identity& identity) {
  std::shared_ptr<Volume> dropped;  // its descriptors close outside of the mutex
  const std::scoped_lock lock(mutex_);
  const auto it = volumes_.find(identity);
  if (it == volumes_.end() || it->second.use_count() != 1 || it->second->in_use()) return;
  dropped = std::move(it->second);
  volumes_.erase(it);
  const auto used = used_.find(id);
  if (used == used_.end()) return;
  used->second.erase(identity);
  if (used->second.empty()) used_.erase(used);
}

}  // namespace tidegate
