// Locking, dismounting, offline and online.
#include "host/env/linux/volume.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <sys/stat.h>

#include "host/core/limits.h"
#include "host/env/linux/errno_map.h"

namespace tidegate {
namespace {

Error Denied(const std::string& why) { return {ErrorCode::kAccessDenied, "", why}; }

// The mount table has no links in it.
Result<std::string> RealMountPoint(const std::string& where) {
  if (where.empty() || where.front() != '/' || where.size() >= limits::kPathBytes ||
      where.find('\0') != std::string::npos) {
    return Error{ErrorCode::kPathNotFound, "", "a mount point is an absolute path"};
  }
  std::string path = where;
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const std::size_t slash = path.rfind('/');
  const std::string name = path.substr(slash + 1);
  if (name.empty() || name == "." || name == "..") {
    return Error{ErrorCode::kPathNotFound, "", where + " is no place for a mount"};
  }
  char real[PATH_MAX];
  // Only the directory above: the last component may be an image's own link, or not exist yet.
  const std::string above = slash == 0 ? "/" : path.substr(0, slash);
  if (realpath(above.c_str(), real) == nullptr) {
    return ErrnoError(ErrorCode::kPathNotFound, errno, above);
  }
  return (std::string(real) == "/" ? "" : std::string(real)) + "/" + name;
}

}  // namespace

// The time that one operation spends behind the gate.
class Volume::Pass {
 public:
  Pass(Volume& volume, std::string_view op) : volume_(volume), entered_(volume.gate_.Enter(op)) {}
  ~Pass() {
    if (entered_.ok()) volume_.Leave();
  }
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;
  const Outcome& entered() const { return entered_; }

