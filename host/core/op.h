// An operation is one thing that a policy may ask of the world outside: a struct each, and the one
// place that describes it.
//
// Why here and nowhere else: the bindings check arguments against these fields, every Env must
// implement each struct (std::visit makes a missing one a compile error), the simulator tries each
// declared error, traces print the fields, and the documentation is generated from the texts.
// Adding an operation is one struct and its name in `Call`; the compiler names the rest.
#pragma once

#include <type_traits>

#include "host/core/op_disk.h"
#include "host/core/op_info.h"
#include "host/core/op_volume.h"

namespace tidegate {

struct TimerSleep {
  using Reply = std::monostate;
  Duration duration;
  static constexpr std::span<const ErrorCode> kErrors = {};
  static constexpr auto Fields() {
    return std::tuple{Positional("duration", &TimerSleep::duration, "how long, e.g. \"250ms\"")};
  }
  TIDEGATE_OP(TimerSleep, "timer.sleep", Capability::kTimer, false, does::kAsks,
              "Waits. The resource stays pending and the host goes on.")
};

struct StoreGet {
  using Reply = std::string;
  std::string key;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kNotFound, ErrorCode::kInvalidParameter,
                                          ErrorCode::kFileCorrupt, ErrorCode::kIoDevice};
  static constexpr auto Fields() {
    return std::tuple{Positional("key", &StoreGet::key, "1 to 64 of a-z 0-9 _ . -, no dot first")};
  }
  TIDEGATE_OP(StoreGet, "store.get", Capability::kStore, true, does::kAsks,
              "Reads a value that this resource stored; ERROR_NOT_FOUND if there is none.")
};

struct StoreSet {
  using Reply = std::monostate;
  std::string key;
  std::string value;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kInvalidParameter, ErrorCode::kDiskFull,
                                          ErrorCode::kWriteProtect, ErrorCode::kIoDevice};
  static constexpr auto Fields() {
    return std::tuple{Positional("key", &StoreSet::key, "1 to 64 of a-z 0-9 _ . -, no dot first"),
                      Positional("value", &StoreSet::value, "at most 64 KiB")};
  }
  TIDEGATE_OP(StoreSet, "store.set", Capability::kStore, true, does::kChanges,
              "Stores a value, on disk before it answers; the old value or the new one survives a "
              "crash, whole.")
};

// What the host keeps of a resource for itself: resource.state, and what was set aside of it.
//
// Why operations of their own: they pass faults, recorder and simulator as all others do, but no
// table that a policy can reach has them, so that no policy can ask for one whatever it writes.
struct RecordGet {
  using Reply = std::string;
  std::string name;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kNotFound, ErrorCode::kInvalidParameter,
                                          ErrorCode::kFileCorrupt, ErrorCode::kIoDevice};
  static constexpr auto Fields() {
    return std::tuple{Positional("name", &RecordGet::name, "of the record, as the host calls it")};
  }
  TIDEGATE_OP(RecordGet, "state.get", Capability::kStore, true, does::kAsks,
              "The host reads what it keeps of the resource: resource.state.")
};

struct RecordSet {
  using Reply = std::monostate;
  std::string name;
  std::string value;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kInvalidParameter, ErrorCode::kDiskFull,
                                          ErrorCode::kWriteProtect, ErrorCode::kIoDevice};
  static constexpr auto Fields() {
    return std::tuple{Positional("name", &RecordSet::name, "of the record, as the host calls it"),
                      Positional("value", &RecordSet::value, "what is kept")};
  }
  TIDEGATE_OP(RecordSet, "state.set", Capability::kStore, true, does::kChanges,
              "The host keeps resource.state, on disk before it answers.")
};

// The host's own, which no binding has.
template <class Op>
inline constexpr bool kIsRecord = std::is_same_v<Op, RecordGet> || std::is_same_v<Op, RecordSet>;

#define TIDEGATE_CLUSTER_OP(Op, op_name, Answer, text)                       \
  struct Op {                                                                \
    using Reply = Answer;                                                    \
    static constexpr ErrorCode kErrors[] = {ErrorCode::kNotSupported};       \
    static constexpr auto Fields() { return std::tuple{}; }                  \
    TIDEGATE_OP(Op, op_name, Capability::kCluster, false, does::kAsks, text) \
  };

