// An EventQueue is what is still to happen in a simulated run, earliest first; at the same instant,
// first scheduled first.
#pragma once

#include <cstdint>
#include <vector>

#include "host/core/time.h"

namespace tidegate::sim {

enum class EventKind : std::uint8_t {
  kTimer,         // of a lane; number: its ticket
  kMonitorTimer,  // of the cluster's monitor of a resource; number: its ticket
  kPerform,       // an operation takes effect; number: its place in the run's list
  kGateTimeout,   // an operation has waited for another one on the same volume for too long
  kCall,          // the cluster calls an entry point; number: which
  kOffer,         // a new version of the policy is there
  kWrite,         // the application writes
  kHostStarts,    // number: 1 after the process died, 0 after a boot
  kNodeBoots,
  kNodeDies,
  kHostDies,
  kMembership,  // the cluster notices who is there
  kHeals,       // a fault of a node or disk ends; number: which
  kCluster,     // the cluster's own; number: its meaning
};

struct Pending {
  Instant at;
  std::uint64_t order = 0;
  EventKind kind = EventKind::kTimer;
  std::uint8_t node = 0;
  std::uint8_t resource = 0;
  std::uint32_t life = 0;  // of the node's host; a later life does not hear it
  std::uint64_t number = 0;
};

class EventQueue {
 public:
  void Push(Pending event);
  bool empty() const { return events_.empty(); }
  const Pending& next() const { return events_.back(); }
  Pending Pop();
  // The event right after the next one, when it is due at the same instant and the same resource on
  // the same node is concerned: the two could as well come in the other order.
  const Pending* Rival() const;
  Pending PopRival();

  void Clear() {
    events_.clear();
    order_ = 0;
  }
  // Calls change(event) for each, which may bring its instant forward.
  template <class Change>
  void ForEach(Change change) {
    for (Pending& event : events_) change(event);
    Sort();
  }
  const std::vector<Pending>& all() const { return events_; }  // the next one is the last

 private:
  static bool Later(const Pending& a, const Pending& b) {
    return a.at != b.at ? a.at > b.at : a.order > b.order;
  }
  void Sort();

  std::vector<Pending> events_;
  std::uint64_t order_ = 0;
};

}  // namespace tidegate::sim
