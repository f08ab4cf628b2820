// Making a run and running it: steps, events, and when two runs are the same from here on.
#include "host/sim/simulation.h"

#include <algorithm>
#include <utility>

#include "host/core/text.h"
#include "host/sim/node_env.h"
#include "host/sim/pacemaker.h"
#include "host/sim/wsfc.h"

namespace tidegate::sim {
namespace {

// A step that needs more is not getting anywhere: the whole standard run takes about 500.
constexpr std::uint64_t kEventsMax = 10'000'000;

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
  lives_.resize(cells);
  application_starts_.resize(cells);
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
      if (spec.name == "VolumePath") given[spec.name] = paths_[Size(r)];
      if (given.contains(spec.name)) continue;
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
  behaviour_ = Digest();
  behaved_ = false;
  world_.Reset(scenario_.nodes, scenario_.resources);
  queue_.Clear();
  operations_.clear();
  for (Node& node : nodes_) {
    for (int r = 0; r < scenario_.resources; ++r) {
      node.engine->Remove(ResourceId{static_cast<std::uint32_t>(r)});
    }
    node.up = node.host = node.reachable = true;
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
  std::ranges::fill(lives_, 1u);
  std::ranges::fill(application_starts_, 0u);
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
  if (options.story) result_.lines = trace_.lines();
  return std::move(result_);
}

void Simulation::RunSteps() {
  for (step_ = 0; step_ < scenario_.steps.size(); ++step_) {
    const Step& step = scenario_.steps[step_];
    if (!Begin(step)) continue;
    const std::uint64_t events_then = trace_.events();
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
      checker_.Stepped(event.resource);
      if (trace_.events() - events_then > kEventsMax) checker_.Livelock();
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
    case Kind::kQuiet:
      Tell(-1, -1, "nothing new happens");
      faults_on_ = false;
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
  if (Late(event)) return;
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
      if (event.number != application_starts_[Cell(event.node, event.resource)]) break;
      if (!world_.volume(event.node, event.resource).application) break;
      trace_.Add(world_.Write(event.node, event.resource, sync) ? 1u : 0u);
      Schedule(Seconds(5), EventKind::kWrite, event.node, event.resource, event.number);
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
  if (event.number == kEntryPoints) {  // terminate is no request
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
  return calls_under_way_ == 0 &&
         std::ranges::all_of(instances_, [](const Instance& i) { return i.idle(); });
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
  }
  for (const Instance& i : instances_) {
    digest.Add(i.lane != nullptr ? 1u : 0u);
    digest.Add(static_cast<std::uint64_t>(i.state));
    if (i.lane != nullptr) i.lane->Describe(digest);
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
  // What hangs will be aborted without an effect: how much of it there is, is all that counts.
  for (const Operation& op : operations_) {
    if (op.done || op.life != Life(op.node, op.resource)) continue;
    digest.Add((std::uint64_t{op.node} << 8) | op.resource);
    if (op.outcome.fate != Fate::kHangs) digest.Add(op.call.index());
  }
  std::uint64_t sum = 0;  // of the events, in whatever order they lie in the heap
  for (const Pending& event : queue_.all()) {
    if (event.kind == EventKind::kTimer || event.kind == EventKind::kMonitorTimer) continue;
    if (Late(event)) continue;
    Digest one;
    one.Add((static_cast<std::uint64_t>(event.kind) << 16) | (std::uint64_t{event.node} << 8) |
            event.resource);
    one.Add(static_cast<std::uint64_t>((event.at - now_).ns));
    if (event.kind != EventKind::kPerform) one.Add(event.number);
    sum += one.value();
  }
  digest.Add(sum);
  for (const int writes : writes_) digest.Add(static_cast<std::uint64_t>(writes % 2));
  return digest.value();
}

bool Simulation::Known() {
  if (!options_->known || !Quiet()) return false;
  if (static_cast<int>(result_.applied.size()) < options_->deviations) return false;
  const std::uint64_t state = StateDigest();
  if (!std::exchange(behaved_, true)) {
    behaviour_.Add(state);
    result_.behaviour = behaviour_.value();
  }
  cut_ = options_->known(state);
  return cut_;
}

void Simulation::Behaved(std::uint64_t what, int node, int resource) {
  if (behaved_) return;
  behaviour_.Add((what << 16) | (Size(node) << 8) | Size(resource));
  behaviour_.Add(static_cast<std::uint64_t>(now_.ns));
}

}  // namespace tidegate::sim
