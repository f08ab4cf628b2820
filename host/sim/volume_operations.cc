// What the operations on volumes do, with the rules of host/env/linux/volume.cc.
#include <optional>
#include <type_traits>
#include <utility>

#include "host/sim/world.h"

namespace tidegate::sim {
namespace {

Reply Denied(std::string_view why) { return Failure(ErrorCode::kAccessDenied, std::string(why)); }

template <class Op>
concept HasVolume = requires(const Op& op) {
  op.volume;
};

}  // namespace

struct Performer {
  World& world;
  int node;
  int d;
  std::string_view path;
  Instant now;
  Handle* handle = nullptr;

  LocalVolume& v() const { return world.volume(node, d); }
  Disk& disk() const { return world.disk(d); }
  bool Foreign() const { return v().claimant != 0 && v().claimant != handle->id; }
  void Changed() const { v().changed = now; }

  // What stands in the way of every operation on an open volume.
  std::optional<Reply> Refused(bool claims, bool needs_online) const {
    if (!handle->open) return Failure(ErrorCode::kInvalidHandle, "closed");
    if (!disk().present) return Failure(ErrorCode::kNotReady, "the disk is gone");
    if (claims && Foreign()) return Denied("locked or dismounted through another handle");
    if (needs_online && v().offline) return Failure(ErrorCode::kNotReady, "the volume is offline");
    return std::nullopt;
  }

  Reply TakeAway(bool force) {
    if (v().claimant == handle->id) return Success();
    if (world.FilesOpen(v()) && !force) return Denied("files are open");
    if (!world.WriteBack(node, d) && !force) return Failure(ErrorCode::kIoDevice, "EIO");
    v().cache = 0;
    v().application = v().intruder = false;
    v().remounts = std::exchange(v().mounted, false);
    v().claimant = handle->id;
    disk().dirty = false;
    Changed();
    return Success();
  }

  Reply operator()(const VolumeOpen& op) {
    if (op.path != path || !disk().present) return Failure(ErrorCode::kFileNotFound, "ENOENT");
    return NewHandle();
  }

  Reply NewHandle() {
    if (v().claimant == 0 && !v().offline && std::exchange(v().remounts, false)) {
      v().mounted = true;
      Changed();
    }
    std::erase_if(world.handles_, [](const Handle& other) { return !other.open; });
    world.handles_.push_back({++world.last_handle_, static_cast<std::uint8_t>(node),
                              static_cast<std::uint8_t>(d), true});
    return Success(VolumeHandle{world.last_handle_});
  }

  Reply operator()(const VolumeOurs&) {
    if (!disk().present) return Failure(ErrorCode::kNotFound, "the disk is gone");
    if (!v().ours) return Failure(ErrorCode::kNotFound, "nothing of it is up here");
    return NewHandle();
  }

  Reply operator()(const VolumeClose&) {
    if (!handle->open) return Failure(ErrorCode::kInvalidHandle, "closed");
    world.Close(*handle, now);
    return Success();
  }

  Reply operator()(const VolumeLock&) {
    if (auto refused = Refused(true, true)) return *refused;
    const Reply taken = TakeAway(false);
    if (taken.ok()) v().locked = true;
    return taken;
  }

  Reply operator()(const VolumeUnlock&) {
    if (!handle->open) return Failure(ErrorCode::kInvalidHandle, "closed");
    if (v().claimant != handle->id || !v().locked) {
      return Failure(ErrorCode::kNotLocked, "not locked through this handle");
    }
    v().locked = false;
    if (!v().dismounted) world.Release(v(), now);
    return Success();
  }

  Reply operator()(const VolumeDismount& op) {
    if (auto refused = Refused(true, true)) return *refused;
    const Reply taken = TakeAway(op.force);
    if (taken.ok()) v().dismounted = true;
    return taken;
  }

