// Making a run and running it: steps, events, and when two runs are the same from here on.
#include "host/sim/simulation.h"

#include <algorithm>

#include "host/core/text.h"
#include "host/sim/describe.h"
#include "host/sim/node_env.h"
#include "host/sim/pacemaker.h"
#include "host/sim/wsfc.h"

namespace tidegate::sim {
namespace {

// A run that needs more is not getting anywhere: the standard one takes about 500.
constexpr std::uint64_t kEventsMax = 200'000;
// A call of the cluster reaches the host this much later.
constexpr Duration kCallTime = Microseconds(100);

constexpr std::uint64_t kTerminateCall = kEntryPoints;

// What a policy may ask while it is only loaded for its manifest: nothing.
class NoHost final : public PolicyHost {
 public:
  Instant Now() override { return {}; }
  void Log(Level, std::string_view) override {}
  void Progress(std::string_view) override {}
  bool Cancelled() override { return false; }
  std::optional<Task> AllotWatch() override { return std::nullopt; }
};

}  // namespace

Simulation::Simulation(const Scenario& scenario) : scenario_(scenario), checker_(*this) {
  const std::size_t cells = Size(scenario.nodes) * Size(scenario.resources);
  for (int n = 0; n < scenario.nodes; ++n) {
    node_names_.push_back(NodeName(n));
    Node node;
    node.env = std::make_unique<NodeEnv>(*this, n);
    node.engine = std::make_unique<Engine>(*node.env);
    nodes_.push_back(std::move(node));
  }
  for (int r = 0; r < scenario.resources; ++r) {
    resource_names_.push_back(ResourceName(r));
    paths_.push_back(World::PathOf(resource_names_.back()));
  }
  instances_.resize(cells);
  waiters_.resize(cells);
  stores_.resize(cells);
  persistent_.resize(cells);
  op_counts_.resize(cells);
  entry_counts_.resize(cells);
  order_counts_.resize(cells);
  writes_.resize(Size(scenario.resources));
}

Simulation::~Simulation() = default;

tidegate::Outcome Simulation::ReadManifest() {
  NoHost host;
  const Result<std::unique_ptr<Policy>> policy = Policy::Create(scenario_.policy, {}, host);
  if (!policy) return policy.error();
  manifest_ = (*policy)->manifest();
  for (int r = 0; r < scenario_.resources; ++r) {
    Properties given = scenario_.properties;
    for (const PropertySpec& spec : manifest_.properties) {
      if (given.contains(spec.name)) continue;
      if (spec.name == "VolumePath") given[spec.name] = paths_[Size(r)];
      if (spec.name == "MountPoint") given[spec.name] = "/mnt/" + resource_names_[Size(r)];
    }
    const Result<Properties> valid = Validate(manifest_.properties, given);
    if (!valid) return valid.error();
    properties_.push_back(std::move(given));
  }
  return Ok();
}

Result<std::unique_ptr<Simulation>> Simulation::Create(const Scenario& scenario) {
  std::unique_ptr<Simulation> run(new Simulation(scenario));
  if (const tidegate::Outcome read = run->ReadManifest(); !read) return read.error();
  return run;
}

void Simulation::Reset(Choices& choices, const RunOptions& options) {
  choices_ = &choices;
  options_ = &options;
  result_ = {};
  now_ = {};
  step_ = 0;
  step_ends_ = {};
  faults_on_ = true;
  cut_ = false;
  calls_under_way_ = 0;
  world_.Reset(scenario_.nodes, scenario_.resources);
  queue_.Clear();
  operations_.clear();
  for (Node& node : nodes_) {
    for (int r = 0; r < scenario_.resources; ++r) {
      node.engine->Remove(ResourceId{static_cast<std::uint32_t>(r)});
    }
    node.up = node.host = node.reachable = true;
    node.life = 1;
    node.offset = {};
  }
  std::ranges::fill(instances_, Instance());
  for (auto& waiting : waiters_) waiting.clear();
  for (Store& store : stores_) store.clear();
  for (auto& codes : persistent_) codes.fill(ErrorCode::kSuccess);
  for (auto& counts : op_counts_) counts.fill(0);
  for (auto& counts : entry_counts_) counts.fill(0);
  std::ranges::fill(order_counts_, 0);
  std::ranges::fill(writes_, 0);
  checker_.Reset();
  trace_.Reset(options.story);
  cluster_.reset();
  if (scenario_.cluster == ClusterKind::kWsfc) {
    cluster_ = std::make_unique<Wsfc>(*this, scenario_.monitor);
  } else {
    cluster_ = std::make_unique<Pacemaker>(*this);
  }
}

RunResult Simulation::Run(Choices& choices, const RunOptions& options) {
  Reset(choices, options);
  cluster_->Begin();
  RunSteps();
  if (!cut_ && !checker_.violation()) checker_.Ended();
  if (const auto& violation = checker_.violation(); violation && trace_.keeps()) {
    trace_.Tell({violation->at, violation->node, violation->resource,
                 std::string(Name(violation->invariant)) + ": " + violation->what, 'X'});
  }
  result_.digest = trace_.digest();
  result_.events = trace_.events();
  result_.simulated = now_ - Instant{};
  result_.violation = checker_.violation();
  result_.evaluations = checker_.evaluations();
  result_.cut = cut_;
  result_.lines = trace_.lines();
  return std::move(result_);
}

void Simulation::RunSteps() {
  for (step_ = 0; step_ < scenario_.steps.size(); ++step_) {
    const Step& step = scenario_.steps[step_];
    if (!Begin(step)) continue;
    while (!Over(step)) {
      if (queue_.empty() || queue_.next().at > step_ends_) {
        now_ = step_ends_;
        if (step.kind == Step::Kind::kRecovered) {
          for (int r = 0; r < scenario_.resources; ++r) checker_.NotRecovered(r);
        }
        break;
      }
      Pending event = queue_.next();
      if (queue_.HasRival() && faults_on_) {
        const int nth = ++order_counts_[Cell(event.node, event.resource)];
        const int pick = Pick(node_names_[event.node], event.resource, "order", nth, OrderMenu());
        event = pick == 0 ? queue_.Pop() : queue_.PopRival();
      } else {
        event = queue_.Pop();
      }
      now_ = std::max(now_, event.at);
      Dispatch(event);
      checker_.Stepped();
      if (trace_.events() > kEventsMax) checker_.Livelock();
      if (checker_.violation() || Known()) return;
    }
  }
}

// Whether the step takes time.
bool Simulation::Begin(const Step& step) {
  using Kind = Step::Kind;
  int resource = 0;
  for (int r = 0; r < scenario_.resources; ++r) {
    if (resource_names_[Size(r)] == step.resource) resource = r;
  }
  int node = 0;
  for (int n = 0; n < scenario_.nodes; ++n) {
    if (node_names_[Size(n)] == step.node) node = n;
  }
  step_ends_ = now_ + step.time;
  switch (step.kind) {
    case Kind::kOnline:
      Tell(-1, resource, "operator: online on " + node_names_[Size(node)]);
      cluster_->Online(resource, node);
      return false;
    case Kind::kMove:
      Tell(-1, resource, "operator: move");
      cluster_->Move(resource);
      return false;
    case Kind::kOffline:
      Tell(-1, resource, "operator: offline");
      cluster_->Offline(resource);
      return false;
    case Kind::kRepeat:
      Tell(-1, resource, "operator: asks again");
      checker_.Repeating(resource);
      cluster_->Repeat(resource);
      return false;
    case Kind::kTerminate:
      Tell(-1, resource, "cluster: terminate although it is offline");
      cluster_->TerminateAgain(resource);
      return false;
    case Kind::kFaultsStop:
      FaultsStop();
      return false;
    case Kind::kAfter:
    case Kind::kSettle:
    case Kind::kRecovered:
      return true;
  }
  return false;
}

bool Simulation::Over(const Step& step) {
  if (step.kind == Step::Kind::kAfter) return false;
  if (step.kind == Step::Kind::kSettle) return Quiet() && cluster_->Settled();
  for (int r = 0; r < scenario_.resources; ++r) {
    if (cluster_->Wanted(r) && !cluster_->IsOnline(r)) return false;
  }
  return true;
}

void Simulation::Dispatch(const Pending& event) {
  if (event.kind == EventKind::kCall) --calls_under_way_;
  const bool late = event.life != 0 && event.life != nodes_[event.node].life;
  if (late) return;
  if (event.kind != EventKind::kTimer && event.kind != EventKind::kPerform) {
    trace_.Happened(static_cast<int>(event.kind), event.node, event.resource, now_);
  }
  const ResourceId id{event.resource};
  switch (event.kind) {
    case EventKind::kTimer:
      trace_.Happened(0, event.node, event.resource, now_);
      nodes_[event.node].engine->Post(id, {NodeTime(event.node), Due{Ticket{event.number}}});
      break;
    case EventKind::kPerform:
      Perform(event.number);
      break;
    case EventKind::kGateTimeout:
      EnterGate(event.number);
      break;
    case EventKind::kCall:
      CallEntry(event);
      break;
    case EventKind::kOffer:
      Offer(event.node, event.resource);
      break;
    case EventKind::kWrite: {
      const bool sync = ++writes_[event.resource] % 2 == 0;
      if (!world_.volume(event.node, event.resource).application) break;
      trace_.Add(world_.Write(event.node, event.resource, sync) ? 1u : 0u);
      Schedule(Seconds(5), EventKind::kWrite, event.node, event.resource, 0);
      break;
    }
    case EventKind::kNodeDies:
      PowerOff(event.node);
      break;
    case EventKind::kHostDies:
      KillHost(event.node);
      break;
    case EventKind::kNodeBoots:
      nodes_[event.node].up = true;
      nodes_[event.node].host = true;
      Tell(event.node, -1, "has booted");
      cluster_->NodeBooted(event.node);
      break;
    case EventKind::kHeals:
      Heal(static_cast<Fate>(event.number), event.node, event.resource);
      break;
    case EventKind::kHostStarts:
      nodes_[event.node].host = nodes_[event.node].up;
      cluster_->On(event);
      break;
    case EventKind::kMonitorTimer:
    case EventKind::kMembership:
    case EventKind::kCluster:
      cluster_->On(event);
      break;
  }
}

// The cluster's call arrives at the host, if there still is one.
void Simulation::CallEntry(const Pending& event) {
  const int node = event.node;
  const int resource = event.resource;
  Instance& instance = At(node, resource);
  if (instance.lane == nullptr) return;
  if (event.number == kTerminateCall) {
    trace_.Add(instance.terminate_cause);
    if (trace_.keeps()) {
      trace_.Tell({now_, node_names_[Size(node)], resource_names_[Size(resource)],
                   "terminate: " + Text(instance.terminate_cause), '>'});
    }
    checker_.Terminated(node, resource);
    instance.asked.clear();
    instance.terminating = true;
    instance.lane->Kill(instance.terminate_cause);
    return;
  }
  const auto entry = static_cast<EntryPoint>(event.number);
  const int nth = ++entry_counts_[Cell(node, resource)][event.number];
  trace_.Add(event.number);
  const int pick = Pick(node_names_[Size(node)], resource, Name(entry), nth, EntryMenu());
  if (trace_.keeps()) {
    trace_.Tell({now_, node_names_[Size(node)], resource_names_[Size(resource)],
                 std::string(Name(entry)), '>'});
  }
  if (pick != 0) Befall(EntryMenu()[Size(pick)].fate, node, resource);
  if (instance.lane == nullptr) return;  // it did not survive that
  if (std::ranges::find(instance.asked, entry) == instance.asked.end()) {
    instance.asked.push_back(entry);
  }
  instance.looked = now_;
  instance.lane->Request(entry);
}

bool Simulation::Quiet() const {
  return calls_under_way_ == 0 && std::ranges::all_of(instances_, [](const Instance& i) { return i.idle(); });
}

int Simulation::Pick(std::string_view node, int resource, std::string_view what, int nth,
                     Menu menu) {
  if (!faults_on_) return 0;
  const Site site{node, resource_names_[Size(resource)], what, nth, menu};
  if (options_->sites != nullptr) options_->sites->push_back(site);
  const int pick = choices_->Pick(site);
  if (pick != 0) Deviated(site, menu[Size(pick)]);
  return pick;
}

void Simulation::Deviated(const Site& site, const sim::Outcome& outcome) {
  result_.applied.push_back(MakeDeviation(site, outcome));
  trace_.Add(site.key());
  trace_.Add(static_cast<std::uint64_t>(outcome.fate));
  if (!trace_.keeps()) return;
  trace_.Tell({now_, std::string(site.node), std::string(site.resource),
               std::string(site.what) + "#" + std::to_string(site.nth) + " " + sim::Text(outcome),
               '!'});
}

// Two runs with the same digest at such a moment go on in the same way, but for what a policy keeps
// outside of resource.state.
std::uint64_t Simulation::StateDigest() const {
  Digest digest;
  digest.Add(step_);
  digest.Add(static_cast<std::uint64_t>((step_ends_ - now_).ns));
  world_.Describe(digest);
  cluster_->Describe(digest);
  checker_.Describe(digest);
  for (const Node& node : nodes_) {
    digest.Add((node.up ? 1u : 0u) | (node.host ? 2u : 0u) | (node.reachable ? 4u : 0u));
    digest.Add(static_cast<std::uint64_t>(node.offset.ns));
  }
  for (const Instance& i : instances_) {
    digest.Add(i.lane != nullptr ? 1u : 0u);
    digest.Add(static_cast<std::uint64_t>(i.state));
    if (i.lane != nullptr) DescribeTo(digest, *i.lane);
  }
  for (const Store& store : stores_) {
    for (const auto& [key, value] : store) {
      digest.Add(key);
      digest.Add(value);
    }
  }
  for (const auto& codes : persistent_) {
    for (const ErrorCode code : codes) digest.Add(static_cast<std::uint64_t>(code));
  }
  for (const Operation& op : operations_) {
    if (op.done || op.life != nodes_[op.node].life) continue;
    digest.Add((op.call.index() << 16) | (std::uint64_t{op.node} << 8) | op.resource);
    digest.Add(static_cast<std::uint64_t>(op.outcome.fate));
  }
  std::uint64_t sum = 0;  // of the events, in whatever order they lie in the heap
  for (const Pending& event : queue_.all()) {
    if (event.kind == EventKind::kTimer || event.kind == EventKind::kMonitorTimer) continue;
    if (event.life != 0 && event.life != nodes_[event.node].life) continue;
    Digest one;
    one.Add((static_cast<std::uint64_t>(event.kind) << 16) |
            (std::uint64_t{event.node} << 8) | event.resource);
    one.Add(static_cast<std::uint64_t>((event.at - now_).ns));
    if (event.kind != EventKind::kPerform) one.Add(event.number);
    sum += one.value();
  }
  digest.Add(sum);
  for (const int writes : writes_) digest.Add(static_cast<std::uint64_t>(writes % 2));
  return digest.value();
}

bool Simulation::Known() {
  if (!options_->known || !faults_on_ || !Quiet()) return false;
  if (static_cast<int>(result_.applied.size()) < options_->deviations) return false;
  if (!kLanesDescribe) return false;
  cut_ = options_->known(StateDigest());
  return cut_;
}

// --- Stage ---

void Simulation::Schedule(Duration in, EventKind kind, int node, int resource,
                          std::uint64_t number) {
  Pending event{now_ + in, 0, kind, static_cast<std::uint8_t>(node),
                static_cast<std::uint8_t>(resource), 0, number};
  queue_.Push(event);
}

bool Simulation::StartHost(int node, int resource) {
  if (!HostAlive(node)) return false;
  Node& host = nodes_[Size(node)];
  LaneSpec spec;
  spec.id = ResourceId{static_cast<std::uint32_t>(resource)};
  spec.name = resource_names_[Size(resource)];
  spec.node = node_names_[Size(node)];
  spec.properties = properties_[Size(resource)];
  spec.granted = manifest_.capabilities;
  Result<Lane*> lane = host.engine->Add(std::move(spec), scenario_.policy);
  if (!lane) return false;
  Instance& instance = At(node, resource);
  instance = Instance();
  instance.since = now_;
  instance.lane = *lane;
  (*lane)->Listen([this, node, resource](const tidegate::Answer& answer) {
    OnAnswer(node, resource, answer);
  });
  (*lane)->ListenSwap([this, node, resource](const tidegate::Outcome& swapped) {
    if (swapped) checker_.Swapped(node, resource);
  });
  (*lane)->Begin();
  return true;
}

void Simulation::StopHost(int node, int resource) {
  nodes_[Size(node)].engine->Remove(ResourceId{static_cast<std::uint32_t>(resource)});
  At(node, resource) = Instance();
}

void Simulation::Request(int node, int resource, EntryPoint entry) {
  Pending event{now_ + kCallTime, 0, EventKind::kCall, static_cast<std::uint8_t>(node),
                static_cast<std::uint8_t>(resource), nodes_[Size(node)].life,
                static_cast<std::uint64_t>(entry)};
  ++calls_under_way_;
  queue_.Push(event);
}

void Simulation::Terminate(int node, int resource, const Cause& cause) {
  At(node, resource).terminate_cause = cause;
  Pending event{now_ + kCallTime, 0, EventKind::kCall, static_cast<std::uint8_t>(node),
                static_cast<std::uint8_t>(resource), nodes_[Size(node)].life, kTerminateCall};
  ++calls_under_way_;
  queue_.Push(event);
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
  Pending event{now_ + Seconds(1), 0, EventKind::kWrite, static_cast<std::uint8_t>(node),
                static_cast<std::uint8_t>(resource), nodes_[Size(node)].life, 0};
  queue_.Push(event);
}

void Simulation::StopApplication(int node, int resource) {
  world_.StopApplication(node, resource);
}

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
