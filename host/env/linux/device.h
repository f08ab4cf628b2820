// A Device is one kind of thing that a volume can be made of on Linux: an image file, a loop
// device, a block device, a SCSI disk.
//
// It knows how to ask and what to do, and remembers no state that the system can be asked for. Who
// may do what, and in which order, is Volume's business.
//
// Threading: what changes something is called by one thread at a time (Volume's gate); what asks
// may be called by many, beside it. Every call may block for as long as the kernel pleases.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "host/core/result.h"
#include "host/core/value.h"
#include "host/env/fd.h"
#include "host/env/linux/mounts.h"
#include "host/env/linux/off_limits.h"

namespace tidegate {

struct Geometry {
  std::int64_t size = 0;  // bytes
  std::int64_t block = 512;
  bool read_only = false;
};

class Device {
 public:
  virtual ~Device() = default;

  virtual std::string_view Kind() const = 0;
  virtual bool OfflineOutlivesHost() const { return false; }
  // What it was is not there any more, though a way to it may be.
  virtual bool IsDestroyed() const { return false; }

  // What the system says. A device without an offline state of its own is never offline by itself.
  virtual bool IsOffline() const { return false; }
  virtual std::string Node() const = 0;  // empty when the system has it nowhere now
  virtual Result<Geometry> Measure() const = 0;
  virtual Result<Fd> OpenForProbe() const = 0;  // reads of whole blocks that pass every cache
  virtual std::vector<MountPoint> Mounts() const = 0;
  virtual Result<Extents> Where() const = 0;
  virtual Result<std::int64_t> Number() const = 0;
  virtual Outcome Flush() const = 0;
  // The directory that a write probe works in, at that mount point or, if it is empty, at any; and
  // what the probe puts before the name.
  virtual Result<Fd> ProbeDirectory(const std::string& where) const = 0;
  virtual std::string ProbePrefix() const { return ""; }

  virtual bool IsPartition() const { return false; }
  virtual bool IsMapped() const { return false; }  // made by the device mapper
  // Seen at `where` although nothing leads there from the device.
  virtual std::optional<MountPoint> MountAt(const std::string&) const { return std::nullopt; }
  // For commands to the disk itself, such as reservations.
  virtual Result<Fd> OpenForCommands() const {
    return Error{ErrorCode::kNotSupported, "", std::string(Kind()) + ": not a disk"};
  }

  // From now on no other host changes this volume; harmless when it is owned already.
  virtual Outcome Own() { return Ok(); }
  virtual void Disown() {}

  // Nobody mounts or claims it while this is held. The descriptor may be empty.
  virtual Result<Fd> Claim() = 0;
  virtual Outcome Mount(const std::string& where, bool read_only) = 0;
  virtual Outcome Unmount(const std::vector<MountPoint>& mounts) = 0;
  virtual Outcome ShutDown(const std::vector<MountPoint>& mounts) = 0;
  virtual Outcome Remount(const std::vector<MountPoint>& mounts) = 0;
  // Whether open files keep a file system of this device in the kernel that was shut down.
  virtual bool HasShutDownRemains() const { return false; }
  // Whether such remains, too, can write nothing once this device is offline.
  virtual bool OfflineStopsIo() const { return false; }
  // ", held by pid 4711 (cp)"
  virtual std::string Holders() const { return ""; }

  virtual Outcome GoOnline() { return Ok(); }
  // Takes the claim, and gives it back if it still needs to be held.
  virtual Result<Fd> GoOffline(Fd claim) { return claim; }
};

// What a path names. Two paths to the same thing have the same identity.
struct Identity {
  char kind = 0;  // 'i', 'l', 'b'
  dev_t device = 0;
  ino_t inode = 0;
  auto operator<=>(const Identity&) const = default;
};

struct Target {
  Identity identity;
  std::string path;  // absolute, without links
  bool operator==(const Target&) const = default;
};

// Reads a VolumePath: FILE, loop:FILE or /dev/NODE. Asks no driver, so that a FIFO cannot block it
// and an offline disk can be named.
Result<Target> Resolve(const std::string& volume_path, const OffLimits& off_limits = OffLimits());
std::unique_ptr<Device> MakeDevice(
    const Target& target,
    const std::shared_ptr<const OffLimits>& off_limits = std::make_shared<const OffLimits>());

}  // namespace tidegate
