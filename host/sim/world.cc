// Faults and data; the operations are in volume_operations.cc.
#include "host/sim/world.h"

#include <algorithm>

namespace tidegate::sim {

void World::Reset(int nodes, int disks) {
  nodes_ = nodes;
  disks_.assign(static_cast<std::size_t>(disks), Disk());
  volumes_.assign(static_cast<std::size_t>(nodes * disks), LocalVolume());
  handles_.clear();
  last_handle_ = 0;
}

const Handle* World::Find(std::uint32_t id) const {
  const auto it = std::ranges::lower_bound(handles_, id, {}, &Handle::id);
  return it != handles_.end() && it->id == id ? &*it : nullptr;
}

bool World::Writable(int node, int d) const {
  const LocalVolume& v = volume(node, d);
  return Reaches(node, d) && !disk(d).read_only && !v.offline && v.claimant == 0;
}

// The cache of a node goes to the disk. What another node has in use meanwhile is destroyed.
bool World::WriteBack(int node, int d) {
  LocalVolume& v = volume(node, d);
  if (v.cache == 0) return true;
  if (!Reaches(node, d) || disk(d).read_only) return false;
  for (int other = 0; other < nodes_; ++other) {
    if (other != node && volume(other, d).application && Reaches(other, d)) {
      disk(d).destroyed = true;
    }
  }
  disk(d).durable += v.cache;
  v.cache = 0;
  return true;
}

bool World::Write(int node, int d, bool sync) {
  LocalVolume& v = volume(node, d);
  if (!v.application || !Writable(node, d) || disk(d).full || v.mounted_read_only) return false;
  ++v.cache;
  return !sync || WriteBack(node, d);
}

void World::StartApplication(int node, int d) {
  LocalVolume& v = volume(node, d);
  if (!v.offline) v.application = true;
}

void World::StopApplication(int node, int d) { volume(node, d).application = false; }

void World::Die(LocalVolume& v, Instant now) {
  const bool intruder = v.intruder;
  const bool ours = v.ours;
  v = LocalVolume();
  v.intruder = intruder;
  v.ours = ours;
  v.changed = now;
}

void World::PowerFails(int node) {
  for (int d = 0; d < disks(); ++d) {
    LocalVolume& v = volume(node, d);
    if (v.mounted && !v.mounted_read_only) disk(d).dirty = true;
    v = LocalVolume();
  }
  for (Handle& handle : handles_) {
    if (handle.node == node) handle.open = false;
  }
}

void World::ProcessDies(int node, int d, Instant now) {
  volume(node, d).busy = 0;
  for (Handle& handle : handles_) {
    if (handle.node == node && handle.disk == d && handle.open) Close(handle, now);
  }
  Settle(node, d, now);  // what was closed while an operation was under way
}

void World::DiskVanishes(int d, Instant now) {
  disk(d).present = false;
  for (int node = 0; node < nodes_; ++node) Die(volume(node, d), now);
}

bool World::IntruderOpens(int node, int d, Instant now) {
  LocalVolume& v = volume(node, d);
  if (v.offline || v.claimant != 0 || !Reaches(node, d)) return false;
  if (std::exchange(v.remounts, false)) {
    v.mounted = true;
    v.changed = now;
  }
  v.intruder = true;
  return true;
}

void World::IntruderLeaves(int node, int d) { volume(node, d).intruder = false; }

void World::Take(int node, int d, Instant now) {
  disk(d).access &= ~(1u << node);
  LocalVolume& v = volume(node, d);
  if (v.mounted && !v.mounted_read_only) disk(d).dirty = true;
  const std::size_t busy = v.busy;
  Die(v, now);
  v.busy = busy;
}

void Reservations::Register(int nodes, int node, std::int64_t key) {
  if (keys.empty()) keys.resize(static_cast<std::size_t>(nodes) + 1);  // the last: the foreigner
  std::int64_t& mine = keys[static_cast<std::size_t>(node)];
  if (kind != ReservationKind::kNone && holder == mine && key != 0) holder = key;
  if (key == 0 && mine != 0) {
    Unregister(mine);
  } else {
    mine = key;
  }
}

// A reservation ends with its holder's registration.
bool Reservations::Unregister(std::int64_t key) {
  const auto had = std::ranges::count(keys, key);
  std::ranges::replace(keys, key, 0);
  if (holder == key) {
    kind = ReservationKind::kNone;
    holder = 0;
  }
  return had != 0;
}

bool World::ForeignerPreempts(int node, int d) {
  Reservations& r = disk(d).reservations;
  const std::int64_t key = r.KeyOf(node);
  if (r.kind == ReservationKind::kNone || key == 0) return false;
  std::ranges::replace(r.keys, key, 0);
  r.keys.back() = kForeignKey;
  r.robbed |= 1u << node;
  r.holder = kForeignKey;
  return true;
}

void World::ForeignerLeaves(int d) {
  Reservations& r = disk(d).reservations;
  if (!r.keys.empty()) r.Unregister(kForeignKey);
}

// The claim ends: what was only locked is mounted as before.
void World::Release(LocalVolume& v, Instant now) {
  const bool back = !v.dismounted;
  v.claimant = 0;
  v.locked = v.dismounted = false;
  if (!back || !std::exchange(v.remounts, false)) return;
  v.mounted = true;
  v.changed = now;
}

void World::Close(Handle& handle, Instant now) {
  handle.open = false;
  LocalVolume& v = volume(handle.node, handle.disk);
  if (v.claimant == handle.id && v.busy == 0) Release(v, now);
}

void World::Settle(int node, int d, Instant now) {
  LocalVolume& v = volume(node, d);
  if (v.claimant == 0) return;
  const Handle* handle = Find(v.claimant);
  if (handle == nullptr || !handle->open) Release(v, now);
}

void World::Describe(Digest& digest) const {
  for (const Disk& d : disks_) {
    digest.Add((d.present ? 1u : 0u) | (d.read_only ? 2u : 0u) | (d.full ? 4u : 0u) |
               (d.dirty ? 8u : 0u) | (d.destroyed ? 16u : 0u));
    digest.Add(d.access);
    if (d.reservations.keys.empty()) continue;
    for (const std::int64_t key : d.reservations.keys) digest.Add(static_cast<std::uint64_t>(key));
    digest.Add(static_cast<std::uint64_t>(d.reservations.holder));
    digest.Add(static_cast<std::uint64_t>(d.reservations.kind) | d.reservations.robbed << 8);
  }
  for (const LocalVolume& v : volumes_) {
    digest.Add((v.offline ? 1u : 0u) | (v.mounted ? 2u : 0u) | (v.mounted_read_only ? 4u : 0u) |
               (v.claimant != 0 ? 8u : 0u) | (v.locked ? 16u : 0u) | (v.dismounted ? 32u : 0u) |
               (v.remounts ? 64u : 0u) | (v.application ? 128u : 0u) | (v.intruder ? 256u : 0u) |
               (v.busy != 0 ? 512u : 0u) | (v.cache != 0 ? 1024u : 0u) | (v.ours ? 2048u : 0u));
    if (v.mounted || v.remounts) digest.Add(v.where);
  }
  for (const Handle& handle : handles_) {
    if (handle.open) digest.Add((handle.node + 1u) * 256 + handle.disk);
  }
}

}  // namespace tidegate::sim
