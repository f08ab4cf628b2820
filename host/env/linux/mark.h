// A Mark says that a resource has brought a volume up here: which one, by what it is and not by its
// name, and where. Marks keeps those of all resources of a host; they go with the node's boot, as
// mounts do.
//
// Why on disk: whoever takes the volume offline may be another process (the next host after a
// kill -9, the next action of an OCF agent), and by then the name may lead to another disk or to
// none. What has no mark, and is not at the resource's own mount point, is not ours: it is never
// unmounted, shut down or taken offline.
//
// Threading: any method from any thread. A mark is on disk before what it marks is touched.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/core/event.h"
#include "host/env/linux/device.h"
#include "host/env/store.h"

namespace tidegate {

struct Mark {
  std::string name;            // the volume's, as the policy gave it
  Target target;               // what that led to then
  std::uint64_t sequence = 0;  // the kernel's number of that disk, never used twice; 0: not known
  std::string where;           // its mount point, without links; empty: not mounted by us
  bool operator==(const Mark&) const = default;
};

Mark MarkOf(std::string name, const Target& target, std::string where = {});

// Whether what was marked is still there: the same device as then, or a mount that outlived it.
bool IsUp(const Mark& mark);

class Marks {
 public:
  // Without a store a mark ends with this process.
  explicit Marks(std::optional<Store> store = {}) : store_(std::move(store)) {}

  // Reads what earlier processes left. Once a resource, before its first operation.
  void Register(ResourceId id, const std::string& name);
  void Forget(ResourceId id);

  // An error: what was kept cannot be read, so that nobody knows what is up.
  Result<std::vector<Mark>> Of(ResourceId id) const;
  // The mark of one volume, whatever is known of the others.
  std::optional<Mark> Of(ResourceId id, const Identity& identity) const;
  // In place of an earlier one of the same volume.
  Outcome Put(ResourceId id, const Mark& mark);
  Outcome Remove(ResourceId id, const Identity& identity);

 private:
  struct Kept {
    std::mutex mutex;  // its marks, and the writing of them
    std::string name;
    std::vector<Mark> marks;
    std::optional<Error> unreadable;
  };
  std::shared_ptr<Kept> KeptOf(ResourceId id) const;
  Outcome Become(Kept& kept, std::vector<Mark> marks) const;

  const std::optional<Store> store_;
  mutable std::mutex mutex_;
  mutable std::map<ResourceId, std::shared_ptr<Kept>> kept_;
};

}  // namespace tidegate