  Reply operator()(const VolumeMount& op) {
    if (auto refused = Refused(true, true)) return *refused;
    if (v().mounted) {
      if (v().where == op.where) {
        v().ours = true;
        return Success();
      }
      return Failure(ErrorCode::kBusy, "EBUSY: already mounted at " + v().where);
    }
    if (!world.Reaches(node, d)) return Failure(ErrorCode::kIoDevice, "EIO");
    if (disk().read_only && !op.read_only) return Failure(ErrorCode::kWriteProtect, "EROFS");
    if (!handle->open) return Failure(ErrorCode::kOperationAborted, "closed while it mounted");
    v().claimant = 0;
    v().locked = v().dismounted = v().remounts = false;
    v().mounted = v().ours = true;
    v().mounted_read_only = op.read_only;
    v().where = op.where;
    Changed();
    return Success();
  }

  Reply operator()(const VolumeOffline&) {
    if (!handle->open) return Failure(ErrorCode::kInvalidHandle, "closed");
    if (v().offline || !disk().present) {
      v().ours = false;
      return Success();
    }
    if (v().claimant != handle->id || !v().dismounted) {
      return Denied("dismount through this handle first");
    }
    v().offline = true;
    v().ours = false;
    v().claimant = 0;
    v().locked = v().dismounted = v().remounts = false;
    Changed();
    return Success();
  }

  Reply operator()(const VolumeOnline&) {
    if (auto refused = Refused(true, false)) return *refused;
    v().ours = true;
    if (!v().offline) return Success();
    v().offline = false;
    Changed();
    return Success();
  }

  Reply operator()(const VolumeIsOffline&) { return Success(v().offline); }
  Reply operator()(const VolumeIsMounted&) { return Success(v().mounted); }
  Reply operator()(const VolumeSupportsOnlineOffline&) { return Success(true); }

  Reply Io(Value value) const {
    if (auto refused = Refused(false, true)) return *refused;
    if (!world.Connected(node, d) || !disk().reservations.MayRead(node)) {
      return Failure(ErrorCode::kIoDevice, "EIO");
    }
    return Success(std::move(value));
  }
  Reply operator()(const VolumeFlush&) {
    Reply reply = Io({});
    if (reply.ok() && !world.WriteBack(node, d)) return Failure(ErrorCode::kIoDevice, "EIO");
    return reply;
  }
  Reply operator()(const VolumeIsDirty&) { return Io(disk().dirty && !v().mounted); }
  Reply operator()(const VolumeExtents&) { return Io(Extents{{d, 0, std::int64_t{1} << 30}}); }
  Reply operator()(const VolumeNumber&) { return Io(std::int64_t{d} + 1); }
  Reply operator()(const VolumeGetAttributes&) {
    VolumeAttributes out;
    out.kind = "block";
    out.size = std::int64_t{1} << 30;
    out.read_only = disk().read_only;
    if (!v().offline) {
      out.device = path;
      out.file_system = "ext4";
      if (v().mounted) out.mounted_at = v().where;
    }
    return Success(std::move(out));
  }
  Reply operator()(const VolumeProbe& op) {
    Reply reply = Io(static_cast<std::int64_t>(op.sectors.size()) * 4096);
    if (!reply.ok() || op.write_file.empty()) return reply;
    if (!v().mounted) return Failure(ErrorCode::kNotReady, "not mounted");
    if (disk().read_only || v().mounted_read_only)
      return Failure(ErrorCode::kWriteProtect, "EROFS");
    if (disk().full) return Failure(ErrorCode::kDiskFull, "ENOSPC");
    return reply;
  }

  // What the disk answers though its volume is offline.
  Reply OfDisk(Value value) const {
    if (auto refused = Refused(false, false)) return *refused;
    if (!world.Connected(node, d)) return Failure(ErrorCode::kIoDevice, "EIO");
    return Success(std::move(value));
  }
  Reply operator()(const VolumeVerify&) { return OfDisk({}); }
  Reply operator()(const VolumeDiskNumber&) { return OfDisk(std::int64_t{d}); }
  Reply operator()(const VolumeDiskIsClustered&) { return OfDisk(true); }
  Reply operator()(const VolumeDiskAttribute& op) {
    return OfDisk(op.name == "read_only" && disk().read_only);
  }
  Reply operator()(const VolumeIsIoCapable&) { return OfDisk(!v().offline); }
  Reply operator()(const VolumeIsClustered&) { return Io(true); }
  Reply operator()(const VolumeIsPartition&) { return Io(true); }
  Reply operator()(const VolumeIsDynamic&) { return Io(false); }
  Reply operator()(const VolumeIsCsv&) { return Io(false); }
  Reply operator()(const VolumeFailoverSet&) { return Io(Numbers{d}); }
  Reply operator()(const VolumeUpdateProperties&) { return Io({}); }
  Reply operator()(const VolumePostOnline&) { return Io({}); }
  Reply operator()(const VolumeLogicalToPhysical& op) { return Io(Extents{{d, op.offset, 0}}); }
  Reply operator()(const VolumePhysicalToLogical& op) {
    if (op.disk != d) return Failure(ErrorCode::kInvalidParameter, "on another disk");
    return Io(op.offset);
  }
  Reply operator()(const VolumeGptAttribute&) { return Io(false); }

