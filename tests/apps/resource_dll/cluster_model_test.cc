// The simulator's Windows cluster beside the resource DLL: how long Terminate and Close keep a
// cluster waiting must be the same in both.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <condition_variable>
#include <mutex>

#include "host/core/cluster_wait.h"
#include "host/core/text.h"
#include "tests/apps/resource_dll/native_stage.h"
#include "tests/sim/lab.h"

namespace tidegate::test {
namespace {

using sim::test::ScenarioOf;

// The plainest volume; its terminate may take `time`.
std::string Plain(const std::string& time) {
  return R"(
local volume = require "volume"
local policy = { api = 1, timeouts = { terminate = ")" +
         time + R"(" },
  properties = { VolumePath = { type = "string", required = true } } }
local function open(resource) return assert(volume.open(resource.properties.VolumePath)) end
function policy.online(resource)
  local vol <close> = open(resource)
  assert(vol:online())
end
function policy.offline(resource)
  local vol <close> = open(resource)
  vol:dismount { force = true }
  assert(vol:offline())
end
function policy.is_alive(resource)
  local vol <close> = open(resource)
  return assert(vol:probe()) > 0
end
policy.terminate = policy.offline
return policy)";
}

using Kind = sim::Step::Kind;

std::vector<sim::Line> Story(const std::string& policy, std::vector<sim::Step> steps,
                             const std::string& plan) {
  sim::Scenario scenario = ScenarioOf("plain", policy, sim::ClusterKind::kWsfc);
  scenario.steps = std::move(steps);
  auto run = sim::Simulation::Create(scenario);
  REQUIRE(run.ok());
  const sim::Plan deviations = sim::test::PlanOf(plan);
  sim::PlannedChoices choices(deviations);
  sim::RunOptions options;
  options.story = true;
  options.where = true;
  return (*run)->Run(choices, options).lines;
}

// From the first line of A that begins with `from` to the next one that begins with `to`.
Duration Between(const std::vector<sim::Line>& lines, std::string_view from, std::string_view to) {
  const auto is = [](std::string_view text) {
    return
        [text](const sim::Line& line) { return line.node == "A" && line.text.starts_with(text); };
  };
  const auto begin = std::ranges::find_if(lines, is(from));
  INFO(sim::Timeline(lines));
  REQUIRE(begin != lines.end());
  const auto end = std::find_if(begin + 1, lines.end(), is(to));
  REQUIRE(end != lines.end());
  return end->at - begin->at;
}

// In whole hundreds of milliseconds: what calls and answers need on their way is not meant.
std::string About(Duration time) { return Text(time / 100'000'000 * 100'000'000); }

// "at once", or after how long Terminate came back though the volume was not offline.
std::string InModel(const std::string& policy, bool hangs) {
  const auto lines =
      Story(policy, {{Kind::kOnline, "vol1", "A"}, {Kind::kAfter, {}, {}, Seconds(40)}},
            std::string("A vol1 volume.probe#1 fails IO_DEVICE\n") +
                (hangs ? "A vol1 volume.offline#1 hangs\n" : ""));
  const std::string time = About(Between(lines, "terminate:", "terminate"));
  return time == "0s" ? "at once" : time;
}

// A volume whose offline waits until it is let go.
class Holding {
 public:
  Holding() : volumes_([this](ResourceId, const Call& call) { return Perform(call); }) {}
  void Hold(bool on) {
    const std::scoped_lock lock(mutex_);
    holds_ = on;
    changed_.notify_all();
  }

 private:
  Reply Perform(const Call& call) {
    if (std::holds_alternative<VolumeOpen>(call)) return Success(VolumeHandle{1});
    std::unique_lock lock(mutex_);
    const bool waits = std::holds_alternative<VolumeOffline>(call);
    changed_.wait(lock, [&] { return !waits || !holds_; });
    if (std::holds_alternative<VolumeProbe>(call)) return Success(std::int64_t{4096});
    return Success();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  bool holds_ = false;
  VolumesForTest volumes_;
};

std::string InDll(const std::string& policy, bool hangs, bool close) {
  static Holding& volume = *new Holding;  // a call of it may outlive this
  const PolicyOnDisk file(policy);
  OpenResource resource(abi::kVersion4, {{"PolicyPath", file.path()}, {"VolumePath", "v"}});
  REQUIRE(resource.Online() == abi::kSuccess);
  volume.Hold(hangs);
  close ? resource.Close() : resource.monitor.Terminate(resource.id);
  volume.Hold(false);
  for (const std::string& line : resource.record.lines()) {
    const std::size_t after = line.find(" after ");
    if (after == line.npos || line.find("may still be in use") == line.npos) continue;
    const std::string time = line.substr(after + 7);
    return time.substr(0, time.find_first_of(",:"));
  }
  return "at once";
}

TEST_CASE("Terminate and Close keep the cluster waiting as the model says", "[resource_dll][sim]") {
  const std::string time = GENERATE("300ms", "700ms");
  const bool hangs = GENERATE(false, true);
  const std::string policy = Plain(time);
  const std::string model = InModel(policy, hangs);
  INFO(time << (hangs ? ", hung" : ""));
  CHECK(model == (hangs ? time : "at once"));
  CHECK(InDll(policy, hangs, false) == model);
  CHECK(InDll(policy, hangs, true) == model);
}

TEST_CASE("a node that rejoins in the model has had the time that Close may take", "[sim]") {
  for (const char* time : {"10s", "30s"}) {
    const auto lines = Story(Plain(time),
                             {{Kind::kOnline, "vol1", "A"},
                              {Kind::kAfter, {}, {}, Seconds(20)},
                              {Kind::kFaultsStop},
                              {Kind::kAfter, {}, {}, Minutes(2)}},
                             "cluster vol1 open_on_every_node#1 other_reading\n"
                             "A vol1 looks_alive#1 partitioned_one_way\n");
    const Manifest manifest = [&] {
      Manifest m;
      m.timeouts[static_cast<std::size_t>(EntryPoint::kTerminate)] = *ParseDuration(time);
      return m;
    }();
    CHECK(Between(lines, "terminate: ", "open") >= ClusterWait(manifest));
  }
}

}  // namespace
}  // namespace tidegate::test
