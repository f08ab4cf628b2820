// The World is what nodes, disks and volumes do in a simulated run: the fault model.
//
// Nodes. A node is up or down. Power failure takes everything in its memory: mounts, locks, caches,
// the host process. It boots a minute later; a shared volume is then offline on it, as a cluster's
// disks are. The host process may die alone: the system closes its handles, and what it had mounted
// stays mounted.
//
// Disks. Each resource has one disk that every node can reach, for as long as the cluster lets it:
// access is what a persistent reservation gives. The cluster gives access to a node before it calls
// Online there, and takes it from a node whose resource did not say that it is offline. It does not
// take it from a node whose resource did say so, although a real one would: a policy that lies must
// not get away with it. A node whose access was taken by the cluster finds the volume offline and
// its mounts dead; one whose reservation was lost only finds that its I/O fails.
// To a resource whose policy arbitrates the cluster gives nothing and from it takes nothing: its
// nodes have access by the disk's persistent reservation alone, which outlives their power. Its
// reservation is lost to a machine outside of the cluster, which leaves after a minute.
// A disk can vanish (its mounts die, open says ERROR_FILE_NOT_FOUND, its handles ERROR_NOT_READY;
// when it is back it is offline), become read-only or run full.
//
// Volumes. Offline, mounts, locks and dismounts belong to a volume on one node, with the rules of
// host/env: lock and dismount fail with ERROR_ACCESS_DENIED while files are open; offline needs a
// dismount through the same handle; between a dismount and the close of its handle nobody else can
// mount or open files; a volume that was dismounted and not taken offline mounts again. A forced
// dismount invalidates open files and writes the cache. One operation that changes a volume runs at
// a time; others wait for it, and after five seconds they say ERROR_BUSY. When a handle is closed
// during an operation, a mount or an online that completes then is undone. What a resource brought
// up is its own on that node until it is offline again or the node loses power.
//
// Data. The application of a resource writes while the resource is online. A write is acknowledged
// when it is in the cache of the node; every second one also when it is on the disk. Lock, dismount
// and flush write the cache to the disk. Power failure, a vanished disk and taken access lose what
// is in the cache, and nothing else may. A cache that is written to a disk which another node has
// in use destroys it.
//
// Intruders. Another process may open files on a volume that is online and not claimed; it leaves
// after ten seconds.
//
// Clocks. Each node has its own monotonic clock; it can step ahead ten minutes, and run a tenth
// faster than the others.
//
// Not modelled: torn sectors, wrong data, memory, the network between applications, byzantine
// nodes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/core/call.h"
#include "host/core/digest.h"

namespace tidegate::sim {

inline constexpr Duration kOperationTime = Milliseconds(1);
inline constexpr Duration kSlowOperationTime = Seconds(8);
inline constexpr Duration kBootTime = Seconds(60);
inline constexpr Duration kFaultTime = Seconds(60);  // of a disk or the network
inline constexpr Duration kIntruderTime = Seconds(10);
inline constexpr Duration kClockStep = Minutes(10);
inline constexpr std::int64_t kDriftPart = 10;      // of a second that a clock gains in each
inline constexpr Duration kBeat = Seconds(1);       // when a fault's end or consequence is noticed
inline constexpr Duration kStaleTime = Seconds(2);  // a change younger than this may go unnoticed

// Persistent reservations of one disk. Source: SCSI Primary Commands, PERSISTENT RESERVE OUT.
struct Reservations {
  std::vector<std::int64_t> keys;  // of each node, 0 for none; empty when nobody ever registered
  std::int64_t holder = 0;         // a key
  ReservationKind kind = ReservationKind::kNone;
  std::uint32_t robbed = 0;  // nodes that a foreigner took it from, a bit each