 private:
  Volume& volume_;
  const Outcome entered_;
};

Outcome Volume::Begin(const HandlePtr& handle) {
  if (handle->closed) return Error{ErrorCode::kInvalidHandle, "", "closed"};
  const HandlePtr claimant = claimant_.lock();
  if (claimant != nullptr && claimant != handle && !claimant->closed) {
    return Denied("locked or dismounted through another handle");
  }
  return Ok();
}

Outcome Volume::Ready() const {
  if (!IsOffline()) return Ok();
  return Error{ErrorCode::kNotReady, "", "the volume is offline"};
}

// Unmounts and claims: what Windows calls locked and dismounted is the same here.
Outcome Volume::TakeAway(const HandlePtr& handle, Away how) {
  if (Outcome owned = device_->Own(); !owned) return owned;
  const std::vector<MountPoint> mounts = device_->Mounts();
  Outcome gone = device_->Unmount(mounts);
  const bool forced = !gone && how == Away::kForcedDismount;
  if (forced) gone = device_->ShutDown(mounts);
  if (!gone) return gone;
  Result<Fd> claim = device_->Claim();
  if (!claim) {
    // Open files keep what was shut down in the kernel: dismounted, but nobody can claim it.
    const bool dead = claim.error().code == ErrorCode::kAccessDenied && how != Away::kLock &&
                      (forced || device_->HasShutDownRemains());
    if (!dead) {
      (void)device_->Remount(mounts);
      return claim.error();
    }
  }
  claim_ = claim ? std::move(*claim) : Fd();
  shut_down_ = !claim.ok();
  claimant_ = handle;
  claimed_ = true;
  mounted_ = false;
  to_remount_ = mounts;
  return Ok();
}

Outcome Volume::Lock(const HandlePtr& handle) {
  const Pass pass(*this, "volume.lock");
  if (!pass.entered()) return pass.entered();
  if (Outcome begun = Begin(handle); !begun) return begun;
  if (Outcome ready = Ready(); !ready) return ready;
  if (claimant_.lock() != handle) {
    if (Outcome taken = TakeAway(handle, Away::kLock); !taken) return taken;
  }
  locked_ = true;
  return Ok();
}

Outcome Volume::Unlock(const HandlePtr& handle) {
  const Pass pass(*this, "volume.unlock");
  if (!pass.entered()) return pass.entered();
  if (handle->closed) return Error{ErrorCode::kInvalidHandle, "", "closed"};
  if (claimant_.lock() != handle || !locked_) {
    return Error{ErrorCode::kNotLocked, "", "not locked through this handle"};
  }
  locked_ = false;
  // What was also dismounted stays so until close, so that offline through this handle is possible.
  return dismounted_ ? Ok() : Release();
}

Outcome Volume::Dismount(const HandlePtr& handle, bool force) {
  const Pass pass(*this, "volume.dismount");
  if (!pass.entered()) return pass.entered();
  if (Outcome begun = Begin(handle); !begun) return begun;
  if (Outcome ready = Ready(); !ready) return ready;
  if (claimant_.lock() != handle) {
    const Away how = force ? Away::kForcedDismount : Away::kDismount;
    if (Outcome taken = TakeAway(handle, how); !taken) return taken;
  }
  dismounted_ = true;
  return Ok();
}

Outcome Volume::Mount(const HandlePtr& handle, const std::string& where, bool read_only) {
  const Pass pass(*this, "volume.mount");
  if (!pass.entered()) return pass.entered();
  if (Outcome begun = Begin(handle); !begun) return begun;
  if (Outcome ready = Ready(); !ready) return ready;
  const Result<std::string> place = RealMountPoint(where);
  if (!place) return place.error();
  if (Outcome owned = device_->Own(); !owned) return owned;
  const std::vector<MountPoint> mounts = device_->Mounts();
  const auto there = [&](const MountPoint& m) { return m.where == *place; };
  if (std::ranges::any_of(mounts, there)) {
    mounted_ = true;
    return Ok();
  }
  if (!mounts.empty()) {
    return Error{ErrorCode::kBusy, "", "EBUSY: already mounted at " + mounts.front().where};
  }
  const std::vector<MountPoint> all = AllMounts();
  const auto other = std::ranges::find_if(all, there);
  if (other != all.end()) {
    return Error{ErrorCode::kBusy, "", "EBUSY: " + other->source + " is mounted at " + *place};
  }
  if (!read_only) {
    const Result<Geometry> geometry = device_->Measure();
    if (!geometry) return geometry.error();
    if (geometry->read_only) {
      return Error{ErrorCode::kWriteProtect, "",
                   device_->Node() + " is read-only; mount it with read_only = true"};
    }
  }
  claim_.Reset();  // the kernel lets nobody mount it while it is claimed, not even us
  if (Outcome mounted = device_->Mount(*place, read_only); !mounted) {
    if (claimed_) Reclaim();
    return mounted;
  }
  Unclaim();
  shut_down_ = false;
  to_remount_.clear();
  mounted_ = true;
  if (!handle->closed) return Ok();
  mounted_ = !device_->Unmount(device_->Mounts()).ok();
  return Error{ErrorCode::kOperationAborted, "", "closed while it mounted; unmounted again"};
}

Outcome Volume::Offline(const HandlePtr& handle) {
  const Pass pass(*this, "volume.offline");
  if (!pass.entered()) return pass.entered();
  if (handle->closed) return Error{ErrorCode::kInvalidHandle, "", "closed"};
  if (IsOffline()) return Ok();
  if (claimant_.lock() != handle || !dismounted_)
    return Denied("dismount through this handle first");
  if (shut_down_) Reclaim();  // what was shut down may have gone since
  if (shut_down_ && !device_->HasShutDownRemains()) {
    return Denied("EBUSY: someone else has claimed it since the dismount" + device_->Holders());
  }
  if (shut_down_ && !device_->OfflineStopsIo()) {
    return Denied("EBUSY: dismounted, but not safe to hand over while files are open" +
                  device_->Holders() +
                  ": when the last is closed the kernel may write the superblock again");
  }
  Result<Fd> claim = device_->GoOffline(std::move(claim_));
  if (!claim) {
    Reclaim();  // still dismounted through this handle, so keep everybody else out
    return claim.error();
  }
  claim_ = std::move(*claim);
  offline_ = !device_->OfflineOutlivesHost();
  Unclaim();
  online_for_.reset();
  to_remount_.clear();
  return Ok();
}

Outcome Volume::Online(const HandlePtr& handle) {
  const Pass pass(*this, "volume.online");
  if (!pass.entered()) return pass.entered();
  if (Outcome begun = Begin(handle); !begun) return begun;
  if (Outcome owned = device_->Own(); !owned) return owned;
  const bool was_offline = IsOffline();
  if (Outcome gone = device_->GoOnline(); !gone) return gone;
  if (handle->closed) {
    if (was_offline && device_->OfflineOutlivesHost()) {
      Result<Fd> claim = device_->GoOffline(std::move(claim_));
      if (claim.ok()) claim_ = std::move(*claim);
    }
    return Error{ErrorCode::kOperationAborted, "", "closed while it went online; undone"};
  }
  offline_ = false;
  online_for_ = handle->owner;
  shut_down_ = false;
  if (was_offline) claim_.Reset();
  return Ok();
}

void Volume::Unclaim() {
  claimant_.reset();
  claimed_ = locked_ = dismounted_ = false;
}

void Volume::Reclaim() {
  Result<Fd> claim = device_->Claim();
  if (claim.ok()) claim_ = std::move(*claim);
  shut_down_ = !claim.ok();
}

Outcome Volume::Release() {
  claim_.Reset();
  const bool back = !dismounted_ && !shut_down_;
  Unclaim();
  shut_down_ = false;
  if (!back || to_remount_.empty()) return Ok();
  const std::vector<MountPoint> mounts = std::exchange(to_remount_, {});
  Outcome mounted = device_->Remount(mounts);
  mounted_ = mounted.ok();
  return mounted;
}

void Volume::Opened() {
  if (!in_use_ || !gate_.TryEnter("volume.open")) return;
  if (!claimed_ && !to_remount_.empty() && !IsOffline()) {
    const std::vector<MountPoint> mounts = std::exchange(to_remount_, {});
    if (device_->Mounts().empty()) mounted_ = device_->Remount(mounts).ok();
  }
  Leave();
}

void Volume::Closed() {
  unsettled_ = true;
  if (gate_.TryEnter("volume.close")) Leave();
}

void Volume::Abandon(ResourceId owner) {
  {
    const std::scoped_lock lock(abandoned_mutex_);
    abandoned_.push_back(owner);
  }
  Closed();
}

// Before each one leaves the gate: whatever was closed meanwhile lets go.
void Volume::Settle() {
  const HandlePtr claimant = claimant_.lock();
  if (claimed_ && (claimant == nullptr || claimant->closed)) (void)Release();
  {
    const std::scoped_lock lock(abandoned_mutex_);
    for (const ResourceId owner : abandoned_) {
      if (online_for_ == owner) online_for_.reset();
    }
    abandoned_.clear();
  }
  // Offline, but a shut down file system had the device: it may be free by now.
  if (offline_ && shut_down_) Reclaim();
  if (mounted_ && device_->Mounts().empty()) mounted_ = false;
  const bool owned = claimed_ || offline_ || online_for_ || mounted_;
  if (!owned) device_->Disown();
  in_use_ = owned || static_cast<bool>(claim_) || !to_remount_.empty();
}

void Volume::Leave() {
  do {
    unsettled_ = false;
    Settle();
    gate_.Leave();
    // Who closed a handle after Settle() and found the gate shut has left that to us.
  } while (unsettled_ && gate_.TryEnter("volume.close"));
}

}  // namespace tidegate
