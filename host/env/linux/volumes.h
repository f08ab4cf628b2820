// Volumes is the table of the open volumes of one host process: it turns each volume.* operation
// into a Reply.
//
// Threading: any method from any thread. The table's mutex is never held during a system call. A
// call may block for as long as the kernel does, so it belongs on a worker thread; Close and
// CloseAll do not wait for a call that is stuck.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/core/call.h"
#include "host/core/event.h"
#include "host/env/linux/device.h"
#include "host/env/linux/volume.h"

namespace tidegate {

template <class Op>
inline constexpr bool kIsVolumeOp = Op::Info().name.starts_with("volume.");

struct VolumesOptions {
  // Where marks outlive this process, in a folder that goes with the node's boot; none: nowhere.
  std::optional<Store> marks = {};
  bool adopts = true;  // what is found at a resource's own mount point gets a mark
  // The host's: nothing in them is a volume, and nothing is mounted there.
  std::vector<std::string> own_folders = {};
};

class Volumes {
 public:
  explicit Volumes(VolumesOptions options = {})
      : adopts_(options.adopts),
        off_limits_(std::make_shared<const OffLimits>(options.own_folders)),
        marks_(std::move(options.marks)) {}

  // A resource's name, for its marks; before its first operation.
  void Register(ResourceId id, const std::string& name) { marks_.Register(id, name); }
  void Forget(ResourceId id) { marks_.Forget(id); }
  // Another file or folder of the host's own.
  void KeepOff(const std::string& path) { off_limits_->KeepOff(path); }

  // Performs a volume.* operation; ERROR_INVALID_FUNCTION for any other.
  Reply Perform(ResourceId id, const Call& call);

  Reply Perform(ResourceId id, const VolumeOpen& op);
  Reply Perform(ResourceId id, const VolumeOurs& op);
  Reply Perform(ResourceId id, const VolumeClose& op);
  Reply Perform(ResourceId id, const VolumeLock& op);
  Reply Perform(ResourceId id, const VolumeUnlock& op);
  Reply Perform(ResourceId id, const VolumeDismount& op);
  Reply Perform(ResourceId id, const VolumeMount& op);
  Reply Perform(ResourceId id, const VolumeIsMounted& op);
  Reply Perform(ResourceId id, const VolumeOffline& op);
  Reply Perform(ResourceId id, const VolumeOnline& op);
  Reply Perform(ResourceId id, const VolumeIsOffline& op);
  Reply Perform(ResourceId id, const VolumeSupportsOnlineOffline& op);
  Reply Perform(ResourceId id, const VolumeProbe& op);
  Reply Perform(ResourceId id, const VolumeFlush& op);
  Reply Perform(ResourceId id, const VolumeIsDirty& op);
  Reply Perform(ResourceId id, const VolumeExtents& op);
  Reply Perform(ResourceId id, const VolumeNumber& op);
  Reply Perform(ResourceId id, const VolumeGetAttributes& op);

  // All others: straight to the device.
  template <class Op>
  Reply Perform(ResourceId id, const Op& op);

  // The resource was removed: its handles die, and so does what they hold. A call of it that is
  // still under way undoes its effect when it ends.
  void CloseAll(ResourceId id);

 private:
  Reply Open(ResourceId id, const std::string& name, const Target& target, const std::string& where,
             std::uint64_t generation);
  std::uint64_t GenerationOf(ResourceId id) const;
  HandlePtr Find(ResourceId id, VolumeHandle handle) const;
  void DropIdle(ResourceId id, const Identity& identity);

  const bool adopts_;
  const std::shared_ptr<const OffLimits> off_limits_;
  Marks marks_;
  mutable std::mutex mutex_;
  std::map<Identity, std::shared_ptr<Volume>> volumes_;
  std::map<std::uint32_t, HandlePtr> handles_;
  std::map<ResourceId, std::size_t> open_;         // handles of each resource
  std::map<ResourceId, std::set<Identity>> used_;  // volumes that a resource may hold
  std::map<ResourceId, std::uint64_t>
      generations_;  // counts CloseAll, for an open that is under way
};

}  // namespace tidegate
