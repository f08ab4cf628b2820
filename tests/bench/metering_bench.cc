// What fuel, slices and the capped allocator cost a script that only computes: seven kernels, in a
// sandbox and in stock Lua, with the same pace of collection.
#include "tests/bench/bare_lua.h"
#include "tests/bench/bench_lane.h"
#include "tests/bench/row.h"

namespace tidegate::bench {
namespace {

constexpr const char* kFib = R"lua(
  local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
  return fib(22) == 17711)lua";
constexpr const char* kArithmetic = R"lua(
  local x = 0
  for i = 1, 300000 do x = (x * 31 + i) & 0xffffff end
  local n = 0
  while n < 100000 do n = n + 1 if n % 3 == 0 then x = x ~ n end end
  return x >= 0)lua";
constexpr const char* kFields = R"lua(
  local p = { x = 1, y = 2, z = { w = 3 } }
  for i = 1, 200000 do p.x = p.x + p.y; p.z.w = p.x - p.z.w; p.y = i end
  return p.x ~= nil)lua";
constexpr const char* kClosures = R"lua(
  local function counter() local n = 0 return function(by) n = n + by return n end end
  local sum = 0
  for i = 1, 2000 do local c = counter() for j = 1, 50 do sum = sum + c(j) end end
  return sum > 0)lua";
constexpr const char* kStrings = R"lua(
  local parts = {}
  for i = 1, 4000 do
    local s = "volume" .. i
    parts[#parts + 1] = s:upper():sub(2, 7) .. ("%d:%s"):format(i, s)
  end
  local all = table.concat(parts, ",")
  return #all:gsub("%d+", "#") > 0)lua";
constexpr const char* kSort = R"lua(
  local t, x = {}, 42
  for i = 1, 4000 do x = (x * 1103515245 + 12345) & 0x7fffffff t[i] = x end
  table.sort(t)
  table.sort(t, function(a, b) return a > b end)
  return t[1] >= t[2])lua";
constexpr const char* kMatrix = R"lua(
  local n, a, b, c = 40, {}, {}, {}
  for i = 1, n do
    a[i], b[i], c[i] = {}, {}, {}
    for j = 1, n do a[i][j], b[i][j] = i / j, j / i end
  end
  for i = 1, n do
    local ai, ci = a[i], c[i]
    for j = 1, n do
      local s = 0.0
      for k = 1, n do s = s + ai[k] * b[k][j] end
      ci[j] = s
    end
  end
  return c[1][1] > 0)lua";

template <const char* const& kernel>
void Ours(benchmark::State& state) {
  NoWorld world;
  LaneSpec spec = Spec();
  spec.limits.fuel = limits::kFuelMax;
  const std::string text =
      "return { api = 1, online = function() end, offline = function() end,\n"
      "is_alive = function(resource)" +
      std::string(kernel) + " end }";
  auto lane = MakeLane(world, Compile(text), spec);
  const Arguments none;
  const Cause cause;
  for (auto _ : state) {
    const Turn turn =
        lane->policy().Start(Task::kEntry, EntryPoint::kIsAlive, none, cause, world.now);
    const auto* verdict = std::get_if<Verdict>(&turn);
    if (verdict == nullptr || !verdict->ok) return state.SkipWithError("the kernel failed");
  }
}

template <const char* const& kernel>
void Bare(benchmark::State& state) {
  BareLua lua("return function(resource)" + std::string(kernel) + " end");
  for (auto _ : state) {
    if (lua.Run(1) != 1) return state.SkipWithError("the kernel failed");
  }
}

template <const char* const& kernel>
bool Kernel(const char* name) {
  return Compare(std::string("metering: ") + name, &Ours<kernel>, &Bare<kernel>, {.ratio = 1.05});
}

const bool kRegistered[] = {
    Kernel<kFib>("calls (fib)"),          Kernel<kArithmetic>("loops and arithmetic"),
    Kernel<kFields>("table fields"),      Kernel<kClosures>("closures"),
    Kernel<kStrings>("building strings"), Kernel<kSort>("sort"),
    Kernel<kMatrix>("matrix of floats"),
};

}  // namespace
}  // namespace tidegate::bench
