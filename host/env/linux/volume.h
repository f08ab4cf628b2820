// A Volume is one device as all handles of this process share it: who has it locked or dismounted,
// and in which order things may happen to it. The order is that of Windows: dismount through a
// handle first, then offline through the same one.
//
// Only what a resource brought up, as its marks say, is ever taken away: a mount that somebody else
// made is in the way, and stays.
//
// Threading: any method from any thread. What changes the volume passes its gate one at a time;
// what asks does not, and answers while another operation hangs.
//
// Why a handle can be closed during an operation: its resource was removed or its policy cancelled,
// while the kernel still works on it. What such an operation completes then is undone where it
// would expose the data (a mount, an online); a dismount or an offline stays, since that is the
// safe side.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/core/call.h"
#include "host/core/event.h"
#include "host/env/linux/device.h"
#include "host/env/linux/gate.h"
#include "host/env/linux/mark.h"

namespace tidegate {

class Volume;

struct Handle {
  std::uint32_t id = 0;
  ResourceId owner;
  std::shared_ptr<Volume> volume;
  std::string name;  // as the policy gave it
  Target target;
  std::string where;  // of what is ours: its mount point, without links
  std::atomic<bool> closed = false;
};
using HandlePtr = std::shared_ptr<Handle>;

class Volume {
 public:
  // `marks` outlives it.
  Volume(std::unique_ptr<Device> device, Marks& marks)
      : device_(std::move(device)), marks_(marks) {}

  // What changes it.
  Outcome Lock(const HandlePtr& handle);
  Outcome Unlock(const HandlePtr& handle);
  Outcome Dismount(const HandlePtr& handle, bool force);
  // At a path without links (PlaceOf), which is not resolved again: it was looked at.
  Outcome Mount(const HandlePtr& handle, const std::string& place, bool read_only);
  Outcome Offline(const HandlePtr& handle);
  Outcome Online(const HandlePtr& handle);

  // A new handle: what was dismounted and not taken offline mounts again.
  void Opened();
  // Releases what the closed handle held: now, or when the operation under way ends.
  void Closed();
  // The resource is gone for good: its ownership ends unless the volume is still mounted.
  void Abandon(ResourceId owner);
  // Whether the volume has a state that must outlive its handles.
  bool in_use() const { return in_use_; }

  const Device& device() const { return *device_; }

  // What asks.
  bool IsOffline() const;
  // At `where`, if it is not empty, and seen there: what is mounted over it is an error.
  Result<bool> IsMounted(const std::string& where = {}) const;
  bool SupportsOnlineOffline() const { return device_->OfflineOutlivesHost(); }
  Result<std::int64_t> Probe(const Sectors& sectors, const std::string& write_file,
                             const std::string& where = {}) const;
  Outcome Flush() const;
  Result<bool> IsDirty() const;
  Result<Extents> Where() const;
  Result<std::int64_t> Number() const;
  Result<VolumeAttributes> Attributes() const;

 private:
  class Pass;
  enum class Away { kLock, kDismount, kForcedDismount };

  Outcome Begin(const HandlePtr& handle);  // valid, and nobody else's lock in the way
  Outcome Ready() const;                   // not offline
  Result<std::vector<MountPoint>> OwnMounts(const HandlePtr& handle, bool force) const;
  Outcome TakeAway(const HandlePtr& handle, Away how);
  std::string OwnPlace(const HandlePtr& handle) const;
  std::vector<MountPoint> MountsSeen(const std::string& place) const;
  Outcome IsOnTop(const std::string& where) const;
  Outcome MarkAt(const HandlePtr& handle, const std::string& where);
  void Unmark(const HandlePtr& handle);
  Outcome Release();  // gives the claim back
  void Unclaim();
  void Reclaim();
  void Settle();
  void Leave();

  const std::unique_ptr<Device> device_;
  Marks& marks_;
  Gate gate_;
  std::atomic<bool> unsettled_ = false;
  std::atomic<bool> in_use_ = false;
  std::atomic<bool> offline_ = false;  // of a device that has no offline state of its own

  std::mutex abandoned_mutex_;
  std::vector<ResourceId> abandoned_;

  // Behind the gate:
  std::weak_ptr<Handle> claimant_;  // whose lock or dismount it is
  bool claimed_ = false;
  bool locked_ = false;
  bool dismounted_ = false;
  bool shut_down_ = false;  // by force, and there was no claim to be had after it
  Fd claim_;                // the claimant's; while offline the volume's own
  bool mounted_ = false;    // by us: the ownership stays
  std::optional<ResourceId> online_for_;
  std::vector<MountPoint> to_remount_;
};

}  // namespace tidegate
