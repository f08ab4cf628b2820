// Mounts are what /proc/self/mountinfo says is mounted where; asked each time, never remembered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "host/core/result.h"

namespace tidegate {

struct MountPoint {
  std::uint64_t id = 0;  // of this mount, good until it is unmounted
  std::string where;
  std::string root = "/";  // which directory of the file system is seen there; not "/" for a bind
  std::string type;
  std::string options;        // of this mount: "rw,nosuid"
  std::string super_options;  // of the file system: "rw,errors=remount-ro"
  std::string source;
  dev_t device = 0;
};

// A mount point as the mount table names it: absolute, without links. Its directory need not exist.
// Refused is what a system lives on: /, /usr, /var and their like are never a resource's.
Result<std::string> PlaceOf(const std::string& where);

// In the order in which they were mounted.
std::vector<MountPoint> AllMounts();
// Those of one device; `node` is a name of it. A file system whose device number is its own (btrfs)
// is found by the disks that it is on.
std::vector<MountPoint> MountsOf(dev_t device, const std::string& node);

// Of the mounts of one device that which the others are views of: the first of the whole file
// system, or else the first. None: there are none.
const MountPoint* PrimaryOf(const std::vector<MountPoint>& mounts);

// What whoever goes to `where` comes to: the mount on top there, and none where it is an ordinary
// directory, does not exist, or is hidden by a mount above it.
std::optional<MountPoint> OnTop(const std::string& where);
// What is mounted at `where`, one over the other, the last on top.
std::vector<MountPoint> StackAt(const std::string& where);
// What is mounted below it in the tree, so that it cannot be taken away alone.
std::vector<MountPoint> Below(const MountPoint& mount);

// Unmounts all of these, last first. If one refuses, those already unmounted are mounted again and
// the error names who holds it.
Outcome Unmount(const std::string& node, const std::vector<MountPoint>& mounts);

// Shuts the file system down, so that every open file of it is invalid and nothing more is written,
// and takes the mounts away. Fails, and leaves all as it is, where a file system cannot shut down
// (a lazily unmounted live one would go on writing) or has other file systems mounted below it.
Outcome ShutDown(const std::vector<MountPoint>& mounts);

// Mounts again what was unmounted, with the options it had.
Outcome Remount(const std::string& node, const std::vector<MountPoint>& mounts);

// Whether the file system at this directory was shut down.
bool IsShutDown(int directory);

}  // namespace tidegate
