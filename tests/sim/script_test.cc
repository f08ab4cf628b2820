// Scenarios in Lua: what they can say, and what they are told when it is wrong.
#include "host/sim/script.h"

#include "tests/sim/lab.h"

namespace tidegate::sim::test {
namespace {

struct Told {
  std::string failure;  // of the scenario, or of an invariant
  std::uint64_t digest = 0;
  Plan applied;
  std::string timeline;
};

Result<std::shared_ptr<ScriptFile>> FileOf(const std::string& text) {
  return ScriptFile::Load(text, {});
}

Scenario Of(const std::shared_ptr<ScriptFile>& file, std::size_t n, ClusterKind cluster) {
  Scenario scenario = ScenarioOf("volume", Shipped("volume"), cluster);
  scenario.steps.clear();
  scenario.script = std::make_shared<ScriptedSteps>(file, file->scenarios()[n]);
  return scenario;
}

// The steps of one scenario; its first line is scenarios.lua:2.
Told Run(const std::string& steps, ClusterKind cluster = ClusterKind::kWsfc) {
  const auto file = FileOf("return { ['a test'] = function(c)\n" + steps + "\nend }\n");
  INFO((file ? "" : file.error().detail));
  REQUIRE(file.ok());
  const RunResult run = Ran(Of(*file, 0, cluster), {});
  return {run.violation ? run.violation->what : "", run.digest, run.applied, Timeline(run.lines)};
}

std::string Failure(const std::string& steps) { return Run(steps).failure; }

std::string Problem(const std::string& text) {
  const auto file = FileOf(text);
  return file ? "" : file.error().detail;
}

const std::string kOnline = "c:online('vol1', 'A') c:settle('5m') ";

TEST_CASE("a scenario is straight-line", "[sim][script]") {
  const ClusterKind cluster = GENERATE(ClusterKind::kWsfc, ClusterKind::kPacemaker);
  const Told told = Run(R"lua(
    c:online("vol1", "A")  c:after("90s")
    c:fault("A vol1 volume.dismount#1", "fails", "ACCESS_DENIED")
    c:move("vol1", "B")  c:settle("5m")
    assert(c:is_online("vol1") and c:owner("vol1") == "B")
    assert(c:volume("vol1", "A") == "offline" and c:volume("vol1", "B") == "mounted")
    assert(c:disk("vol1") == "present" and c:records("vol1") > 0)
    assert(c:seconds() >= 90)
  )lua",
                        cluster);
  INFO(told.timeline);
  CHECK(told.failure.empty());
  CHECK(Text(told.applied) == "A vol1 volume.dismount#1 fails ACCESS_DENIED\n");
}

TEST_CASE("the same scenario gives the same digest", "[sim][script]") {
  const std::string steps = kOnline + "c:inject('A', 'reboots') c:after('10m')";
  CHECK(Run(steps).digest == Run(steps).digest);
}

TEST_CASE("predicates are asked after every event", "[sim][script]") {
  CHECK(Failure("c:eventually(function(c) return c:is_online('vol1') end, '1s')") ==
        "scenarios.lua:2: what eventually waits for: not so within 1s");
  CHECK(Failure("c:online('vol1', 'A') c:eventually('online', function(c) return "
                "c:is_online('vol1') end)") == "");
  CHECK(Failure("c:always('never online', function(c) return not c:is_online('vol1') end)\n" +
                kOnline) == "scenarios.lua:2: not always so: never online");
  CHECK(Failure(kOnline + "\nc:always(function() return true end)") ==
        "scenarios.lua:3: always was never looked at: no time passes after it; write it before "
        "what it is to watch");
  CHECK(Failure("c:always(function(c) return c.x.y end)\n" + kOnline) ==
        "scenarios.lua:2: there is no c:x");
}

TEST_CASE("what is wrong in a scenario is named with its line", "[sim][script]") {
  CHECK(Failure("c:onlin('vol1', 'A')") ==
        "scenarios.lua:2: there is no c:onlin, did you mean online?");
  CHECK(Failure("c.online('vol1', 'A')") == "scenarios.lua:2: write c:online(...), with a colon");
  CHECK(Failure("c:online('vol2', 'A')") ==
        "scenarios.lua:2: c:online: there is no resource vol2, did you mean vol1?, as in "
        "c:online(\"vol1\", \"A\")");
  CHECK(Failure("c:online('vol1', 'C')") ==
        "scenarios.lua:2: c:online: there is no node C, known are A, B, as in "
        "c:online(\"vol1\", \"A\")");
  CHECK(Failure("\nc:after('soon')") ==
        "scenarios.lua:3: c:after: not a time: soon, as in c:after(\"90s\")");
  CHECK(Failure("assert(c:is_online('vol1'), 'not yet')") == "scenarios.lua:2: not yet");
  CHECK(Failure("c:fault('A vol1 volume.offline#1', 'fail', 'NOT_READY')") ==
        "scenarios.lua:2: no outcome \"fail NOT_READY\", did you mean fails?");
  CHECK(Failure("c:fault('A vol1 volume.offlin#1', 'hangs')") ==
        "scenarios.lua:2: A vol1 volume.offlin#1: nothing is called volume.offlin, did you mean "
        "volume.offline?");
  CHECK(Failure("c:inject('A vol1', 'disk_gon')") ==
        "scenarios.lua:2: c:inject: nothing is called disk_gon, did you mean disk_gone?");
  CHECK(Failure("c:heal() c:fault('A vol1 volume.offline#1', 'hangs')") ==
        "scenarios.lua:2: after c:heal() nothing deviates any more");
  CHECK(Failure("local n = 0 while true do n = n + 1 end").find(": fuel: ") != std::string::npos);
  CHECK(Failure("c:fault('A vol1 volume.offline#1', 'hangs') " + kOnline +
                "c:offline('vol1') c:settle('10s')") ==
        "scenarios.lua:2: not settled within 10s; A vol1 is OfflinePending");
}

TEST_CASE("a fault that never takes place fails its scenario", "[sim][script]") {
  CHECK(Failure("c:fault('A vol1 volume.online#2', 'hangs')\n" + kOnline) ==
        "scenarios.lua:2: A vol1 volume.online#2 hangs never took place: the run did not come to "
        "this site, did you mean A vol1 volume.online#1?");
  CHECK(Failure("c:fault('A vol1 volume.close#1', 'fails', 'DISK_FULL')\n" + kOnline) ==
        "scenarios.lua:2: A vol1 volume.close#1 fails DISK_FULL never took place; this site offers "
        "fails INVALID_HANDLE, fails_from_now_on INVALID_HANDLE, slow, hangs, host_killed, "
        "policy_swapped, intruder_opens");
}

TEST_CASE("a file that is no table of scenarios says so", "[sim][script]") {
  CHECK(Problem("return 1") == "scenarios.lua returns a table of scenarios by name, not 1");
  CHECK(Problem("return {}") == "scenarios.lua: there is no scenario in it");
  CHECK(Problem("return { function(c) end }") ==
        "scenarios.lua: a scenario has a name: [\"what it shows\"] = function(c) ... end");
  CHECK(Problem("return { a = { nods = 2, function(c) end } }") ==
        "scenarios.lua: a: a scenario has no option nods, did you mean nodes?");
  CHECK(Problem("return { a = { cluster = 'pacemker', function(c) end } }") ==
        "scenarios.lua: a: there is no cluster \"pacemker\", did you mean pacemaker?");
  CHECK(Problem("return { a = { monitor = { RestartTreshold = 1 }, function(c) end } }") ==
        "scenarios.lua: a: a resource's monitor has no property RestartTreshold, did you mean "
        "RestartThreshold?");
  CHECK(Problem("return { a = { monitor = { RestartDelay = 'soon' }, function(c) end } }") ==
        "scenarios.lua: a: RestartDelay is a time such as \"10s\", not soon");
  CHECK(Problem("return {\n a = function(c) clster = 1 end }") ==
        "scenarios.lua:2: assignment to undeclared global 'clster'; write 'local clster'");
  CHECK(Problem("return {") == "scenarios.lua:1: unexpected symbol near <eof>");
  CHECK(Problem("require('host').ask('online')") != "");
}

TEST_CASE("scenarios come in the order in which they are written", "[sim][script]") {
  const auto file = FileOf(
      "return {\n zebra = function(c) end,\n defaults = { nodes = 3 },\n"
      " ape = { nodes = 1, function(c) end } }");
  REQUIRE(file.ok());
  REQUIRE((*file)->scenarios().size() == 2);
  CHECK((*file)->scenarios()[0].name == "zebra");
  CHECK((*file)->scenarios()[0].options.nodes == 3);
  CHECK((*file)->scenarios()[1].where == "scenarios.lua:4");
  CHECK((*file)->scenarios()[1].options.nodes == 1);
}

TEST_CASE("what a scenario always asks for is explored around it", "[sim][script]") {
  const std::string text =
      "return { ['a test'] = function(c) " + kOnline + "\n" +
      "c:always('it never fails', function(c) return c:times('vol1', 'A', 'Failed') == 0 end)\n" +
      "c:sometimes('B has it', function(c) return c:owner('vol1') == 'B' end)\n" +
      "c:after('20s') assert(c:is_online('vol1')) end }";
  const auto file = FileOf(text);
  REQUIRE(file.ok());
  const Scenario scenario = Of(*file, 0, ClusterKind::kWsfc);
  CHECK_FALSE(Ran(scenario, {}).violation);
  CHECK_FALSE((*file)->hopes.at("B has it").reached);
  ExploreOptions options;
  options.deviations = 1;
  const ExploreReport report = Explore(scenario, options).value();
  REQUIRE(report.violation);
  CHECK(report.violation->invariant == Invariant::kScenario);
  CHECK(report.violation->what == "scenarios.lua:2: not always so: it never fails");
  CHECK(report.plan.size() == 1);
}

TEST_CASE("what the documentation leaves open is read the other way on request", "[sim][script]") {
  const auto [cluster, reading] =
      GENERATE(std::pair{ClusterKind::kWsfc,
                         "open_on_every_node restart_threshold_1 is_alive_while_pending"},
               std::pair{ClusterKind::kPacemaker, "killed_at_timeout exit_1_is_hard"});
  const auto file = FileOf("return { a = { reading = '" + std::string(reading) + "', function(c) " +
                           kOnline + " end } }");
  REQUIRE(file.ok());
  const RunResult run = Ran(Of(*file, 0, cluster), {});
  CHECK_FALSE(run.violation);
  std::string applied;
  for (const Deviation& d : run.applied) applied += d.label + "\n";
  std::string expected;
  std::istringstream names(reading);
  for (std::string name; names >> name;) expected += "cluster vol1 " + name + "#1\n";
  CHECK(applied == expected);
}

Instant FirstPoll(const std::string& plan) {
  const Scenario scenario = ScenarioOf("volume", Shipped("volume"), ClusterKind::kWsfc);
  for (const Line& line : Ran(scenario, PlanOf(plan)).lines) {
    if (line.mark == '>' && line.text == "looks_alive") return line.at;
  }
  FAIL("never polled");
  return {};
}

TEST_CASE("on a node whose clock drifts a poll comes a tenth earlier", "[sim]") {
  const Duration nominal = FirstPoll("") - Instant{};
  const Duration drifting = FirstPoll("A vol1 clock#1 clock_drifts\n") - Instant{};
  CHECK(drifting < nominal * 10 / 11 + Milliseconds(2));
  CHECK(drifting > nominal * 10 / 11 - Milliseconds(2));
}

}  // namespace
}  // namespace tidegate::sim::test
