// Locking, dismounting, offline and online.
#include "host/env/linux/volume.h"

#include <algorithm>
#include <span>
#include <utility>
namespace tidegate {
namespace {

Error Denied(const std::string& why) { return {ErrorCode::kAccessDenied, "", why}; }

std::string MountedBy(const MountPoint& m) { return m.source.empty() ? "it" : m.source; }

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

// Where this resource has the volume mounted; empty: nowhere.
std::string Volume::OwnPlace(const HandlePtr& handle) const {
  if (!handle->where.empty()) return handle->where;
  const std::optional<Mark> mark = marks_.Of(handle->owner, handle->target.identity);
  return mark ? mark->where : std::string();
}

std::vector<MountPoint> Volume::MountsSeen(const std::string& place) const {
  std::vector<MountPoint> mounts = device_->Mounts();
  if (!mounts.empty() || place.empty()) return mounts;
  if (std::optional<MountPoint> m = device_->MountAt(place)) mounts.push_back(*std::move(m));
  return mounts;
}

// The mounts that this resource made, in the order in which they were made. An error: it cannot
// have the volume for itself, since others have it mounted or have mounted something over it. By
// force it can where others only look at what is its own; a view of what is theirs is never its.
Result<std::vector<MountPoint>> Volume::OwnMounts(const HandlePtr& handle, bool force) const {
  const std::string place = OwnPlace(handle);
  std::vector<MountPoint> own = MountsSeen(place);
  const MountPoint* primary = PrimaryOf(own);
  if (primary == nullptr) return own;
  const auto other =
      std::ranges::find_if(own, [&](const MountPoint& m) { return m.where != place; });
  if (primary->where != place || (other != own.end() && !force)) {
    const MountPoint& m = primary->where != place ? *primary : *other;
    return Denied("EBUSY: " + MountedBy(m) + " is mounted at " + m.where +
                  ", and not by this resource: unmount it there");
  }
  std::erase_if(own, [&](const MountPoint& m) { return m.where != place; });
  if (own.back().id == 0) return own;  // an image's link is under nothing
  const std::optional<MountPoint> top = OnTop(place);
  const std::vector<MountPoint> stack = StackAt(place);
  const bool on_top = top && top->id == own.back().id && own.size() <= stack.size() &&
                      std::ranges::equal(own, std::span(stack).last(own.size()), {},
                                         &MountPoint::id, &MountPoint::id);
  if (on_top) return own;
  const bool over = top && top->id != own.back().id;
  return Denied("EBUSY: " + (over ? top->source : std::string("something")) +
                " is mounted over the volume at " + place + ": unmount that first");
}

// Unmounts and claims: what Windows calls locked and dismounted is the same here.
Outcome Volume::TakeAway(const HandlePtr& handle, Away how) {
  if (Outcome owned = device_->Own(); !owned) return owned;
  const Result<std::vector<MountPoint>> own = OwnMounts(handle, how == Away::kForcedDismount);
  if (!own) return own.error();
  const std::vector<MountPoint>& mounts = *own;
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

Outcome Volume::Mount(const HandlePtr& handle, const std::string& place, bool read_only) {
  const Pass pass(*this, "volume.mount");
  if (!pass.entered()) return pass.entered();
  if (Outcome begun = Begin(handle); !begun) return begun;
  if (Outcome ready = Ready(); !ready) return ready;
  if (Outcome owned = device_->Own(); !owned) return owned;
  const std::vector<MountPoint> mounts = device_->Mounts();
  const auto there = [&](const MountPoint& m) { return m.where == place; };
  const MountPoint* primary = PrimaryOf(mounts);
  if (std::ranges::any_of(mounts, there) && there(*primary)) {
    if (Outcome on_top = IsOnTop(place); !on_top) return on_top;
    if (Outcome marked = MarkAt(handle, place); !marked) return marked;
    mounted_ = true;
    return Ok();
  }
  if (!mounts.empty()) {
    return Error{ErrorCode::kBusy, "", "EBUSY: already mounted at " + primary->where};
  }
  const std::vector<MountPoint> all = AllMounts();
  const auto other = std::ranges::find_if(all, there);
  if (other != all.end()) {
    return Error{ErrorCode::kBusy, "", "EBUSY: " + other->source + " is mounted at " + place};
  }
  if (!read_only) {
    const Result<Geometry> geometry = device_->Measure();
    if (!geometry) return geometry.error();
    if (geometry->read_only) {
      return Error{ErrorCode::kWriteProtect, "",
                   device_->Node() + " is read-only; mount it with read_only = true"};
    }
  }
  const std::optional<Mark> before = marks_.Of(handle->owner, handle->target.identity);
  if (Outcome marked = MarkAt(handle, place); !marked) return marked;
  claim_.Reset();  // the kernel lets nobody mount it while it is claimed, not even us
  if (Outcome mounted = device_->Mount(place, read_only); !mounted) {
    if (claimed_) Reclaim();
    if (before) {
      (void)marks_.Put(handle->owner, *before);
    } else {
      Unmark(handle);
    }
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
  if (IsOffline()) {
    Unmark(handle);
    return Ok();
  }
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
  Unmark(handle);
  return Ok();
}

Outcome Volume::Online(const HandlePtr& handle) {
  const Pass pass(*this, "volume.online");
  if (!pass.entered()) return pass.entered();
  if (Outcome begun = Begin(handle); !begun) return begun;
  if (Outcome owned = device_->Own(); !owned) return owned;
  const bool was_offline = IsOffline();
  // What somebody else has mounted is online already, and not by this resource.
  const std::optional<Mark> mark = marks_.Of(handle->owner, handle->target.identity);
  if (mark || device_->Mounts().empty()) {
    if (Outcome marked = MarkAt(handle, mark ? mark->where : ""); !marked) return marked;
  }
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

Outcome Volume::IsOnTop(const std::string& where) const {
  const std::optional<MountPoint> top = OnTop(where);
  const std::vector<MountPoint> mounts = MountsSeen(where);
  const auto same = [&](const MountPoint& m) {
    return m.where == where && (m.id == 0 || (top && m.id == top->id));
  };
  if (std::ranges::any_of(mounts, same)) return Ok();
  const bool there = std::ranges::any_of(mounts, [&](const auto& m) { return m.where == where; });
  const std::string why = top     ? top->source + " is mounted over it at " + where
                          : there ? "something is mounted over a folder above " + where
                                  : "it was unmounted from " + where + " meanwhile";
  return Error{ErrorCode::kBusy, "", "EBUSY: " + why};
}

// Before anything is touched: whoever comes after this process must find what it brought up.
Outcome Volume::MarkAt(const HandlePtr& handle, const std::string& where) {
  return marks_.Put(handle->owner, MarkOf(handle->name, handle->target, where));
}

// A mark that stays says too much: the next offline looks again, and finds it offline.
void Volume::Unmark(const HandlePtr& handle) {
  (void)marks_.Remove(handle->owner, handle->target.identity);
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
