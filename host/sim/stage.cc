// What a cluster may do to a run.
#include "host/sim/cluster.h"
#include "host/sim/simulation.h"

namespace tidegate::sim {
namespace {

// A call of the cluster reaches the host this much later.
constexpr Duration kCallTime = Microseconds(100);

}  // namespace

void Simulation::Schedule(Duration in, EventKind kind, int node, int resource,
                          std::uint64_t number) {
  Instant at = now_ + in;
  // Nobody notices within a heartbeat's time, and what happened a millisecond earlier or later is
  // the same run from there on.
  const bool on_beat = kind != EventKind::kMonitorTimer && kind != EventKind::kWrite && in.ns > 0;
  if (on_beat) at.ns += (kBeat.ns - at.ns % kBeat.ns) % kBeat.ns;
  Pending event{
      at, 0, kind, static_cast<std::uint8_t>(node), static_cast<std::uint8_t>(resource), 0, number};
  queue_.Push(event);
}

bool Simulation::StartHost(int node, int resource, bool one_call) {
  if (!HostAlive(node)) return false;
  Node& host = nodes_[Size(node)];
  LaneSpec spec;
  spec.id = ResourceId{static_cast<std::uint32_t>(resource)};
  spec.name = resource_names_[Size(resource)];
  spec.node = node_names_[Size(node)];
  spec.properties = properties_[Size(resource)];
  spec.granted = manifest_.capabilities;
  spec.filters_health = !one_call;
  Result<Lane*> lane = host.engine->Add(std::move(spec), scenario_.policy);
  if (!lane) return false;
  Instance& instance = At(node, resource);
  instance = Instance();
  instance.since = now_;
  instance.first = operations_.size();
  instance.lane = *lane;
  (*lane)->Listen(
      [this, node, resource](const tidegate::Answer& answer) { OnAnswer(node, resource, answer); });
  (*lane)->ListenSwap([this, node, resource](const tidegate::Outcome& swapped) {
    if (swapped) checker_.Swapped(node, resource);
  });
  (*lane)->Begin();
  return true;
}

void Simulation::StopHost(int node, int resource) {
  const std::size_t cell = Cell(node, resource);
  ++lives_[cell];
  waiters_[cell].clear();
  nodes_[Size(node)].engine->Remove(ResourceId{static_cast<std::uint32_t>(resource)});
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

void Simulation::GiveAccess(int node, int resource) { world_.Give(node, resource); }

void Simulation::TakeAccess(int node, int resource) {
  Tell(node, resource, "access to the disk is taken from it");
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
