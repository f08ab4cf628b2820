// How fast the simulator is: simulated per wall time, short failovers, exploration.
#include <ctime>

#include "host/sim/explore.h"
#include "tests/bench/bench_lane.h"
#include "tests/bench/row.h"

namespace tidegate::bench {
namespace {

using sim::ClusterKind;
using Kind = sim::Step::Kind;

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

sim::Scenario Shipped(const std::string& name, ClusterKind cluster) {
  std::vector<ModuleView> scripts;
  for (const Script& script : Scripts()) scripts.push_back({script.name, script.text});
  const std::string text = TextOf("policies/" + name + "/" + name + ".lua");
  auto policy = CompiledPolicy::Compile({name + ".lua", text, {}}, scripts, Bindings());
  if (!policy) throw std::runtime_error(policy.error().detail);
  sim::Scenario scenario = sim::Standard(*policy, cluster);
  if (name == "lun-mask") scenario.properties["Taker"] = std::string("array1");
  return scenario;
}

std::unique_ptr<sim::Simulation> Made(const sim::Scenario& scenario) {
  auto run = sim::Simulation::Create(scenario);
  if (!run) throw std::runtime_error(run.error().detail);
  return std::move(*run);
}

// A quiet day of ten resources on two nodes, polled as a Windows cluster polls by default. As it is
// run: minutes that are like the last two in every event are told from a tape (host/sim/steady.h),
// with the same digest and counts. And with every poll played.
void QuietDay(benchmark::State& state, const std::string& policy, bool repeats) {
  sim::Scenario scenario = Shipped(policy, ClusterKind::kWsfc);
  scenario.resources = 10;
  scenario.monitor = MonitorSettings();
  scenario.steps.clear();
  for (int r = 0; r < scenario.resources; ++r) {
    scenario.steps.push_back({Kind::kOnline, sim::ResourceName(r), r % 2 == 0 ? "A" : "B", {}});
  }
  scenario.steps.push_back({Kind::kSettle, {}, {}, Minutes(20)});
  scenario.steps.push_back({Kind::kAfter, {}, {}, Minutes(24 * 60)});
  const auto run = Made(scenario);
  sim::Plan nominal;
  sim::PlannedChoices choices(nominal);
  for (auto _ : state) {
    const double began = CpuSeconds();
    sim::RunOptions options;
    options.repeats = repeats;
    const sim::RunResult result = run->Run(choices, options);
    const double took = CpuSeconds() - began;
    if (result.violation) throw std::runtime_error(result.violation->what);
    state.counters["ratio"] = static_cast<double>(result.simulated.ns) / 1e9 / took;
    state.counters["event"] = took * 1e9 / static_cast<double>(result.events);
    state.counters["told"] =
        100.0 * static_cast<double>(result.left_out.ns) / static_cast<double>(result.simulated.ns);
  }
}
void QuietDayVolume(benchmark::State& state) { QuietDay(state, "volume", true); }
void QuietDayLunMask(benchmark::State& state) { QuietDay(state, "lun-mask", true); }
void PlayedDayVolume(benchmark::State& state) { QuietDay(state, "volume", false); }
void PlayedDayLunMask(benchmark::State& state) { QuietDay(state, "lun-mask", false); }

// From a volume that is online, the next poll finds its node without power.
class PowerFails final : public sim::Choices {
 public:
  int Pick(const sim::Site& site) override {
    if (done || site.what != "looks_alive") return 0;
    done = true;
    for (std::size_t i = 1; i < site.menu.size(); ++i) {
      if (site.menu[i].fate == sim::Fate::kReboots) return static_cast<int>(i);
    }
    return 0;
  }
  bool done = false;
};

void Failovers(benchmark::State& state) {
  sim::Scenario scenario = Shipped("volume", ClusterKind::kWsfc);
  scenario.steps = {{Kind::kOnline, "vol1", "A", {}},
                    {Kind::kSettle, {}, {}, Minutes(20)},
                    {Kind::kAfter, {}, {}, Seconds(11)},
                    {Kind::kSettle, {}, {}, Minutes(20)}};
  const auto run = Made(scenario);
  PowerFails choices;
  run->Begin(choices, {});
  while (run->now() < Instant{} + Seconds(1) && run->Advance()) {
  }
  sim::Moment online;
  run->Save(online);
  constexpr int kRuns = 20'000;
  for (auto _ : state) {
    const double began = CpuSeconds();
    std::uint64_t events = 0;
    for (int i = 0; i < kRuns; ++i) {
      run->Restore(online);
      const std::uint64_t then = run->events();
      choices.done = false;
      while (run->Advance()) {
      }
      events += run->events() - then;
    }
    const double took = CpuSeconds() - began;
    if (run->violated()) throw std::runtime_error("a failover violates an invariant");
    if (run->applied() != 1) throw std::runtime_error("no poll came: nothing failed over");
    state.counters["runs"] = kRuns / took;
    state.counters["events"] = static_cast<double>(events) / kRuns;
  }
}

// Once: three deviations take a while, and the same work again says nothing new.
template <int kPolicy, int kDeviations>
void Exploration(benchmark::State& state) {
  static constexpr const char* kPolicies[] = {"volume", "lun-mask", "reserved-volume"};
  constexpr double kGivesUpAfter = 60;
  static std::string violated;
  static const double seconds = [] {
    const double began = CpuSeconds();
    for (const ClusterKind cluster : {ClusterKind::kWsfc, ClusterKind::kPacemaker}) {
      sim::ExploreOptions options;
      options.deviations = kDeviations;
      options.stop = [&] { return CpuSeconds() - began > kGivesUpAfter; };
      const auto report = sim::Explore(Shipped(kPolicies[kPolicy], cluster), options);
      if (!report) throw std::runtime_error(report.error().detail);
      if (report->violation) violated = report->violation->what + "\n" + Text(report->plan);
    }
    return (CpuSeconds() - began) / 2;
  }();
  if (!violated.empty()) state.SkipWithError(violated.c_str());
  for (auto _ : state) state.counters["seconds"] = seconds;
}

constexpr Bars kTwo = {.most = 1};
constexpr Bars kThree = {.most = 10};

const bool kRegistered[] = {
    Measure("quiet day, volume", &QuietDayVolume, nullptr,
            {{"2 nodes, 10 volumes: simulated per wall time, steady polls told",
              "x",
              "ratio",
              {.most = 1e6, .at_least = true}},
             {"2 nodes, 10 volumes: of that told from a tape", "%", "told", {}}}),
    Measure("quiet day, volume, played", &PlayedDayVolume, nullptr,
            {{"2 nodes, 10 volumes: with every poll played", "x", "ratio", {}},
             {"2 nodes, 10 volumes: an event", "ns", "event", {}}}),
    Measure("quiet day, lun-mask, played", &PlayedDayLunMask, nullptr,
            {{"2 nodes, 10 LUNs: with every poll played", "x", "ratio", {}}}),
    Measure("quiet day, lun-mask", &QuietDayLunMask, nullptr,
            {{"2 nodes, 10 LUNs: simulated per wall time, steady polls told",
              "x",
              "ratio",
              {.most = 1e6, .at_least = true}}}),
    Measure("failovers", &Failovers, nullptr,
            {{"short failover runs", "1/s", "runs", {.most = 250'000, .at_least = true}},
             {"short failover runs: events of one", "", "events", {}}}),
    Measure("volume, 2", &Exploration<0, 2>, nullptr,
            {{"volume, all runs with 2 deviations, a cluster", "s", "seconds", kTwo}}),
    Measure("lun-mask, 2", &Exploration<1, 2>, nullptr,
            {{"lun-mask, all runs with 2 deviations, a cluster", "s", "seconds", kTwo}}),
    Measure("reserved-volume, 2", &Exploration<2, 2>, nullptr,
            {{"reserved-volume, all runs with 2, a cluster", "s", "seconds", kTwo}}),
    Measure("volume, 3", &Exploration<0, 3>, nullptr,
            {{"volume, all runs with 3 deviations, a cluster", "s", "seconds", kThree}}),
    Measure("lun-mask, 3", &Exploration<1, 3>, nullptr,
            {{"lun-mask, all runs with 3 deviations, a cluster", "s", "seconds", kThree}}),
};

}  // namespace
}  // namespace tidegate::bench
