// What a cluster may do to a run.
#include "host/sim/casting.h"
#include "host/sim/cluster.h"
#include "host/sim/simulation.h"

namespace tidegate::sim {
namespace {

// A call of the cluster reaches the host this much later.
constexpr Duration kCallTime = Microseconds(100);

}  // namespace

void Simulation::Schedule(Duration in, EventKind kind, int node, int resource,
                          std::uint64_t number) {
  const bool own_clock = kind == EventKind::kMonitorTimer;
  Instant at = now_ + (own_clock ? nodes_[Size(node)].Takes(in) : in);
  // Nobody notices within a heartbeat's time, and what happened a millisecond earlier or later is
  // the same run from there on. Applications write between two beats, where nothing else happens.
  if (!own_clock && in.ns > 0) {
    const Duration off = kind == EventKind::kWrite ? kBeat / 2 : Duration{};
    const std::int64_t late = (at - off).ns % kBeat.ns;
    if (late != 0) at.ns += kBeat.ns - late;
  }
  Pending event{
      at, 0, kind, static_cast<std::uint8_t>(node), static_cast<std::uint8_t>(resource), 0, number};
  queue_.Push(event);
}

bool Simulation::StartHost(int node, int resource, bool one_call) {
  if (!HostAlive(node)) return false;
  Lane* lane = Hire(node, resource, one_call);
  if (lane == nullptr) return false;
  Instance& instance = At(node, resource);
  instance = Instance();
  instance.since = now_;
  instance.lane = lane;
  lane->Begin();
  return true;
}

// A lane as new: one that was there before, or the first one.
Lane* Simulation::Hire(int node, int resource, bool one_call) {
  const std::size_t cell = Cell(node, resource);
  Engine& engine = *hosts_[Size(node)].engine;
  const ResourceId id{static_cast<std::uint32_t>(resource)};
  Park(node, resource);
  if (parked_[cell] != nullptr) {
    engine.Put(id, std::move(parked_[cell]));
    engine.Find(id)->Restore(newborn_[cell]);
    return engine.Find(id);
  }
  LaneSpec spec;
  spec.id = id;
  spec.name = resource_names_[Size(resource)];
  spec.node = node_names_[Size(node)];
  spec.properties = properties_[Size(resource)];
  spec.granted = manifest_.capabilities;
  spec.filters_health = !one_call;
  spec.maker = casting_->MakerFor(cell);
  Result<Lane*> lane = engine.Add(std::move(spec), scenario_.policy);
  if (!lane) return nullptr;
  (*lane)->Listen(
      [this, node, resource](const tidegate::Answer& answer) { OnAnswer(node, resource, answer); });
  (*lane)->ListenSwap([this, node, resource](const SwapNews& news) {
    const bool other =
        news.what == SwapNews::What::kSwitched || news.what == SwapNews::What::kRolledBack;
    if (other) checker_.Swapped(node, resource);
  });
  if (scenario_.learns) (*lane)->Save(newborn_[cell]);
  return *lane;
}

void Simulation::Park(int node, int resource) {
  const ResourceId id{static_cast<std::uint32_t>(resource)};
  std::unique_ptr<Lane> lane = hosts_[Size(node)].engine->Take(id);
  if (lane != nullptr && scenario_.learns) parked_[Cell(node, resource)] = std::move(lane);
}

void Simulation::StopHost(int node, int resource) {
  const std::size_t cell = Cell(node, resource);
  ++lives_[cell];
  waiters_[cell].clear();
  std::erase_if(operations_,
                [&](const Operation& op) { return op.node == node && op.resource == resource; });
  Park(node, resource);
  At(node, resource) = Instance();
  world_.ProcessDies(node, resource, now_);
}

// For the instance that lives now.
void Simulation::Push(Duration in, EventKind kind, int node, int resource, std::uint64_t number) {
  queue_.Push({now_ + in, 0, kind, static_cast<std::uint8_t>(node),
               static_cast<std::uint8_t>(resource), Life(node, resource), number});
}

void Simulation::Request(int node, int resource, EntryPoint entry) {
  ++calls_under_way_;
  Push(kCallTime, EventKind::kCall, node, resource, static_cast<std::uint64_t>(entry));
}

void Simulation::Terminate(int node, int resource, const Cause& cause) {
  At(node, resource).terminate_cause = cause;
  ++calls_under_way_;
  Push(kCallTime, EventKind::kCall, node, resource, kEntryPoints);
}

void Simulation::Fence(int node) {
  Tell(node, -1, "is fenced");
  Schedule({}, EventKind::kNodeDies, node, 0, 0);
}

bool Simulation::Arbitrates() const { return manifest_.Has(EntryPoint::kArbitrate); }

void Simulation::GiveAccess(int node, int resource) {
  if (!Arbitrates()) world_.Give(node, resource);
}

void Simulation::TakeAccess(int node, int resource) {
  if (Arbitrates()) return;
  Tell(node, resource, "access to the disk is taken from it");
  checker_.Deviated(Fate::kReservationLost, node, resource);
  world_.Take(node, resource, now_);
}

void Simulation::StartApplication(int node, int resource) {
  checker_.ApplicationStarts(node, resource);
  if (world_.volume(node, resource).application) return;
  world_.StartApplication(node, resource);
  Schedule(Seconds(1), EventKind::kWrite, node, resource,
           ++application_starts_[Cell(node, resource)]);
}

void Simulation::StopApplication(int node, int resource) { world_.StopApplication(node, resource); }

bool Simulation::OtherReading(int resource, std::string_view what) {
  return Pick("cluster", resource, what, 1, ReadingMenu()) != 0;
}

void Simulation::Tell(int node, int resource, std::string text) {
  trace_.Add(text);
  if (!trace_.keeps()) return;
  trace_.Tell({now_, node < 0 ? "" : node_names_[Size(node)],
               resource < 0 ? "" : resource_names_[Size(resource)], std::move(text), ' '});
}

}  // namespace tidegate::sim
