// What it costs to call an entry point: through the sandbox, through engine and sandbox, and by the
// bare Lua C API.
#include <algorithm>
#include <chrono>

#include "tests/bench/bare_lua.h"
#include "tests/bench/bench_lane.h"
#include "tests/bench/row.h"

namespace tidegate::bench {
namespace {

constexpr long kBatch = 1000;
constexpr const char* kBareEmpty = "return function(resource) return true end";
constexpr const char* kBareOperation = "return function(resource) wait() return true end";

void Bare(benchmark::State& state, const char* script) {
  BareLua lua(script);
  while (state.KeepRunningBatch(kBatch)) benchmark::DoNotOptimize(lua.Run(kBatch));
}
void EmptyBare(benchmark::State& state) { Bare(state, kBareEmpty); }
void OperationBare(benchmark::State& state) { Bare(state, kBareOperation); }

void EmptySandbox(benchmark::State& state) {
  NoWorld world;
  auto lane = MakeLane(world, Compile(kEmptyPolicy));
  Policy& policy = lane->policy();
  const Arguments none;
  const Cause cause;
  while (state.KeepRunningBatch(kBatch)) {
    for (long i = 0; i < kBatch; ++i) {
      benchmark::DoNotOptimize(
          policy.Start(Task::kEntry, EntryPoint::kIsAlive, none, cause, world.now));
    }
  }
}

void EmptyEngine(benchmark::State& state) {
  NoWorld world;
  auto lane = MakeLane(world, Compile(kEmptyPolicy));
  while (state.KeepRunningBatch(kBatch)) {
    for (long i = 0; i < kBatch; ++i) lane->Request(EntryPoint::kIsAlive);
  }
}

void OperationSandbox(benchmark::State& state) {
  NoWorld world;
  auto lane = MakeLane(world, Compile(kOneOperation));
  lane->Handle({world.now, Completed{world.ticket, Success(VolumeHandle{1})}});
  Policy& policy = lane->policy();
  const Arguments none;
  const Cause cause;
  const Reply yes = Success(true);
  while (state.KeepRunningBatch(kBatch)) {
    for (long i = 0; i < kBatch; ++i) {
      benchmark::DoNotOptimize(
          policy.Start(Task::kEntry, EntryPoint::kIsAlive, none, cause, world.now));
      benchmark::DoNotOptimize(policy.Resume(Task::kEntry, yes));
    }
  }
}

void OperationEngine(benchmark::State& state) {
  NoWorld world;
  auto lane = MakeLane(world, Compile(kOneOperation));
  while (state.KeepRunningBatch(kBatch)) {
    for (long i = 0; i < kBatch; ++i) {
      lane->Request(EntryPoint::kIsAlive);
      lane->Handle({world.now, Completed{world.ticket, Success(true)}});
    }
  }
}

// Ten thousand in turn, far apart in memory: nothing is in the cache. Half and 99 % take at most...
template <class Call>
void RoundRobin(benchmark::State& state, std::size_t count, Call call) {
  std::vector<double> ns;
  for (auto _ : state) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < 4 * count; ++i, next = (next + 7919) % count) {
      const auto from = std::chrono::steady_clock::now();
      call(next);
      const auto to = std::chrono::steady_clock::now();
      if (i >= count) ns.push_back(std::chrono::duration<double, std::nano>(to - from).count());
    }
  }
  std::ranges::sort(ns);
  state.counters["p50"] = ns[ns.size() / 2];
  state.counters["p99"] = ns[ns.size() * 99 / 100];
}

constexpr std::size_t kResources = 10'000;

void RoundRobinEngine(benchmark::State& state) {
  NoWorld world;
  const auto policy = Compile(kEmptyPolicy);
  std::vector<std::unique_ptr<Lane>> lanes;
  for (std::size_t i = 0; i < kResources; ++i) lanes.push_back(MakeLane(world, policy));
  RoundRobin(state, kResources, [&](std::size_t i) { lanes[i]->Request(EntryPoint::kIsAlive); });
}

void RoundRobinBare(benchmark::State& state) {
  std::vector<std::unique_ptr<BareLua>> states;
  for (std::size_t i = 0; i < kResources; ++i) {
    states.push_back(std::make_unique<BareLua>(kBareEmpty));
  }
  RoundRobin(state, kResources, [&](std::size_t i) { states[i]->Run(1); });
}

const bool kRegistered[] = {
    Compare("empty entry point, sandbox", &EmptySandbox, &EmptyBare, {.ratio = 1.5, .most = 60}),
    Compare("empty entry point, engine and sandbox", &EmptyEngine, &EmptyBare,
            {.ratio = 1.5, .most = 60}),
    Compare("entry point with an operation, sandbox", &OperationSandbox, &OperationBare,
            {.ratio = 1.5}),
    Compare("entry point with an operation, engine and sandbox", &OperationEngine, &OperationBare,
            {.ratio = 1.5}),
    Measure("10,000 resources in turn", &RoundRobinEngine, &RoundRobinBare,
            {{"10,000 resources in turn, engine: half take at most", "ns", "p50", {.most = 1000}},
             {"10,000 resources in turn, engine: 99 % take", "ns", "p99", {.most = 5000}}}),
};

}  // namespace
}  // namespace tidegate::bench
