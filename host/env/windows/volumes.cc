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

Reply Failed(const Error& error) { return Failure(error.code, error.detail); }

// What a handle answers whose volume was dismounted or is another one now. What a disk says of
// itself, a read error, is not asked for twice.
bool MayBeStale(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotReady:
    case ErrorCode::kInvalidHandle:
    case ErrorCode::kAccessDenied:
    case ErrorCode::kFileNotFound:
    case ErrorCode::kPathNotFound:
    case ErrorCode::kWrongDisk:
    case ErrorCode::kUnrecognizedVolume:
      return true;
    default:
      return false;
  }
}

bool IsStableName(const std::string& path) { return path.starts_with(R"(\\?\Volume{)"); }

}  // namespace

WindowsVolumes::WindowsVolumes(DeviceOptions options)
    : options_(options), table_([] {
        static std::atomic<std::uint32_t> tables = 0;
        return ++tables;
      }()) {}

Result<std::shared_ptr<Device>> WindowsVolumes::OpenDevice(ResourceId id,
                                                           const std::wstring& name) const {
  DeviceOptions options = options_;
  options.owner = OwnerOf(id);
  return Device::Open(name, options);
}

Reply WindowsVolumes::Perform(ResourceId id, const Call& call) {
  return std::visit(
      [&]<class Op>(const Op& op) -> Reply {
        if constexpr (std::is_same_v<Op, VolumeOpen>) {
          return Open(id, op);
        } else if constexpr (std::is_same_v<Op, VolumeOurs>) {
          return Ours(id, op);
        } else if constexpr (std::is_same_v<Op, VolumeClose>) {
          return Close(id, op);
        } else if constexpr (Op::Info().name.starts_with("volume.")) {
          const Handle handle = Find(id, op.volume);
          return handle == nullptr ? NoSuchHandle(op.volume) : Ask(*handle, op);
        } else {
          return Failure(ErrorCode::kInvalidFunction,
                         std::string(Op::Info().name) + " is not an operation on a volume");
        }
      },
      call);
}

template <class Op>
Reply WindowsVolumes::Ask(OpenWindowsVolume& volume, const Op& op) {
  constexpr bool kProves = std::is_same_v<Op, VolumeProbe>;
  constexpr bool kMayProve = kProves || std::is_same_v<Op, VolumeIsOffline>;
  const auto ask = [&] { return WindowsVolumeOperations{volume, *DeviceOf(volume)}(op); };
  if (Op::Info().does.effect != OpEffect::kAsks) volume.only_asked = false;
  ++volume.asking;
  const bool kept = volume.to_be_proved;
  if (kept && !kMayProve) {
    if (const Outcome opened = Reopen(volume); !opened) {
      volume.only_asked = false;
      --volume.asking;
      return Failed(opened.error());
    }
  }
  Reply reply = ask();
  if (kept && kMayProve) {
    if (MayBeStale(reply.code) && Reopen(volume)) reply = ask();
    if (kProves && reply.ok()) volume.to_be_proved = false;
  }
  if (!reply.ok()) volume.only_asked = false;
  --volume.asking;
  return reply;
}

// Through the same number, as if it had been opened now.
Outcome WindowsVolumes::Reopen(OpenWindowsVolume& volume) {
  const std::shared_ptr<Device> before = DeviceOf(volume);
  Result<std::shared_ptr<Device>> device = OpenDevice(volume.owner, before->name());
  volume.to_be_proved = false;
  if (!device) return device.error();
  {
    const std::scoped_lock lock(mutex_);
    volume.device = std::move(*device);
  }
  before->Close();
  return Ok();
}

std::shared_ptr<Device> WindowsVolumes::DeviceOf(const OpenWindowsVolume& volume) const {
  const std::scoped_lock lock(mutex_);
  return volume.device;
}

WindowsVolumes::Handle WindowsVolumes::TakeKept(ResourceId id) {
  const std::scoped_lock lock(mutex_);
  auto kept = kept_.extract(id);
  return kept ? std::move(kept.mapped()) : nullptr;
}

Reply WindowsVolumes::Open(ResourceId id, const VolumeOpen& op) {
  const Result<VolumeName> name = ParseVolumeName(op.path);
  if (!name) return Failed(name.error());
  if (const std::size_t open = Of(id).size(); open >= limits::kVolumeHandles) {
    return Failure(ErrorCode::kTooManyOpenFiles,
                   std::to_string(open) + " volumes open; close them (local vol <close>)");
  }
  Handle handle = TakeKept(id);
  if (handle != nullptr && handle->path != op.path) {
    handle->device->Close();
    handle = nullptr;
  }
  if (handle == nullptr) {
    Result<std::shared_ptr<Device>> device = OpenDevice(id, name->device);
    if (!device) return Failed(device.error());
    handle = std::make_shared<OpenWindowsVolume>();
    handle->owner = id;
    handle->device = std::move(*device);
    if (IsStableName(op.path)) handle->path = op.path;
  }
  const std::scoped_lock lock(mutex_);
  if (last_handle_ == UINT32_MAX) {
    return Failure(ErrorCode::kTooManyOpenFiles, "out of handle numbers");
  }
  handles_[++last_handle_] = std::move(handle);
  return Success(VolumeHandle{last_handle_});
}

// A volume has one name for as long as it exists, and no mounts of others: what it names is ours,
// as the cluster says by calling us. What is not there is not up.
Reply WindowsVolumes::Ours(ResourceId id, const VolumeOurs& op) {
  Reply reply = Open(id, {op.path});
  const bool missing =
      reply.code == ErrorCode::kFileNotFound || reply.code == ErrorCode::kPathNotFound;
  if (missing) reply.code = ErrorCode::kNotFound;
  return reply;
}

Reply WindowsVolumes::Close(ResourceId id, const VolumeClose& op) {
  Handle handle;
  {
    const std::scoped_lock lock(mutex_);
    const auto it = handles_.find(op.volume.id);
    if (it == handles_.end() || it->second->owner != id) return NoSuchHandle(op.volume);
    handle = std::move(it->second);
    handles_.erase(it);
    // A close ends what is under way.
    if (!handle->path.empty() && handle->only_asked && handle->asking == 0) {
      handle->to_be_proved = true;
      kept_[id].swap(handle);  // what was kept before goes
    }
  }
  if (handle != nullptr) handle->device->Close();
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
  for (const Handle& handle : Of(id)) DeviceOf(*handle)->Cancel();
}

void WindowsVolumes::Rest(ResourceId id) {
  if (const Handle kept = TakeKept(id)) kept->device->Close();
}

void WindowsVolumes::CloseAll(ResourceId id) {
  const std::vector<Handle> theirs = Of(id);
  {
    const std::scoped_lock lock(mutex_);
    std::erase_if(handles_, [&](const auto& entry) { return entry.second->owner == id; });
  }
  for (const Handle& handle : theirs) handle->device->Close();
  Rest(id);
}

}  // namespace tidegate
