// WindowsVolumes is the table of the open volumes of one host process on Windows: it turns each
// volume.* operation into a Reply, by control codes.
//
// The rules are those of host/env/linux/volume.h: dismount without force needs a lock first, and
// takes it; offline needs a dismount through the same handle; what changes a volume is refused for
// a cluster shared volume. Everything else is as the drivers have it.
//
// Threading: any method from any thread. No mutex is held during a request; Cancel, Close and
// CloseAll do not wait for one.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
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
};

class WindowsVolumes {
 public:
  explicit WindowsVolumes(DeviceOptions options = {}) : options_(options) {}

  // Performs a volume.* operation; ERROR_INVALID_FUNCTION for any other.
  Reply Perform(ResourceId id, const Call& call);
  // What the resource has under way fails with ERROR_OPERATION_ABORTED.
  void Cancel(ResourceId id);
  // The resource was removed: its handles die.
  void CloseAll(ResourceId id);

 private:
  using Handle = std::shared_ptr<OpenWindowsVolume>;

  Reply Open(ResourceId id, const VolumeOpen& op);
  Reply Close(ResourceId id, const VolumeClose& op);
  Handle Find(ResourceId id, VolumeHandle volume) const;
  std::vector<Handle> Of(ResourceId id) const;

  const DeviceOptions options_;
  mutable std::mutex mutex_;
  std::map<std::uint32_t, Handle> handles_;
  std::uint32_t last_handle_ = 0;
};

}  // namespace tidegate