  // --- Persistent reservations. ---

  Reservations& reservations() const { return disk().reservations; }
  static Reply Conflict() { return Failure(ErrorCode::kBusy, "reservation conflict"); }

  // What stands in the way of a command that needs this node's key.
  std::optional<Reply> NotMine(std::int64_t key) const {
    if (Reply reply = OfDisk({}); !reply.ok()) return reply;
    if (key == 0 || reservations().KeyOf(node) != key) return Conflict();
    return std::nullopt;
  }

  Reply operator()(const VolumeRegisteredKeys&) {
    Numbers keys = reservations().keys;
    std::erase(keys, 0);
    return OfDisk(std::move(keys));
  }
  Reply operator()(const VolumeReservation&) {
    return OfDisk(Reservation{reservations().holder, std::string(Name(reservations().kind))});
  }
  Reply operator()(const VolumeRegister& op) {
    Reply reply = OfDisk({});
    if (reply.ok()) reservations().Register(world.nodes(), node, op.key);
    return reply;
  }
  Reply operator()(const VolumeReserve& op) {
    if (auto refused = NotMine(op.key)) return *refused;
    const auto kind = ReservationKindNamed(op.kind).value_or(ReservationKind::kNone);
    Reservations& r = reservations();
    if (r.kind != ReservationKind::kNone) {
      return r.holder == op.key && r.kind == kind ? Success() : Conflict();
    }
    r.holder = op.key;
    r.kind = kind;
    return Success();
  }
  Reply operator()(const VolumeRelease& op) {
    if (auto refused = NotMine(op.key)) return *refused;
    Reservations& r = reservations();
    if (r.holder == op.key) {
      r.holder = 0;
      r.kind = ReservationKind::kNone;
    }
    return Success();
  }
  Reply operator()(const VolumePreempt& op) {
    if (auto refused = NotMine(op.key)) return *refused;
    Reservations& r = reservations();
    const bool held = r.kind != ReservationKind::kNone && r.holder == op.victim;
    const auto kind = ReservationKindNamed(op.kind).value_or(ReservationKind::kNone);
    if (!r.Unregister(op.victim) && !held) return Conflict();
    if (held) {
      r.holder = op.key;
      r.kind = kind;
    }
    return Success();
  }
  Reply operator()(const VolumeClearReservations& op) {
    if (auto refused = NotMine(op.key)) return *refused;
    reservations() = Reservations();
    return Success();
  }

  // What a modelled disk has not: attributes to set, a driver to talk to.
  template <class Op>
  Reply operator()(const Op&) {
    return Failure(ErrorCode::kNotSupported, "not simulated");
  }
};

Reply World::Perform(int node, int d, const Call& call, std::string_view path, Instant now) {
  Performer performer{*this, node, d, path, now};
  return std::visit(
      [&](const auto& op) -> Reply {
        if constexpr (HasVolume<std::decay_t<decltype(op)>>) {
          performer.handle = const_cast<Handle*>(Find(op.volume.id));
          if (performer.handle == nullptr) return Failure(ErrorCode::kInvalidHandle, "closed");
        }
        return performer(op);
      },
      call);
}

bool World::ChangesUnderGate(const Call& call) { return Info(call).does.in_turn; }

bool World::CanBeStale(int node, int d, const Call& call, Instant now) const {
  return Info(call).does.may_be_old && now - volume(node, d).changed < kStaleTime;
}

}  // namespace tidegate::sim
