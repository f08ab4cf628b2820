// OffLimits says where on a machine no volume is, whatever a policy asks for: in the host's own
// folders, among what the kernel shows as files, and where a system keeps its programs and its
// settings; and where no image is mounted.
//
// Why: a policy names paths, and what the host does there it does as root. A file that is opened as
// a volume is locked, gets other files beside it, and is linked to; a link of any name leads to
// text that may be the policy's own. What would be run, or believed, because it lies there is no
// place for either.
//
// A place is what the kernel says that a descriptor is of, not how it was called: who asks holds
// the descriptor, so that nobody puts another thing in its place between the look and the use.
//
// Threading: any.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/core/result.h"
#include "host/env/fd.h"

namespace tidegate {

// Where the file is that the descriptor is of: absolute, without links.
Result<std::string> PathOf(const Fd& fd);

class OffLimits {
 public:
  // `own` are the host's folders, whether they are there yet or not.
  explicit OffLimits(const std::vector<std::string>& own = {});

  // One more of them, or a file of the host's.
  void KeepOff(const std::string& path) const;
  // Whether the regular file may be a volume, or be what a loop device is made from.
  Outcome CheckVolume(const Fd& file, const std::string& path) const;
  // Whether something may be mounted at this path without links (PlaceOf): not in, over or above
  // the host's own folders, nor where a system keeps its programs and its settings.
  Outcome CheckMountPoint(const std::string& place) const;
  // Whether an image may be mounted as a link of this name in the folder.
  Outcome CheckLink(const Fd& folder, const std::string& name) const;

 private:
  struct Place;
  struct Own;  // a folder of the host's
  using Folders = std::shared_ptr<const std::vector<Own>>;

  Folders Found() const;
  Outcome CheckOwn(const Place& place) const;

  mutable std::mutex mutex_;
  mutable Folders own_;
};

}  // namespace tidegate
