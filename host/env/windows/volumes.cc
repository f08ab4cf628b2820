// The table.
#include "host/env/windows/volumes.h"

#include "host/env/windows/volume_name.h"
#include "host/env/windows/volume_operations.h"

namespace tidegate {
namespace {

Reply NoSuchHandle(VolumeHandle handle) {
  return Failure(ErrorCode::kInvalidHandle,
                 "handle " + std::to_string(handle.id) + " is closed or of another resource");
}

}  // namespace

Reply WindowsVolumes::Perform(ResourceId id, const Call& call) {
  return std::visit(
      [&]<class Op>(const Op& op) -> Reply {
        if constexpr (std::is_same_v<Op, VolumeOpen>) {
          return Open(id, op);
        } else if constexpr (std::is_same_v<Op, VolumeClose>) {
          return Close(id, op);
        } else if constexpr (Op::Info().name.starts_with("volume.")) {
          const Handle handle = Find(id, op.volume);
          return handle == nullptr ? NoSuchHandle(op.volume)
                                   : WindowsVolumeOperations{*handle, *handle->device}(op);
        } else {
          return Failure(ErrorCode::kInvalidFunction,
                         std::string(Op::Info().name) + " is not an operation on a volume");
        }
      },
      call);
}

Reply WindowsVolumes::Open(ResourceId id, const VolumeOpen& op) {
  const Result<VolumeName> name = ParseVolumeName(op.path);
  if (!name) return Failure(name.error().code, name.error().detail);
  if (const std::size_t open = Of(id).size(); open >= limits::kVolumeHandles) {
    return Failure(ErrorCode::kTooManyOpenFiles,
                   std::to_string(open) + " volumes open; close them (local vol <close>)");
  }
  Result<std::shared_ptr<Device>> device = Device::Open(name->device, options_);
  if (!device) return Failure(device.error().code, device.error().detail);
  auto handle = std::make_shared<OpenWindowsVolume>();
  handle->owner = id;
  handle->device = std::move(*device);
  const std::scoped_lock lock(mutex_);
  if (last_handle_ == UINT32_MAX) {
    return Failure(ErrorCode::kTooManyOpenFiles, "out of handle numbers");
  }
  handles_[++last_handle_] = std::move(handle);
  return Success(VolumeHandle{last_handle_});
}

Reply WindowsVolumes::Close(ResourceId id, const VolumeClose& op) {
  Handle handle;
  {
    const std::scoped_lock lock(mutex_);
    const auto it = handles_.find(op.volume.id);
    if (it == handles_.end() || it->second->owner != id) return NoSuchHandle(op.volume);
    handle = std::move(it->second);
    handles_.erase(it);
  }
  handle->device->Close();
  return Success();
}

WindowsVolumes::Handle WindowsVolumes::Find(ResourceId id, VolumeHandle volume) const {
  const std::scoped_lock lock(mutex_);
  const auto it = handles_.find(volume.id);
  return it == handles_.end() || it->second->owner != id ? nullptr : it->second;
}

std::vector<WindowsVolumes::Handle> WindowsVolumes::Of(ResourceId id) const {
  const std::scoped_lock lock(mutex_);
  std::vector<Handle> theirs;
  for (const auto& [number, handle] : handles_) {
    if (handle->owner == id) theirs.push_back(handle);
  }
  return theirs;
}

void WindowsVolumes::Cancel(ResourceId id) {
  for (const Handle& handle : Of(id)) handle->device->Cancel();
}

void WindowsVolumes::CloseAll(ResourceId id) {
  const std::vector<Handle> theirs = Of(id);
  {
    const std::scoped_lock lock(mutex_);
    std::erase_if(handles_, [&](const auto& entry) { return entry.second->owner == id; });
  }
  for (const Handle& handle : theirs) handle->device->Close();
}

}  // namespace tidegate
