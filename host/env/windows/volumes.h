// WindowsVolumes is the table of the open volumes of one host process on Windows: it turns each
// volume.* operation into a Reply, by control codes.
//
// The rules are those of host/env/linux/volume.h: dismount without force needs a lock first, and
// takes it; offline needs a dismount through the same handle; what changes a volume is refused for
// a cluster shared volume. Everything else is as the drivers have it.
//
// A poll opens its volume, reads, and closes it again, every few seconds. So the handle of a
// resource that only asked is kept at its close, and the resource's next open of the same name gets
// it. It must prove itself: only a probe or is_offline goes through it, and what fails as a stale
// handle does is repeated through a new one; for anything else a new one is opened first. So a
// volume that was dismounted or replaced meanwhile answers as if it had just been opened. Only
// \\?\Volume{...} is kept: where a letter or a folder leads may change.
//
// Why at all: opening is two thirds of a poll's requests to the driver, and the one that nothing
// can cancel when it hangs. The price: others cannot lock the volume between two polls. Maintenance
// lets go of it, as do online, offline and terminate.
//
// Threading: any method from any thread. No mutex is held during a request; Cancel, Close and
// CloseAll do not wait for one.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <vector>

#include "host/core/call.h"
#include "host/core/event.h"
#include "host/env/windows/device.h"

namespace tidegate {

// What one open handle has done to its volume so far.
struct OpenWindowsVolume {
  ResourceId owner;
  std::shared_ptr<Device> device;
  std::atomic<bool> locked = false;
  std::atomic<bool> dismounted = false;
  std::atomic<bool> known_not_shared = false;
  // Of keeping it.
  std::string path;                        // as it was opened; empty: not one to be kept
  std::atomic<int> asking = 0;             // operations under way
  std::atomic<bool> only_asked = true;     // nothing was changed through it, and nothing failed
  std::atomic<bool> to_be_proved = false;  // kept since an earlier open
};

class WindowsVolumes {
 public:
  explicit WindowsVolumes(DeviceOptions options = {});

  // Performs a volume.* operation; ERROR_INVALID_FUNCTION for any other.
  Reply Perform(ResourceId id, const Call& call);
  // What the resource has under way fails with ERROR_OPERATION_ABORTED.
  void Cancel(ResourceId id);
  // Closes what is kept between polls. May block, as every close may.
  void Rest(ResourceId id);
  // The resource was removed: its handles die.
  void CloseAll(ResourceId id);
  // Requests of the resource that a driver still has although they were cancelled.
  std::size_t LeftBehind(ResourceId id) const { return Device::LeftBehindOf(OwnerOf(id)); }

 private:
  using Handle = std::shared_ptr<OpenWindowsVolume>;

  Reply Open(ResourceId id, const VolumeOpen& op);
  Reply Ours(ResourceId id, const VolumeOurs& op);
  Reply Close(ResourceId id, const VolumeClose& op);
  std::uint64_t OwnerOf(ResourceId id) const { return std::uint64_t{table_} << 32 | id.index; }
  Result<std::shared_ptr<Device>> OpenDevice(ResourceId id, const std::wstring& name) const;
  template <class Op>
  Reply Ask(OpenWindowsVolume& volume, const Op& op);
  Outcome Reopen(OpenWindowsVolume& volume);
  std::shared_ptr<Device> DeviceOf(const OpenWindowsVolume& volume) const;
  Handle TakeKept(ResourceId id);
  Handle Find(ResourceId id, VolumeHandle volume) const;
  std::vector<Handle> Of(ResourceId id) const;

  const DeviceOptions options_;
  const std::uint32_t table_;  // numbers of resources are one host's; another one counts anew
  mutable Mutex mutex_;
  std::map<std::uint32_t, Handle> handles_;
  std::map<ResourceId, Handle> kept_;  // one a resource
  std::uint32_t last_handle_ = 0;
};

}  // namespace tidegate
