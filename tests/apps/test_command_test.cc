// tidegate test and tidegate diff from outside: what is shipped passes, and what fails is told.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/apps/program.h"

namespace tidegate {
namespace {

using test::Ended;
using test::Folder;
using test::Has;
using test::RunProgram;

const std::string kPolicies = TIDEGATE_SOURCE_DIR "/policies";

std::string ReadText(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A copy of policies/volume with scenarios of one's own.
std::string Volume(const Folder& dir, const std::string& scenarios) {
  std::filesystem::create_directories(dir / "volume");
  dir.Write("volume/volume.lua", ReadText(kPolicies + "/volume/volume.lua"));
  dir.Write("volume/scenarios.lua", scenarios);
  return dir / "volume";
}

TEST_CASE("the scenarios of every shipped policy pass, with their golden timelines") {
  const std::string cluster = GENERATE("wsfc", "pacemaker");
  const Ended ended = RunProgram({"test", kPolicies, "--cluster", cluster});
  INFO(ended.output);
  CHECK(ended.code == 0);
  CHECK(Has(ended.output, "policies/lun-mask on " + cluster));
  CHECK(Has(ended.output, "policies/volume on " + cluster));
  CHECK(Has(ended.output, "policies/reserved-volume on " + cluster));
  CHECK(Has(ended.output, " 0 failed"));
}

TEST_CASE("a scenario that fails is told with its timeline, in every form") {
  const Folder dir;
  const std::string policy = Volume(dir, R"lua(return {
  ["it is online at once"] = function(c)
    c:online("vol1", "A")
    assert(c:is_online("vol1"), "not <yet> & \"so\"")
  end,
  ["it is online"] = function(c)
    c:online("vol1", "A")
    c:settle("1m")
    c:sometimes("never so", function() return false end)
  end,
})lua");
  const Ended lines = RunProgram({"test", policy});
  CHECK(lines.code == 1);
  CHECK(Has(lines.output, "FAILED   it is online at once\n"));
  CHECK(Has(lines.output, "operator: online on A\n"));
  CHECK(Has(lines.output, "scenarios.lua:4: not <yet> & \"so\"\n"));
  CHECK(Has(lines.output, "1 passed, 1 failed\n"));

  const Ended tap = RunProgram({"test", policy, "--tap"});
  CHECK(tap.code == 1);
  CHECK(tap.output.starts_with("TAP version 13\n1..2\nnot ok 1 - "));
  CHECK(Has(tap.output, "\nok 2 - "));

  const Ended json = RunProgram({"test", policy, "--json", "--junit", dir / "junit.xml"});
  const nlohmann::json all = nlohmann::json::parse(json.output);
  CHECK(all["failed"] == 1);
  CHECK(all["scenarios"][0]["result"] == "failed");
  CHECK(all["scenarios"][0]["failure"] == "scenarios.lua:4: not <yet> & \"so\"");
  CHECK(all["scenarios"][1]["result"] == "passed");
  const std::string junit = ReadText(dir / "junit.xml");
  CHECK(Has(junit, "tests=\"2\" failures=\"1\""));
  CHECK(Has(junit, "scenarios.lua:4: not &lt;yet&gt; &amp; &quot;so&quot;"));

  const Ended one = RunProgram({"test", policy, "--only", "is online"});
  CHECK(Has(one.output, "1 passed, 1 failed\n"));
}

TEST_CASE("what is never so in any scenario fails the file") {
  const Folder dir;
  const std::string policy = Volume(dir, R"lua(return {
  ["it is online"] = function(c)
    c:sometimes("it fails", function(now) return now:times("vol1", "A", "Failed") > 0 end)
    c:online("vol1", "A")
    c:settle("1m")
  end,
})lua");
  const Ended ended = RunProgram({"test", policy});
  CHECK(ended.code == 1);
  CHECK(Has(ended.output, "scenarios.lua:3: never so in any scenario: it fails\n"));
}

TEST_CASE("a golden timeline is written by one flag and compared from then on") {
  const Folder dir;
  const std::string scenarios = R"lua(return {
  ["It is online!"] = function(c) c:online("vol1", "A") c:settle("1m") end,
})lua";
  const std::string policy = Volume(dir, scenarios);
  const std::string golden = policy + "/scenarios/It-is-online.wsfc.txt";
  CHECK(RunProgram({"test", policy}).code == 0);
  CHECK_FALSE(std::filesystem::exists(golden));
  CHECK(RunProgram({"test", policy, "--update"}).code == 0);
  CHECK(Has(ReadText(golden), "# It is online!, on wsfc\n"));
  CHECK(RunProgram({"test", policy}).code == 0);
  std::string text = ReadText(kPolicies + "/volume/volume.lua");
  const std::string probe = "  assert(vol:probe { sectors = { p.ProbeSector } })\n";
  const std::size_t at = text.find(probe);
  REQUIRE(at != std::string::npos);
  dir.Write("volume/volume.lua", text.erase(at, probe.size()));
  const Ended ended = RunProgram({"test", policy});
  CHECK(ended.code == 1);
  CHECK(Has(ended.output, "it behaves otherwise than this timeline says"));
  CHECK(Has(ended.output, "volume.probe"));
}