TIDEGATE_CLUSTER_OP(ClusterNodes, "cluster.nodes", Strings, "The names of the cluster's nodes.")
TIDEGATE_CLUSTER_OP(ClusterOwner, "cluster.owner", std::string,
                    "The node that owns this resource now.")
TIDEGATE_CLUSTER_OP(ClusterQuorum, "cluster.quorum", bool,
                    "Whether this node is in a quorate part.")

// In standby a node is a member that runs no resources; on Windows it is called paused.
struct ClusterStandby {
  using Reply = bool;
  std::string node;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kNotReady, ErrorCode::kNotFound,
                                          ErrorCode::kNotSupported, ErrorCode::kTimeout};
  static constexpr auto Fields() {
    return std::tuple{Named("node", &ClusterStandby::node, "which one; default: this one")};
  }
  TIDEGATE_OP(ClusterStandby, "cluster.standby", Capability::kCluster, false, does::kAsks,
              "Whether the operator has put the node in standby (on Windows: paused it), so that "
              "it runs no resources.")
};

struct ClusterAttribute {
  using Reply = std::string;
  std::string name;
  std::string node;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kNotReady, ErrorCode::kNotFound,
                                          ErrorCode::kNotSupported, ErrorCode::kTimeout};
  static constexpr auto Fields() {
    return std::tuple{
        Positional("name", &ClusterAttribute::name, "1 to 128 of A-Z a-z 0-9 _ . - : #"),
        Named("node", &ClusterAttribute::node, "whose; default: this node's")};
  }
  TIDEGATE_OP(ClusterAttribute, "cluster.attribute", Capability::kCluster, false, does::kAsks,
              "A node's attribute: one that was set for as long as the node is up, or else one "
              "that is in the cluster's configuration; ERROR_NOT_FOUND if there is none.")
};

struct ClusterSetAttribute {
  using Reply = std::monostate;
  std::string name;
  std::string value;
  static constexpr ErrorCode kErrors[] = {ErrorCode::kNotReady, ErrorCode::kNotSupported,
                                          ErrorCode::kTimeout};
  static constexpr auto Fields() {
    return std::tuple{
        Positional("name", &ClusterSetAttribute::name, "1 to 128 of A-Z a-z 0-9 _ . - : #"),
        Positional("value", &ClusterSetAttribute::value,
                   "at most 1 KiB of printable ASCII, without ++ and +=; empty: takes it away")};
  }
  TIDEGATE_OP(ClusterSetAttribute, "cluster.set_attribute", Capability::kCluster, false,
              does::kChanges,
              "Sets an attribute of this node's, for other nodes' policies and the cluster's own "
              "rules to read. It is transient: it ends when the node leaves the cluster.")
};

// Every operation there is. What is new is added at the end: texts carry names, but the digests of
// simulated runs carry the place in this list.
using Call =
    std::variant<VolumeOpen, VolumeOurs, VolumeClose, VolumeLock, VolumeUnlock, VolumeDismount,
                 VolumeMount, VolumeIsMounted, VolumeOffline, VolumeOnline, VolumeIsOffline,
                 VolumeSupportsOnlineOffline, VolumeProbe, VolumeFlush, VolumeIsDirty,
                 VolumeExtents, VolumeNumber, VolumeGetAttributes, TimerSleep, StoreGet, StoreSet,
                 ClusterNodes, ClusterOwner, ClusterQuorum, VolumeIsIoCapable, VolumeIsClustered,
                 VolumeIsPartition, VolumeIsDynamic, VolumeIsCsv, VolumeFailoverSet,
                 VolumeUpdateProperties, VolumePostOnline, VolumeLogicalToPhysical,
                 VolumePhysicalToLogical, VolumeGptAttribute, VolumeSetGptAttribute, VolumeVerify,
                 VolumeDiskNumber, VolumeDiskIsClustered, VolumeDiskAttribute,
                 VolumeSetDiskAttribute, VolumeRegisteredKeys, VolumeReservation, VolumeRegister,
                 VolumeReserve, VolumeRelease, VolumePreempt, VolumeClearReservations, VolumeIoctl,
                 ClusterStandby, ClusterAttribute, ClusterSetAttribute, RecordGet, RecordSet>;

#undef TIDEGATE_OP
#undef TIDEGATE_VOLUME_OP
#undef TIDEGATE_CLUSTER_OP

}  // namespace tidegate
