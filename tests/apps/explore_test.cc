// tidegate explore from outside: its exit codes, what it says on the way, and Ctrl-C.
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fstream>
#include <iterator>

#include "host/apps/tidegate/simulate/simulate.h"
#include "tests/apps/program.h"

namespace tidegate {
namespace {

using test::Background;
using test::Ended;
using test::Folder;
using test::Has;
using test::RunProgram;

const std::string kVolume = TIDEGATE_SOURCE_DIR "/policies/volume";

TEST_CASE("a complete exploration says what it looked at, with a neighbour too") {
  const Ended ended = RunProgram({"explore", kVolume, "--deviations", "1"});
  INFO(ended.output);
  CHECK(ended.code == 0);
  CHECK(Has(ended.output, "0 deviations: complete, 1 runs"));
  CHECK(Has(ended.output, "runs more with a neighbour, at most 1 deviation"));
  CHECK(Has(ended.output, "complete to 1 deviation on wsfc: no violation"));
  CHECK_FALSE(Has(ended.output, "not covered"));
  CHECK_FALSE(Has(ended.output, " 0 evaluations"));
}

TEST_CASE("an invariant that cannot be looked at says why") {
  const Ended ended =
      RunProgram({"explore", kVolume, "--deviations", "1", "--cluster", "pacemaker"});
  INFO(ended.output);
  CHECK(ended.code == 0);
  CHECK(Has(ended.output, "no_io_after_offline      0 evaluations, each call is a process"));
}

TEST_CASE("what violates an invariant is told, with its plan in a file") {
  const Folder dir;
  std::ifstream in(kVolume + "/volume.lua", std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string dismount = "  assert(vol:dismount())\n";
  text.replace(text.find(dismount), dismount.size(), "");
  const std::string policy = dir.Write("broken.lua", text);
  const Ended ended = RunProgram({"explore", policy, "-o", dir / "found.plan"});
  INFO(ended.output);
  CHECK(ended.code == 1);
  CHECK(Has(ended.output, "violated: dismount_before_offline"));
  CHECK(RunProgram({"replay", dir / "found.plan", policy}).code == 1);
}

TEST_CASE("what cannot be explored is a usage error") {
  CHECK(RunProgram({"explore", "no-such-policy"}).code == 2);
  CHECK(RunProgram({"explore", kVolume, "--set", "MountPiont=/mnt"}).code == 2);
  CHECK(RunProgram({"explore", kVolume, "--cluster", "none"}).code == 2);
}

TEST_CASE("Ctrl-C: what was explored so far, and how to go on") {
  Background explores({"explore", kVolume, "--deviations", "4"});
  REQUIRE(explores.Prints("1 deviation: complete"));
  explores.Signal(SIGINT);
  const Ended ended = explores.Wait();
  INFO(ended.output);
  CHECK(ended.code == 3);
  CHECK(Has(ended.output, "NOT complete beyond, complete to"));
  CHECK(Has(ended.output, "stopped by you. To go on: the same command"));
}

TEST_CASE("time that is up says so in the same way") {
  const Ended ended = RunProgram({"explore", kVolume, "--deviations", "4", "--seconds", "1"});
  INFO(ended.output);
  CHECK(ended.code == 3);
  CHECK(Has(ended.output, "stopped as its time was up. To go on: the same command with more"));
}

TEST_CASE("the bar of an exploration") {
  CHECK(Bar(1024, 0) == "1024 runs");
  CHECK(Bar(1024, 4096) == "[#######.......................] 25 %  1024 runs");
  CHECK(Bar(1, 4096) == "[..............................]  0 %  1 runs");
  CHECK(Bar(5000, 4096) == "[#############################.] 99 %  5000 runs");
}

}  // namespace
}  // namespace tidegate
