// What it costs to call an entry point: through engine and sandbox, and by the bare Lua C API.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

#include "tests/bench/bare_lua.h"
#include "tests/bench/bench_lane.h"

namespace tidegate::bench {
namespace {

void EmptyBare(benchmark::State& state) {
  BareLua lua("return function() return true end");
  for (auto _ : state) benchmark::DoNotOptimize(lua.Start());
}
BENCHMARK(EmptyBare)->Name("dispatch/empty/bare");

void EmptyPolicy(benchmark::State& state) {
  NoWorld world;
  auto lane = MakeLane(world, Compile(kEmptyPolicy));
  const Arguments none;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        lane->policy().Start(Task::kEntry, EntryPoint::kIsAlive, none, {}, {}));
  }
}
BENCHMARK(EmptyPolicy)->Name("dispatch/empty/sandbox");

void EmptyLane(benchmark::State& state) {
  NoWorld world;
  auto lane = MakeLane(world, Compile(kEmptyPolicy));
  for (auto _ : state) lane->Request(EntryPoint::kIsAlive);
}
BENCHMARK(EmptyLane)->Name("dispatch/empty/engine");

void OperationBare(benchmark::State& state) {
  BareLua lua("return function() wait() return true end");
  for (auto _ : state) {
    lua.Start();
    benchmark::DoNotOptimize(lua.Resume());
  }
}
BENCHMARK(OperationBare)->Name("dispatch/operation/bare");

void OperationLane(benchmark::State& state) {
  NoWorld world;
  auto lane = MakeLane(world, Compile(kOneOperation));
  lane->Handle({world.now, Completed{world.ticket, Success(VolumeHandle{1})}});
  for (auto _ : state) {
    lane->Request(EntryPoint::kIsAlive);
    lane->Handle({world.now, Completed{world.ticket, Success()}});
  }
}
BENCHMARK(OperationLane)->Name("dispatch/operation/engine");

// Ten thousand resources in turn: nothing is in the cache. Half and 99 % of the calls take at most...
void RoundRobin(benchmark::State& state) {
  NoWorld world;
  const auto policy = Compile(kEmptyPolicy);
  std::vector<std::unique_ptr<Lane>> lanes;
  for (int i = 0; i < 10'000; ++i) lanes.push_back(MakeLane(world, policy));
  std::vector<double> ns;
  std::size_t next = 0;
  for (auto _ : state) {
    const auto from = std::chrono::steady_clock::now();
    lanes[next]->Request(EntryPoint::kIsAlive);
    const auto to = std::chrono::steady_clock::now();
    ns.push_back(std::chrono::duration<double, std::nano>(to - from).count());
    next = (next + 7919) % lanes.size();
  }
  std::ranges::sort(ns);
  state.counters["p50_ns"] = ns[ns.size() / 2];
  state.counters["p99_ns"] = ns[ns.size() * 99 / 100];
}
BENCHMARK(RoundRobin)->Name("dispatch/10000/engine")->Iterations(200'000);

void RoundRobinBare(benchmark::State& state) {
  std::vector<std::unique_ptr<BareLua>> states;
  for (int i = 0; i < 10'000; ++i) {
    states.push_back(std::make_unique<BareLua>("return function() return true end"));
  }
  std::vector<double> ns;
  std::size_t next = 0;
  for (auto _ : state) {
    const auto from = std::chrono::steady_clock::now();
    states[next]->Start();
    const auto to = std::chrono::steady_clock::now();
    ns.push_back(std::chrono::duration<double, std::nano>(to - from).count());
    next = (next + 7919) % states.size();
  }
  std::ranges::sort(ns);
  state.counters["p50_ns"] = ns[ns.size() / 2];
  state.counters["p99_ns"] = ns[ns.size() * 99 / 100];
}
BENCHMARK(RoundRobinBare)->Name("dispatch/10000/bare")->Iterations(200'000);

void Create(benchmark::State& state) {
  NoWorld world;
  const auto policy = Compile(kEmptyPolicy);
  for (auto _ : state) {
    auto lane = Lane::Create(world, Spec(), policy);
    benchmark::DoNotOptimize(lane);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Create)->Name("sandbox/create+destroy");

}  // namespace
}  // namespace tidegate::bench