TEST_CASE("test: 2 when nothing could be tried") {
  const Folder dir;
  CHECK(RunProgram({"test", dir / "none"}).code == 2);
  CHECK(RunProgram({"test", dir.path()}).code == 2);
  const Ended syntax = RunProgram({"test", Volume(dir, "return {")});
  CHECK(syntax.code == 2);
  CHECK(Has(syntax.output, "volume/scenarios.lua:1: unexpected symbol near <eof>"));
  CHECK(RunProgram({"test", "--cluster", "vcs"}).code == 2);
}

TEST_CASE("diff says where two versions decide otherwise, and under what") {
  const Folder dir;
  const std::string old = kPolicies + "/volume";
  const Ended same = RunProgram({"diff", old, old, "--deviations", "0"});
  CHECK(same.output == "0 of 1 plans differ\n");
  CHECK(same.code == 0);
  std::string text = ReadText(old + "/volume.lua");
  const auto replace = [&](const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  };
  replace("local log = require \"log\"", "local log = require \"log\" -- edited\n\n");
  const std::string moved = dir.Write("moved.lua", text);
  CHECK(RunProgram({"diff", old, moved, "--deviations", "0"}).code == 0);
  replace("  assert(vol:dismount())\n", "  assert(vol:flush())\n  assert(vol:dismount())\n");
  const std::string flushes = dir.Write("flushes.lua", text);
  const Ended told = RunProgram({"diff", old, flushes, "--deviations", "0"});
  CHECK(told.code == 1);
  CHECK(Has(told.output, "without a fault\n  - "));
  CHECK(Has(told.output, "A vol1     volume.dismount volume="));
  CHECK(Has(told.output, "A vol1     volume.flush volume="));
  CHECK(Has(told.output, "1 of 1 plans differ\n"));
  const Ended json = RunProgram({"diff", old, flushes, "--deviations", "0", "--json"});
  const nlohmann::json all = nlohmann::json::parse(json.output);
  CHECK(all["different"] == 1);
  CHECK(all["differences"][0]["plan"].empty());
  CHECK(all["differences"][0]["new"]["node"] == "A");
  CHECK(RunProgram({"diff", old, dir / "none.lua"}).code == 2);
}

TEST_CASE("diff finds what shows only under a fault") {
  const Folder dir;
  const std::string old = kPolicies + "/volume";
  std::string text = ReadText(old + "/volume.lua");
  const std::string retries = "{ times = p.OnlineRetries + 1,";
  const std::size_t at = text.find(retries);
  REQUIRE(at != std::string::npos);
  text.replace(at, retries.size(), "{ times = 1,");
  const Ended told = RunProgram({"diff", old, dir.Write("hasty.lua", text)});
  INFO(told.output);
  CHECK(told.code == 1);
  CHECK_FALSE(Has(told.output, "without a fault"));
  CHECK(Has(told.output, "under A vol1 open#1 disk_gone\n"));
  CHECK(Has(told.output, "under A vol1 open#1 disk_read_only\n"));
  const std::string plan = dir.Write("x.plan", "A vol1 volume.mount#1 fails BUSY\n");
  const Ended planned =
      RunProgram({"diff", old, dir / "hasty.lua", "--deviations", "0", "--plan", plan});
  CHECK(Has(planned.output, "1 of 2 plans differ\n"));
  const std::string typo = dir.Write("typo.plan", "A vol1 volume.mont#1 fails BUSY\n");
  CHECK(Has(RunProgram({"diff", old, old, "--deviations", "0", "--plan", typo}).output,
            "A vol1 volume.mont#1 fails BUSY never took place, did you mean A vol1 "
            "volume.mount#1?\n"));
}

}  // namespace
}  // namespace tidegate
