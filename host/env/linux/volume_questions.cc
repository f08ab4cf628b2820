// What can be asked of a volume: none of it waits for an operation that changes it.
#include <algorithm>

#include "host/env/linux/read.h"
#include "host/env/linux/superblock.h"
#include "host/env/linux/volume.h"

namespace tidegate {

bool Volume::IsOffline() const { return offline_ || device_->IsOffline(); }

Result<bool> Volume::IsMounted(const std::string& where) const {
  const std::vector<MountPoint> mounts = MountsSeen(where);
  if (where.empty()) return !mounts.empty();
  const auto there = std::ranges::find(mounts, where, &MountPoint::where);
  if (there == mounts.end()) return false;
  // A link stays when its image goes.
  if (device_->IsDestroyed()) return Error{ErrorCode::kNotReady, "", device_->Node() + " is gone"};
  if (there->id == 0) return true;
  if (Outcome on_top = IsOnTop(where); !on_top) {
    return Error{ErrorCode::kNotReady, "", on_top.error().detail};
  }
  return true;
}

Result<std::int64_t> Volume::Probe(const Sectors& sectors, const std::string& write_file,
                                   const std::string& where) const {
  if (Outcome ready = Ready(); !ready) return ready.error();
  Result<std::int64_t> read = ReadSectors(*device_, sectors);
  if (!read || write_file.empty()) return read;
  Result<std::int64_t> written = WriteProbe(*device_, where, write_file);
  if (!written) return written;
  return *read + *written;
}

Outcome Volume::Flush() const {
  if (Outcome ready = Ready(); !ready) return ready;
  return device_->Flush();
}

Result<bool> Volume::IsDirty() const {
  if (Outcome ready = Ready(); !ready) return ready.error();
  // Asked before the read: a volume that is unmounted in between is clean, not dirty.
  const bool mounted = !device_->Mounts().empty();
  const auto start = ReadStart(*device_, kSuperblockBytes);
  if (!start) return start.error();
  const auto found = ReadSuperblock(*start);
  if (!found) return Error{ErrorCode::kUnrecognizedVolume, "", "no file system that is known"};
  // While it is mounted every file system says "not clean": only its errors mean something.
  const std::optional<bool> answer = mounted ? found->errors : found->dirty;
  if (!answer) {
    return Error{ErrorCode::kUnrecognizedVolume, "",
                 found->type + " has no flag for it; known for ext2, ext3, ext4 and vfat"};
  }
  return *answer;
}

Result<Extents> Volume::Where() const {
  if (Outcome ready = Ready(); !ready) return ready.error();
  return device_->Where();
}

Result<std::int64_t> Volume::Number() const {
  if (Outcome ready = Ready(); !ready) return ready.error();
  return device_->Number();
}

// Answers for an offline volume too, with what can be known without I/O.
Result<VolumeAttributes> Volume::Attributes() const {
  VolumeAttributes out;
  out.kind = device_->Kind();
  const bool offline = IsOffline();
  const Result<Geometry> geometry = device_->Measure();
  if (!geometry && !offline) return geometry.error();
  if (geometry.ok()) {
    out.size = geometry->size;
    out.sector_size = geometry->block;
    out.read_only = geometry->read_only;
  }
  if (offline) {
    if (!device_->OfflineOutlivesHost()) out.device = device_->Node();
    return out;
  }
  out.device = device_->Node();
  const std::vector<MountPoint> mounts = device_->Mounts();
  if (!mounts.empty()) out.mounted_at = mounts.front().where;
  if (const auto start = ReadStart(*device_, kSuperblockBytes); start.ok()) {
    const auto found = ReadSuperblock(*start);
    if (found) out.file_system = found->type;
  }
  return out;
}

}  // namespace tidegate
