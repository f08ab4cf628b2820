// Making a run and running it: steps, events, and when two runs are the same from here on.
#include "host/sim/simulation.h"

#include <algorithm>
#include <utility>

#include "host/core/text.h"
#include "host/sim/casting.h"
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
  newborn_.resize(cells);
  for (int n = 0; n < scenario.nodes; ++n) {
    node_names_.push_back(NodeName(n));
    Host host;
    host.env = std::make_unique<NodeEnv>(*this, n);
    host.engine = std::make_unique<Engine>(*host.env);
    hosts_.push_back(std::move(host));
  }
  for (int r = 0; r < scenario.resources; ++r) {
    resource_names_.push_back(ResourceName(r));
    paths_.push_back(World::PathOf(resource_names_.back()));
  }
  parked_.resize(cells);
  casting_ = std::make_unique<Casting>(scenario_, cells);
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

void Simulation::Reset() {
  for (int n = 0; n < scenario_.nodes; ++n) {
    for (int r = 0; r < scenario_.resources; ++r) Park(n, r);
  }
  const std::size_t cells = parked_.size();
  static_cast<Course&>(*this) = {};
  world_.Reset(scenario_.nodes, scenario_.resources);
  nodes_.resize(Size(scenario_.nodes));
  instances_.resize(cells);
  waiters_.resize(cells);
  stores_.resize(cells);
  records_.resize(cells);
  attributes_.resize(Size(scenario_.nodes));
  persistent_.resize(cells);
  op_counts_.resize(cells);
  entry_counts_.resize(cells);
  order_counts_.resize(cells);
  writes_.resize(Size(scenario_.resources));
  lives_.assign(cells, 1);
  application_starts_.resize(cells);
  checker_.Reset();
  trace_.Reset(options_.story);
  result_ = {};
  cluster_.reset();
  if (scenario_.cluster == ClusterKind::kWsfc) {
    cluster_ = std::make_unique<Wsfc>(*this, scenario_.monitor);
  } else {
    cluster_ = std::make_unique<Pacemaker>(*this);
  }
}

RunResult Simulation::Run(Choices& choices, const RunOptions& options) {
  Begin(choices, options);
  while (!violated() && Advance()) {
  }
  return Finish();
}

void Simulation::Begin(Choices& choices, const RunOptions& options) {
  choices_ = &choices;
  options_ = options;
  const bool alone = options.repeats && !options.story && options.sites == nullptr;
  const bool steady = alone && CanSave() && choices.Nominal();
  steady_ = steady ? std::make_unique<Steady>() : nullptr;
  Reset();
}

// The run is over, or nobody wants to know how it goes on.
RunResult Simulation::Finish() {
  if (const auto& violation = checker_.violation(); violation && trace_.keeps()) {
    trace_.Tell({violation->at, violation->node, violation->resource,
                 std::string(Name(violation->invariant)) + ": " + violation->what, 'X'});
  }
  result_.digest = trace_.digest();
  result_.events = trace_.events();
  result_.left_out = trace_.left_out();
  result_.simulated = now_ - Instant{} + result_.left_out;
  result_.violation = checker_.violation();
  result_.evaluations = checker_.evaluations();
  if (options_.story) result_.lines = trace_.lines();
  return std::move(result_);
}

bool Simulation::Advance() {
  if (!std::exchange(begun_, true)) {
    if (scenario_.script) scenario_.script->Begin(*this);
    for (int n = 0; n < scenario_.nodes; ++n) {
      const int pick = Pick(node_names_[Size(n)], 0, "clock", 1, ClockMenu());
      if (pick != 0) Befall(ClockMenu()[Size(pick)].fate, n, 0);
    }
    cluster_->Begin();
  }
  if (steady_ != nullptr) LookForPeriod();
  for (;; ++step_) {
    if (!in_step_) {
      const Step* next = NextStep();
      if (next == nullptr) {
        if (!violated()) checker_.Ended();
        return false;
      }
      if (scenario_.script) step_now_ = *next;
      if (!BeginStep(Current())) continue;
      in_step_ = true;
      step_began_ = trace_.events();
    }
    if (Over(Current())) {
      in_step_ = false;
      if (Current().kind == Step::Kind::kRecovered) checker_.Recovered();
    } else if (queue_.empty() || queue_.next().at > step_ends_) {
      now_ = step_ends_;
      in_step_ = false;
      if (Current().kind != Step::Kind::kRecovered) continue;
      for (int r = 0; r < scenario_.resources; ++r) checker_.NotRecovered(r);
    } else {
      TakeEvent();
      return true;
    }
  }
}

void Simulation::TakeEvent() {
  Pending event = queue_.next();
  const Pending* rival = faults_on_ ? queue_.Rival() : nullptr;
  if (rival != nullptr && DescribeEvent(event) != 0 && DescribeEvent(*rival) != 0) {
    const int nth = ++order_counts_[Cell(event.node, event.resource)];
    const int pick = Pick(node_names_[event.node], event.resource, "order", nth, OrderMenu());
    event = pick == 0 ? queue_.Pop() : queue_.PopRival();
  } else {
    event = queue_.Pop();
  }
  now_ = std::max(now_, event.at);
  Dispatch(event);
  checker_.Stepped(event.resource);
  if (trace_.events() - step_began_ > kEventsMax) checker_.Livelock();
  if (scenario_.script && scenario_.script->Look() && !violated()) {
    in_step_ = false;
    ++step_;
  }
}

const Step* Simulation::NextStep() {
  if (scenario_.script) return scenario_.script->Next();
  return step_ < scenario_.steps.size() ? &scenario_.steps[step_] : nullptr;
}

// Whether the step takes time.
bool Simulation::BeginStep(const Step& step) {
  using Kind = Step::Kind;
  int resource = 0;
  for (int r = 0; r < scenario_.resources; ++r) {
    if (resource_names_[Size(r)] == step.resource) resource = r;
  }
  int node = -1;
  for (int n = 0; n < scenario_.nodes; ++n) {
    if (node_names_[Size(n)] == step.node) node = n;
  }
  step_ends_ = now_ + step.time;
  if (step.kind == Kind::kAfter && !scenario_.script) {
    step_ends_.ns += (kBeat.ns - step_ends_.ns % kBeat.ns) % kBeat.ns;
  }
  switch (step.kind) {
    case Kind::kOnline:
      Tell(-1, resource, "operator: online on " + node_names_[Size(node)]);
      cluster_->Online(resource, node);
      return false;
    case Kind::kMove:
      Tell(-1, resource, "operator: move" + (node < 0 ? "" : " to " + node_names_[Size(node)]));
      cluster_->Move(resource, node);
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
      hosts_[event.node].engine->Post(id, {NodeTime(event.node), Due{Ticket{event.number}}});
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
      if (event.number != application_starts_[Cell(event.node, event.resource)]) break;
      if (!world_.volume(event.node, event.resource).application) break;
      const bool sync = ++writes_[event.resource] % 2 == 0;
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

int Simulation::Pick(std::string_view node, int resource, std::string_view what, int nth, Menu menu,
                     std::string_view where) {
  if (!faults_on_) return 0;
  const Site site{node, resource_names_[Size(resource)], what, nth, menu, where};
  if (const int wanted = scenario_.script ? scenario_.script->Pick(site) : -1; wanted >= 0) {
    if (wanted != 0) Deviated(site, menu[Size(wanted)]);
    return wanted;
  }
  if (options_.sites != nullptr) options_.sites->push_back(site);
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

}  // namespace tidegate::sim