  std::int64_t KeyOf(int node) const {
    return keys.empty() ? 0 : keys[static_cast<std::size_t>(node)];
  }
  bool OfRegistrants() const { return kind >= ReservationKind::kWriteExclusiveRegistrants; }
  bool MayWrite(int node) const {
    if (kind == ReservationKind::kNone) return true;
    return OfRegistrants() ? KeyOf(node) != 0 : KeyOf(node) == holder;
  }
  bool MayRead(int node) const {
    return kind == ReservationKind::kWriteExclusive ||
           kind == ReservationKind::kWriteExclusiveRegistrants || MayWrite(node);
  }
  void Register(int nodes, int node, std::int64_t key);
  // Whether it had a registration.
  bool Unregister(std::int64_t key);
};

// What a machine outside of the cluster registers when it takes a disk away.
inline constexpr std::int64_t kForeignKey = 0x666f726569676e;

struct Disk {
  bool present = true;
  bool read_only = false;
  bool full = false;
  bool dirty = false;          // as its file system says
  bool destroyed = false;      // two nodes wrote to it
  std::uint32_t access = ~0u;  // a bit a node
  Reservations reservations;   // those that policies take themselves
  std::uint64_t durable = 0;   // records on the disk
};

// A volume as one node has it.
struct LocalVolume {
  bool offline = true;
  bool ours = false;  // brought up by the resource, and not taken offline since
  bool mounted = false;
  bool mounted_read_only = false;
  std::string where;
  std::uint32_t claimant = 0;  // the handle that locked or dismounted it
  bool locked = false;
  bool dismounted = false;
  bool remounts = false;  // at the next open
  bool application = false;
  bool intruder = false;
  std::uint64_t cache = 0;  // acknowledged records that are not on the disk
  std::size_t busy = 0;     // the operation under way, 0 for none
  Instant changed{-kStaleTime.ns};
};

struct Handle {
  std::uint32_t id = 0;
  std::uint8_t node = 0;
  std::uint8_t disk = 0;
  bool open = true;
};

class World {
 public:
  void Reset(int nodes, int disks);

  Disk& disk(int d) { return disks_[static_cast<std::size_t>(d)]; }
  const Disk& disk(int d) const { return disks_[static_cast<std::size_t>(d)]; }
  LocalVolume& volume(int node, int d) { return volumes_[Index(node, d)]; }
  const LocalVolume& volume(int node, int d) const { return volumes_[Index(node, d)]; }
  int nodes() const { return nodes_; }
  int disks() const { return static_cast<int>(disks_.size()); }
  static std::string PathOf(std::string_view resource) { return "/dev/" + std::string(resource); }

  // Performs a volume.* operation of a resource, whose own disk `d` is at `path`.
  Reply Perform(int node, int d, const Call& call, std::string_view path, Instant now);
  // What a question would have been answered before the latest change; false if that is too old.
  bool CanBeStale(int node, int d, const Call& call, Instant now) const;
  static bool ChangesUnderGate(const Call& call);
  const Handle* Find(std::uint32_t id) const;
  const std::vector<Handle>& handles() const { return handles_; }  // by number

  bool Connected(int node, int d) const { return disk(d).present && (disk(d).access >> node & 1u); }
  bool Reaches(int node, int d) const {
    return Connected(node, d) && disk(d).reservations.MayWrite(node);
  }
  // I/O through the volume changes the disk.
  bool Writable(int node, int d) const;

  // The application: returns whether the write was acknowledged.
  bool Write(int node, int d, bool sync);
  void StartApplication(int node, int d);
  void StopApplication(int node, int d);

  // Faults.
  void PowerFails(int node);
  void ProcessDies(int node, int d, Instant now);  // of the resource whose disk it is
  void DiskVanishes(int d, Instant now);
  bool IntruderOpens(int node, int d, Instant now);  // false: it cannot
  void IntruderLeaves(int node, int d);
  void Give(int node, int d) { disk(d).access |= 1u << node; }
  void Take(int node, int d, Instant now);
  // Another machine preempts the node's reservation, if it has one, and later leaves.
  bool ForeignerPreempts(int node, int d);
  void ForeignerLeaves(int d);
  // An operation left the gate: a claim whose handle was closed meanwhile ends.
  void Settle(int node, int d, Instant now);

  std::uint32_t last_handle() const { return last_handle_; }
  template <class Visit>
  void ForEachCount(Visit visit) {
    visit(last_handle_);
    for (Disk& disk : disks_) visit(disk.durable);
  }
  // Everything that decides how it goes on.
  void Describe(Digest& digest) const;

 private:
  friend struct Performer;
  std::size_t Index(int node, int d) const {
    return static_cast<std::size_t>(node) * disks_.size() + static_cast<std::size_t>(d);
  }
  bool FilesOpen(const LocalVolume& v) const { return v.application || v.intruder; }
  bool WriteBack(int node, int d);
  void Release(LocalVolume& v, Instant now);
  void Die(LocalVolume& v, Instant now);
  void Close(Handle& handle, Instant now);

  int nodes_ = 0;
  std::vector<Disk> disks_;
  std::vector<LocalVolume> volumes_;
  std::vector<Handle> handles_;
  std::uint32_t last_handle_ = 0;
};

}  // namespace tidegate::sim
