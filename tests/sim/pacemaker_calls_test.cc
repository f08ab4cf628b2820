// What a real Pacemaker asked of the agent, call by call, and whether the model could have asked
// it: tests/cluster/traces has what ./tg cluster recorded.
//
// The model decides alone; what it cannot know is tried: what the operator wanted (online here,
// move there, stop, look again), and when a monitor was due. Each call is taken as one moment, in
// the order of beginnings. What a cluster does side by side the model does in turn: probes come in
// the nodes' order, and that of a node that is back as soon as it is back.
// Left out of the traces: reload-agent, which the model knows as a swap, and runs without fencing,
// which the model always has.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <functional>

#include "host/sim/pacemaker.h"
#include "tests/sim/lab.h"

namespace tidegate::sim {
namespace {

struct Step {
  int node = 0;
  std::string what;  // start, stop, monitor, probe; off, on
  std::string code;  // the exit code; "none" of a call that the node's end cut short
  std::string line;
};

// A Stage that lets nothing happen by itself: it notes what the model asks for.
class Ears final : public Stage {
 public:
  struct Asked {
    int node = -1;
    EntryPoint entry = EntryPoint::kIsAlive;
    bool monitor = false;  // a probe asks the same of the policy
  };
  std::optional<Asked> asked;
  std::vector<Pending> events;  // what the model has scheduled
  std::vector<bool> up = std::vector<bool>(3, true);
  Manifest policy;

