// What it costs to have a sandbox: to make one, to be rid of one, and to keep one idle.
#include <ctime>
#include <malloc.h>
#include <memory>
#include <vector>

#include "tests/bench/bare_lua.h"
#include "tests/bench/bench_lane.h"
#include "tests/bench/row.h"

namespace tidegate::bench {
namespace {

constexpr std::size_t kMany = 10'000;

class NoHost final : public PolicyHost {
 public:
  Instant Now() override { return {}; }
  void Log(Level, std::string_view) override {}
  void Progress(std::string_view) override {}
  bool Cancelled() override { return false; }
  std::optional<Task> AllotWatch() override { return std::nullopt; }
};

double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::shared_ptr<const CompiledPolicy> Reference() {
  return Compile(TextOf("tests/bench/reference.lua"));
}

std::unique_ptr<Policy> Make(const std::shared_ptr<const CompiledPolicy>& policy, PolicyHost& host,
                             const SandboxLimits& limits = {}) {
  auto made = Policy::Create(policy, limits, host);
  if (!made) throw std::runtime_error(made.error().detail);
  (*made)->Bind({"r", "A", {}, Capabilities::All()});
  return std::move(*made);
}

// Its function and nothing else: what a bare state has to make anew for each script.
struct Bytecode {
  Bytecode() {
    void* state = Stock().open("return function() return function() return true end end");
    bytes.resize(1 << 16);
    bytes.resize(Stock().dump(state, bytes.data(), bytes.size()));
    Stock().close(state);
  }
  std::string bytes;
};

void Created(benchmark::State& state) {
  NoHost host;
  const auto policy = Reference();
  std::vector<std::unique_ptr<Policy>> kept;
  kept.reserve(kMany);
  for (auto _ : state) {
    double from = CpuSeconds();
    for (std::size_t i = 0; i < kMany; ++i) Make(policy, host);
    state.counters["warm"] = kMany / (CpuSeconds() - from);
    from = CpuSeconds();
    for (std::size_t i = 0; i < kMany; ++i) kept.push_back(Make(policy, host));
    state.counters["cold"] = kMany / (CpuSeconds() - from);
    from = CpuSeconds();
    kept.clear();
    state.counters["drop"] = 1e9 * (CpuSeconds() - from) / kMany;
  }
}

void CreatedBare(benchmark::State& state) {
  const Bytecode code;
  const auto load = [&] { return Stock().load(code.bytes.data(), code.bytes.size()); };
  std::vector<void*> kept;
  kept.reserve(kMany);
  for (auto _ : state) {
    double from = CpuSeconds();
    for (std::size_t i = 0; i < kMany; ++i) Stock().close(load());
    state.counters["warm"] = kMany / (CpuSeconds() - from);
    from = CpuSeconds();
    for (std::size_t i = 0; i < kMany; ++i) kept.push_back(load());
    state.counters["cold"] = kMany / (CpuSeconds() - from);
    from = CpuSeconds();
    for (void* lua : kept) Stock().close(lua);
    state.counters["drop"] = 1e9 * (CpuSeconds() - from) / kMany;
    kept.clear();
  }
}

// A policy whose is_alive counts to `turns`, a fuel each, in sandboxes that have 1,000.
std::vector<std::unique_ptr<Policy>> Counting(PolicyHost& host, const char* turns) {
  const auto policy = Compile(
      "return { api = 1, online = function() end, offline = function() end,\n"
      "is_alive = function() for i = 1, " +
      std::string(turns) + " do end return true end }");
  SandboxLimits limits;
  limits.fuel = 1000;  // enough to load
  std::vector<std::unique_ptr<Policy>> made;
  for (std::size_t i = 0; i < kMany; ++i) made.push_back(Make(policy, host, limits));
  return made;
}

// Nanoseconds for a turn of one; of those that die in it, with their memory given back.
double Counted(benchmark::State& state, std::vector<std::unique_ptr<Policy>>& policies, bool die) {
  const Arguments none;
  const Cause cause;
  const double from = CpuSeconds();
  for (auto& policy : policies) {
    (void)policy->Start(Task::kEntry, EntryPoint::kIsAlive, none, cause, {});
    if (policy->dead() != die) state.SkipWithError("it lives, or died too early");
    if (die) policy.reset();
  }
  return 1e9 * (CpuSeconds() - from) / kMany;
}

// A kill is what a turn that exceeds its fuel takes more than one that just does not: the sandbox
// has come into the cache and has counted to 1,000 in both.
void Killed(benchmark::State& state) {
  NoHost host;
  for (auto _ : state) {
    auto spared = Counting(host, "950");
    auto killed = Counting(host, "1000000");
    const double counted = Counted(state, spared, false);
    state.counters["counted"] = counted;
    state.counters["killed"] = Counted(state, killed, true) - counted;
  }
}

struct Idle {
  double arena;
  double all;
};

// Online and waiting for its next poll.
Idle BytesOf(const std::shared_ptr<const CompiledPolicy>& policy) {
  NoHost host;
  constexpr std::size_t kCount = 200;
  std::vector<std::unique_ptr<Policy>> kept;
  kept.reserve(kCount);
  Make(policy, host);
  const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
  for (std::size_t i = 0; i < kCount; ++i) kept.push_back(Make(policy, host));
  const std::size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
  return {static_cast<double>(kept[0]->usage().memory_bytes) / 1024,
          static_cast<double>(after - before) / kCount / 1024};
}

void Bytes(benchmark::State& state) {
  for (auto _ : state) {
    const Idle trivial = BytesOf(Compile(kEmptyPolicy));
    const Idle reference = BytesOf(Reference());
    const Idle volume = BytesOf(Compile(TextOf("policies/volume/volume.lua")));
    state.counters["trivial"] = trivial.all;
    state.counters["reference"] = reference.all;
    state.counters["reference_arena"] = reference.arena;
    state.counters["volume"] = volume.all;
  }
}

const bool kRegistered[] = {
    Measure("create", &Created, &CreatedBare,
            {{"sandboxes created a second, warm", "1/s", "warm", {.most = 40e3, .at_least = true}},
             {"sandboxes created a second, cold", "1/s", "cold", {.most = 20e3, .at_least = true}},
             {"teardown of a sandbox", "ns", "drop", {.most = 2000}}}),
    Measure("kill", &Killed, nullptr,
            {{"kill and teardown", "ns", "killed", {.most = 2000}},
             {"the 1,000 fuel of loop before it, out of the cache", "ns", "counted", {}}}),
    Measure(
        "bytes", &Bytes, nullptr,
        {{"idle resource, 150-line policy: all of the sandbox", "KiB", "reference", {.most = 24}},
         {"idle resource, 150-line policy: arena", "KiB", "reference_arena", {.most = 24}},
         {"idle resource, policies/volume: all", "KiB", "volume", {.most = 24}},
         {"idle resource, empty policy: all", "KiB", "trivial", {}}}),
};

}  // namespace
}  // namespace tidegate::bench
