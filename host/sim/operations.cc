// What a host asks of its Env, and how the world answers it.
#include <algorithm>

#include "host/core/text.h"
#include "host/sim/cluster.h"
#include "host/sim/simulation.h"

namespace tidegate::sim {
namespace {

constexpr Duration kGateWait = Seconds(5);

bool IsVolumeOp(const Call& call) { return Info(call).name.starts_with("volume."); }

bool IsRecordOp(const Call& call) {
  return std::visit([]<class Op>(const Op&) { return kIsRecord<Op>; }, call);
}

Reply Get(const Course::Store& store, const std::string& key) {
  const auto it = std::ranges::find(store, key, &std::pair<std::string, std::string>::first);
  return it == store.end() ? Failure(ErrorCode::kNotFound, key) : Success(it->second);
}

void Set(Course::Store& store, const std::string& key, const std::string& value) {
  const auto it = std::ranges::find(store, key, &std::pair<std::string, std::string>::first);
  if (it != store.end()) {
    it->second = value;
  } else {
    store.emplace_back(key, value);
  }
}

}  // namespace

void Simulation::Arm(int node, ResourceId id, Ticket ticket, Instant due) {
  const Duration in = nodes_[Size(node)].Takes(std::max(due - NodeTime(node), Duration{}));
  Push(in, EventKind::kTimer, node, static_cast<int>(id.index), ticket.number);
}

void Simulation::Submit(int node, ResourceId id, Ticket ticket, const Call& call) {
  const int resource = static_cast<int>(id.index);
  Instance& instance = At(node, resource);
  Operation& op = operations_.emplace_back();
  op.number = ++last_operation_;
  op.ticket = ticket;
  op.call = call;
  op.node = static_cast<std::uint8_t>(node);
  op.resource = static_cast<std::uint8_t>(resource);
  op.life = Life(node, resource);
  op.epoch = instance.epoch;
  op.own = IsRecordOp(call);
  const std::size_t number = op.number;
  trace_.Happened(1, node, resource, now_);
  trace_.Add(call);
  checker_.Submitted(node, resource, op);
  if (!op.own) {
    // A close asks nothing, and may be the engine's, of a handle that came too late.
    if (!GivesBack(call)) instance.looked = now_;
    ++instance.operations;
    if (const auto* d = std::get_if<VolumeDismount>(&call)) instance.dismounting = d->volume.id;
  }
  op.outcome = Decide(op);
  if (op.outcome.fate != Fate::kNominal) checker_.Harmed(resource);
  if (trace_.keeps() && !op.own) {
    trace_.Tell({now_, node_names_[Size(node)], resource_names_[Size(resource)], Text(call), '-',
                 options_.where ? std::string(CallSite(node, resource)) : std::string()});
  }
  switch (op.outcome.fate) {
    case Fate::kHangs:
      // It holds what it holds until faults stop.
      if (World::ChangesUnderGate(call) && world_.volume(node, resource).busy == 0) {
        world_.volume(node, resource).busy = number;
      }
      return;
    case Fate::kPolicySwapped:
      Push({}, EventKind::kOffer, node, resource, 0);
      break;
    case Fate::kIntruderOpens:
      Befall(Fate::kIntruderOpens, node, resource);
      break;
    case Fate::kFailsFromNowOn:
      persistent_[Cell(node, resource)][call.index()] = op.outcome.code;
      break;
    default:
      break;
  }
  const bool refused = op.outcome.fate == Fate::kFails || op.outcome.fate == Fate::kFailsFromNowOn;
  if (World::ChangesUnderGate(call) && !refused) {
    LocalVolume& volume = world_.volume(node, resource);
    if (volume.busy != 0) {
      waiters_[Cell(node, resource)].push_back(number);
      Push(kGateWait, EventKind::kGateTimeout, node, resource, number);
      return;
    }
    volume.busy = number;
  }
  const Duration takes = op.outcome.fate == Fate::kSlow ? kSlowOperationTime : kOperationTime;
  Push(takes, EventKind::kPerform, node, resource, number);
}

sim::Outcome Simulation::Decide(const Operation& op) {
  const std::size_t cell = Cell(op.node, op.resource);
  const std::size_t kind = op.call.index();
  const int nth = ++op_counts_[cell][kind];
  if (persistent_[cell][kind] != ErrorCode::kSuccess) {
    return {Fate::kFails, persistent_[cell][kind]};
  }
  const Menu menu = MenuOf(op.call, world_.CanBeStale(op.node, op.resource, op.call, now_));
  const std::string_view where =
      options_.where && !op.own ? CallSite(op.node, op.resource) : std::string_view();
  const std::string_view site = Info(op.call).name;
  return menu[Size(Pick(node_names_[op.node], op.resource, site, nth, menu, where))];
}

std::string_view Simulation::CallSite(int node, int resource) {
  const Lane* lane = At(node, resource).lane;
  if (lane == nullptr) return {};
  const Policy& policy = lane->policy();
  return *call_sites_.insert(policy.Where(policy.latest())).first;
}

const Operation& Simulation::Of(std::size_t number) const {
  return *std::ranges::find(operations_, number, &Operation::number);
}

// Its turn has come at the gate, or its time there is over.
void Simulation::EnterGate(std::size_t number) {
  const Operation& op = Of(number);
  std::vector<std::size_t>& waiting = waiters_[Cell(op.node, op.resource)];
  const auto it = std::ranges::find(waiting, number);
  if (it == waiting.end()) return;
  waiting.erase(it);
  Complete(number, Failure(ErrorCode::kBusy, "another operation on the volume is under way"));
}

void Simulation::LeaveGate(int node, int disk, std::size_t number) {
  LocalVolume& volume = world_.volume(node, disk);
  if (volume.busy != number) return;
  volume.busy = 0;
  world_.Settle(node, disk, now_);
  std::vector<std::size_t>& waiting = waiters_[Cell(node, disk)];
  if (waiting.empty()) return;
  const std::size_t next = waiting.front();
  waiting.erase(waiting.begin());
  volume.busy = next;
  Push(kOperationTime, EventKind::kPerform, node, disk, next);
}

void Simulation::Perform(std::size_t number) {
  const Operation& op = Of(number);  // gone when its host is
  Reply reply;
  switch (op.outcome.fate) {
    case Fate::kFails:
    case Fate::kFailsFromNowOn:
      // A handle that was asked to close is gone, whatever the answer.
      if (GivesBack(op.call)) (void)Effect(op);
      return Complete(number, Failure(op.outcome.code, "simulated"));
    case Fate::kCrashesBefore:
      return PowerOff(op.node);
    case Fate::kCrashesAfter:
      (void)Effect(op);
      return PowerOff(op.node);
    case Fate::kHostKilled:
      (void)Effect(op);
      return KillHost(op.node);
    case Fate::kFailsAfterEffect:
      reply = Effect(op);
      if (reply.ok()) {
        if (const VolumeHandle* opened = OpenedHandle(reply)) {
          world_.Perform(op.node, op.resource, VolumeClose{*opened}, paths_[op.resource], now_);
        }
        reply = Failure(op.outcome.code, "simulated, after its effect");
      }
      break;
    case Fate::kStale:
      reply = Effect(op);
      if (bool* answer = std::get_if<bool>(&reply.value)) *answer = !*answer;
      break;
    default:
      reply = Effect(op);
  }
  if (World::ChangesUnderGate(op.call)) LeaveGate(op.node, op.resource, number);
  Complete(number, std::move(reply));
}

Reply Simulation::Effect(const Operation& op) {
  if (IsVolumeOp(op.call)) {
    return world_.Perform(op.node, op.resource, op.call, paths_[op.resource], now_);
  }
  if (std::holds_alternative<ClusterNodes>(op.call)) return Success(Strings(node_names_));
  if (std::holds_alternative<ClusterOwner>(op.call)) {
    return Success(node_names_[Size(cluster_->Owner(op.resource))]);
  }
  if (std::holds_alternative<ClusterQuorum>(op.call)) return Success(Reachable(op.node));
  if (Info(op.call).capability == Capability::kCluster) return NodeEffect(op);
  return StoreEffect(op);
}

// The operator of these runs puts no node in standby. Attributes die with their node's power.
Reply Simulation::NodeEffect(const Operation& op) {
  const auto of = [&](const std::string& name) -> int {
    const auto it = std::ranges::find(node_names_, name);
    return name.empty() ? op.node : static_cast<int>(it - node_names_.begin());
  };
  const auto is_node = [&](int node) { return node < scenario_.nodes; };
  if (const auto* standby = std::get_if<ClusterStandby>(&op.call)) {
    return is_node(of(standby->node)) ? Success(false)
                                      : Failure(ErrorCode::kNotFound, standby->node);
  }
  if (const auto* get = std::get_if<ClusterAttribute>(&op.call)) {
    const int node = of(get->node);
    if (is_node(node)) return Get(attributes_[Size(node)], get->name);
    return Failure(ErrorCode::kNotFound, get->node);
  }
  const auto& set = std::get<ClusterSetAttribute>(op.call);
  Store& own = attributes_[op.node];
  if (set.value.empty()) {
    std::erase_if(own, [&](const auto& attribute) { return attribute.first == set.name; });
  } else {
    Set(own, set.name, set.value);
  }
  return Success();
}

// The store is on the node's own disk, which outlives its power.
Reply Simulation::StoreEffect(const Operation& op) {
  Store& store = stores_[Cell(op.node, op.resource)];
  Store& records = records_[Cell(op.node, op.resource)];
  if (const auto* get = std::get_if<StoreGet>(&op.call)) return Get(store, get->key);
  if (const auto* get = std::get_if<RecordGet>(&op.call)) return Get(records, get->name);
  if (const auto* set = std::get_if<StoreSet>(&op.call)) {
    Set(store, set->key, set->value);
    return Success();
  }
  if (const auto* set = std::get_if<RecordSet>(&op.call)) {
    Set(records, set->name, set->value);
    return Success();
  }
  return Failure(ErrorCode::kInvalidFunction);
}

void Simulation::Complete(std::size_t number, Reply reply) {
  const auto at = std::ranges::find(operations_, number, &Operation::number);
  const Operation op = std::move(*at);
  operations_.erase(at);
  trace_.Happened(2, op.node, op.resource, now_);
  trace_.Add(reply);
  Instance& instance = At(op.node, op.resource);
  checker_.Answered(op.node, op.resource, op, reply);
  if (trace_.keeps() && !op.own) {
    trace_.Tell({now_, node_names_[op.node], resource_names_[op.resource],
                 std::string(Info(op.call).name) + ": " + Text(reply), '.'});
  }
  if (instance.lane == nullptr) return;
  const ResourceId id{op.resource};
  hosts_[op.node].engine->Post(id, {NodeTime(op.node), Completed{op.ticket, std::move(reply)}});
}

void Simulation::Report(int node, ResourceId id, const Status& status) {
  const int resource = static_cast<int>(id.index);
  trace_.Happened(3, node, resource, now_);
  trace_.Add(static_cast<std::uint64_t>(status.state));
  trace_.Add(status.checkpoint);
  trace_.Add(status.cause);
  trace_.Add(status.progress);
  checker_.Reported(node, resource, status);
  Instance& instance = At(node, resource);
  if (trace_.keeps() && (status.state != instance.state || !status.progress.empty())) {
    trace_.Tell(
        {now_, node_names_[Size(node)], resource_names_[Size(resource)], Text(status), '='});
  }
  if (status.state != instance.state) instance.since = now_;
  instance.state = status.state;
  instance.checkpoint = status.checkpoint;
  cluster_->OnReport(node, resource, status);
}

void Simulation::OnAnswer(int node, int resource, const tidegate::Answer& answer) {
  trace_.Happened(4, node, resource, now_);
  trace_.Add(static_cast<std::uint64_t>(answer.entry));
  trace_.Add(answer.verdict.ok ? 1u : 0u);
  trace_.Add(answer.verdict.cause);
  Instance& instance = At(node, resource);
  checker_.Answer(node, resource, answer);
  if (trace_.keeps() && !answer.verdict.ok) {
    trace_.Tell({now_, node_names_[Size(node)], resource_names_[Size(resource)],
                 "answers " + std::string(Name(answer.entry)) + ": " + Text(answer.verdict), '='});
  }
  if (trace_.keeps() && options_.where) {
    trace_.Tell({now_, node_names_[Size(node)], resource_names_[Size(resource)],
                 std::string(Name(answer.entry)), '<'});
  }
  if (answer.entry == EntryPoint::kTerminate) {
    instance.terminating = false;
  } else {
    std::erase(instance.asked, answer.entry);
  }
  for (Operation& op : operations_) {
    if (op.node == node && op.resource == resource && !op.own) op.orphan = true;
  }
  ++instance.epoch;
  instance.misled = instance.hindered = false;
  instance.operations = 0;
  instance.dismounting = 0;
  cluster_->OnAnswer(node, resource, answer);
}

void Simulation::Log(int node, ResourceId id, Level level, std::string_view text) {
  const int resource = static_cast<int>(id.index);
  trace_.Happened(5, node, resource, now_);
  trace_.Add(static_cast<std::uint64_t>(level));
  trace_.Add(text);
  if (!trace_.keeps()) return;
  trace_.Tell({now_, node_names_[Size(node)], resource_names_[Size(resource)],
               "log: " + std::string(text), ' '});
}

}  // namespace tidegate::sim