  Instant Now() const override { return {}; }
  void Schedule(Duration, EventKind kind, int node, int resource, std::uint64_t number) override {
    Pending event{};
    event.kind = kind;
    event.node = node;
    event.resource = resource;
    event.number = number;
    events.push_back(event);
  }
  int nodes() const override { return 3; }
  int resources() const override { return 1; }
  bool Up(int node) const override { return up[static_cast<std::size_t>(node)]; }
  bool HostAlive(int node) const override { return Up(node); }
  bool Reachable(int node) const override { return Up(node); }
  Instant NodeTime(int) const override { return {}; }
  bool StartHost(int, int, bool) override { return true; }
  void StopHost(int, int) override {}
  void Request(int node, int, EntryPoint entry) override { asked = Asked{node, entry, false}; }
  void Terminate(int, int, const Cause&) override {}
  void Fence(int) override {}
  void GiveAccess(int, int) override {}
  void TakeAccess(int, int) override {}
  bool Arbitrates() const override { return false; }
  const Manifest& manifest() const override { return policy; }
  void StartApplication(int, int) override {}
  void StopApplication(int, int) override {}
  bool OtherReading(int, std::string_view) override { return false; }
  void Tell(int, int, std::string) override {}
};

EntryPoint EntryOf(const std::string& what) {
  if (what == "start") return EntryPoint::kOnline;
  if (what == "stop") return EntryPoint::kOffline;
  return EntryPoint::kIsAlive;
}

// Delivers what the model has scheduled and `wanted` takes, over and over.
template <class Wanted>
void Deliver(Ears& ears, Pacemaker& model, Wanted wanted) {
  for (std::size_t i = 0; i < ears.events.size(); ++i) {
    const Pending event = ears.events[i];
    if (!wanted(event)) continue;
    ears.events.erase(ears.events.begin() + static_cast<std::ptrdiff_t>(i));
    model.On(event);
    i = static_cast<std::size_t>(-1);
  }
}

constexpr std::uint64_t kExit = 1;  // as the model numbers its events
constexpr std::uint64_t kMonitorDue = 4;
bool Means(const Pending& event, std::uint64_t meaning) {
  return event.kind == EventKind::kCluster && (event.number & 0xff) == meaning;
}

// What an operator, or the passing of time, may do before the next call.
using Nudge = std::function<void(Ears&, Pacemaker&)>;
std::vector<Nudge> Nudges() {
  std::vector<Nudge> nudges = {[](Ears&, Pacemaker&) {}};
  nudges.push_back([](Ears& ears, Pacemaker& model) {
    Deliver(ears, model, [](const Pending& e) { return Means(e, kMonitorDue); });
    if (ears.asked) ears.asked->monitor = true;
  });
  nudges.push_back([](Ears& ears, Pacemaker& model) {
    Deliver(ears, model, [](const Pending& e) { return e.kind == EventKind::kMembership; });
  });
  for (int node = 0; node < 3; ++node) {
    nudges.push_back([node](Ears&, Pacemaker& model) { model.Online(0, node); });
    nudges.push_back([node](Ears&, Pacemaker& model) { model.Move(0, node); });
    nudges.push_back([node](Ears& ears, Pacemaker& model) {
      if (ears.Up(node)) model.NodeBooted(node);  // it is asked again what runs there
    });
  }
  nudges.push_back([](Ears&, Pacemaker& model) { model.Offline(0); });
  return nudges;
}

bool Asks(const Ears& ears, const Step& step) {
  return ears.asked && ears.asked->node == step.node && ears.asked->entry == EntryOf(step.what) &&
         ears.asked->monitor == (step.what == "monitor");
}

struct Run {
  Ears ears;
  Pacemaker model{ears};
  Run() { model.Begin(); }
};

// A run at some moment, to go back to.
struct Before {
  explicit Before(const Run& run) : ears(run.ears), model(run.model.Copy()) {}
  void Again(Run& run) const {
    run.ears = ears;
    run.model.Become(*model);
  }
  Ears ears;
  std::unique_ptr<Cluster> model;
};

// Makes the model ask what the step says, by at most two nudges; false when nothing does.
bool Provoke(Run& run, const Step& step) {
  if (Asks(run.ears, step)) return true;
  if (run.ears.asked) return false;  // it asks something else
  const Before before(run);
  for (const Nudge& first : Nudges()) {
    for (const Nudge& second : Nudges()) {
      before.Again(run);
      first(run.ears, run.model);
      if (Asks(run.ears, step)) return true;
      if (run.ears.asked) continue;
      second(run.ears, run.model);
      if (Asks(run.ears, step)) return true;
    }
  }
  before.Again(run);
  return false;
}

void Answers(Run& run, const Step& step) {
  const EntryPoint entry = run.ears.asked->entry;
  run.ears.asked.reset();
  if (step.code == "none") return;
  Answer answer{entry, {}};
  answer.verdict.ok = step.code == "0";
  if (step.code == "7") answer.verdict.cause.kind = CauseKind::kUnhealthy;  // a certain no
  run.model.OnAnswer(step.node, 0, answer);
  // A start or a stop that failed: the process terminates the policy, and ends.
  if (!answer.verdict.ok && entry != EntryPoint::kIsAlive) {
    run.model.OnAnswer(step.node, 0, Answer{EntryPoint::kTerminate, {}});
  }
  Deliver(run.ears, run.model, [](const Pending& e) { return Means(e, kExit); });
}

// Whether the model can produce the steps from `i` on; `furthest` is the first that it could not.
// What the operator wants may change while a call runs: the call before is tried again for it.
bool Accepts(Run& run, const std::vector<Step>& steps, std::size_t i, std::size_t& furthest) {
  furthest = std::max(furthest, i);
  if (i == steps.size()) return true;
  const Step& step = steps[i];
  const auto node = static_cast<std::size_t>(step.node);
  if (step.what == "off") {
    run.ears.up[node] = false;
    if (run.ears.asked && run.ears.asked->node == step.node) run.ears.asked.reset();
    run.model.NodeDied(step.node);
    return Accepts(run, steps, i + 1, furthest);
  }
  if (step.what == "on") {
    run.ears.up[node] = true;
    run.model.NodeBooted(step.node);
    return Accepts(run, steps, i + 1, furthest);
  }
  if (!Provoke(run, step)) return false;
  const Before before(run);
  constexpr int kNothing = -1;
  constexpr int kOffline = 3;
  for (int wish = kNothing; wish <= kOffline; ++wish) {
    if (furthest > i + 2) return false;  // what was wanted then is not why it fails now
    before.Again(run);
    if (wish == kOffline) run.model.Offline(0);
    if (wish >= 0 && wish < kOffline) run.model.Move(0, wish);
    Answers(run, step);
    if (Accepts(run, steps, i + 1, furthest)) return true;
  }
  return false;
}

// The first line that the model cannot produce; empty when it can produce all.
std::string Refused(const std::vector<Step>& steps) {
  Run run;
  std::size_t furthest = 0;
  return Accepts(run, steps, 0, furthest) ? std::string() : steps[furthest].line;
}

std::vector<Step> StepsOf(const std::string& text) {
  std::vector<Step> steps;
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    std::string node;
    Step step;
    words >> node >> step.what >> step.code;
    step.node = node.back() - '1';
    step.line = std::to_string(number) + ": " + line;
    steps.push_back(step);
  }
  return steps;
}

// A node's return stands where it is asked what runs there; one that never was, is left out.
std::vector<Step> InTurn(std::vector<Step> steps) {
  const auto is_call = [](const Step& s) { return s.what != "on" && s.what != "off"; };
  const auto first_call = std::ranges::find_if(steps, is_call);
  steps.erase(steps.begin(), first_call);
  const auto after = std::ranges::find_if(steps, [](const Step& s) { return s.what != "probe"; });
  std::sort(steps.begin(), after, [](const Step& a, const Step& b) { return a.node < b.node; });
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].what != "on") continue;
    const auto next = std::find_if(steps.begin() + static_cast<std::ptrdiff_t>(i) + 1, steps.end(),
                                   [&](const Step& s) { return s.node == steps[i].node; });
    if (next == steps.end() || next->what != "probe") {
      steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(i--));
    } else {
      std::rotate(steps.begin() + static_cast<std::ptrdiff_t>(i) + 1, next, next + 1);
    }
  }
  return steps;
}

TEST_CASE("the model can ask what a real Pacemaker asked", "[sim]") {
  int seen = 0;
  const std::string folder = std::string(TIDEGATE_SOURCE_DIR) + "/tests/cluster/traces";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    INFO(name);
    CHECK(Refused(InTurn(StepsOf(test::ReadText("tests/cluster/traces/" + name)))) == "");
    ++seen;
  }
  CHECK(seen > 0);
}

TEST_CASE("the model cannot ask what no Pacemaker would", "[sim]") {
  const std::string probes = "node1 probe 7\nnode2 probe 7\nnode3 probe 7\n";
  const auto refused = [&](const std::string& rest) { return Refused(StepsOf(probes + rest)); };
  CHECK(refused("node1 start 0\nnode1 monitor 0\n").empty());
  CHECK(refused("node1 start 0\nnode2 start 0\n") == "5: node2 start 0");
  CHECK(refused("node1 start 0\nnode1 monitor 1\nnode2 start 0\n") == "6: node2 start 0");
  CHECK(refused("node1 start 0\nnode1 stop 1\nnode2 start 0\n") == "6: node2 start 0");
  CHECK(refused("node1 start 0\nnode1 stop 1\nnode1 off\nnode2 start 0\n").empty());
  CHECK(Refused(StepsOf("node1 start 0\n")) == "1: node1 start 0");
}

}  // namespace
}  // namespace tidegate::sim
