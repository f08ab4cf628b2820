// Every attack of this folder, in a host as in production, beside a healthy neighbour.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <cstdlib>
#include <set>

#include "tests/attacks/judge.h"
#include "tests/attacks/table.h"

namespace tidegate {
namespace {

using test::Attack;
using test::Battle;
using test::Outcry;
using test::ParsedAttack;

constexpr int kNumbers = 124;

// TIDEGATE_ATTACK=a02/021 runs what has that in its name.
bool Chosen(const Attack& attack) {
  const char* only = std::getenv("TIDEGATE_ATTACK");
  return only == nullptr || attack.file.find(only) != std::string::npos;
}

void Fight(int first, int last) {
  Battle battle;
  for (const ParsedAttack& parsed : test::AllAttacks()) {
    const Attack& attack = parsed.attack;
    if (attack.group < first || attack.group > last || !Chosen(attack)) continue;
    CHECK(parsed.problem == "");
    if (!parsed.problem.empty()) continue;
    const Outcry outcry = battle.Run(attack);
    test::Enter(attack, outcry);
    INFO(attack.file << ": " << attack.title);
    CHECK(test::WhatIsWrong(attack, outcry) == "");
  }
  CHECK(battle.NeighbourMissed() == "");
  test::EnterNeighbour(battle.neighbour_ticks());
}

TEST_CASE("attacks A1: on the way a kill is raised", "[attacks]") { Fight(1, 1); }
TEST_CASE("attacks A2: hangs inside C", "[attacks]") { Fight(2, 2); }
TEST_CASE("attacks A3: memory", "[attacks]") { Fight(3, 3); }
TEST_CASE("attacks A4: depth", "[attacks]") { Fight(4, 4); }
TEST_CASE("attacks A5: parser and loader", "[attacks]") { Fight(5, 5); }
TEST_CASE("attacks A6: escapes, libraries, metatables", "[attacks]") { Fight(6, 6); }
TEST_CASE("attacks A7: sizes and formats", "[attacks]") { Fight(7, 7); }
TEST_CASE("attacks A8: operations and yields", "[attacks]") { Fight(8, 8); }
TEST_CASE("attacks A9, A10: finalizers, errors, logs", "[attacks]") { Fight(9, 10); }
TEST_CASE("attacks A11, A12: determinism, swaps", "[attacks]") { Fight(11, 12); }

TEST_CASE("every attack's file says what it is", "[attacks]") {
  const std::vector<ParsedAttack> all = test::AllAttacks();
  for (const ParsedAttack& parsed : all) CHECK(parsed.problem == "");
  CHECK(all.size() >= 150);
}

TEST_CASE("every number of the list has a file, or a line that says why not", "[attacks]") {
  std::set<int> covered;
  for (const ParsedAttack& parsed : test::AllAttacks()) covered.insert(parsed.attack.number);
  const std::string readme =
      test::ReadFile(std::string(TIDEGATE_SOURCE_DIR) + "/tests/attacks/README.md");
  for (int n = 1; n <= kNumbers; ++n) {
    INFO("number " << n);
    const bool elsewhere = readme.find("\n| " + std::to_string(n) + " |") != std::string::npos;
    CHECK((covered.contains(n) || elsewhere));
  }
}

TEST_CASE("A3.44: twenty-four resources that run away at once", "[attacks]") {
  Battle battle;
  for (const char* name : {"a01/001_endless_loop.lua", "a03/036_nested.lua"}) {
    const std::string path = TIDEGATE_SOURCE_DIR "/tests/attacks/";
    const ParsedAttack parsed = test::ParseAttack(name, test::ReadFile(path + name));
    const std::vector<Outcry> outcries = battle.RunAtOnce(parsed.attack, 24);
    for (const Outcry& outcry : outcries) CHECK(test::WhatIsWrong(parsed.attack, outcry) == "");
  }
  CHECK(battle.NeighbourMissed() == "");
}

// --- The runner itself. ---

std::string Verdict(const std::string& head, const std::string& body) {
  const ParsedAttack parsed =
      test::ParseAttack("a01/test.lua", "-- A1.1: a test\n" + head +
                                            "local policy = { api = 1 }\n"
                                            "function policy.online() end\n"
                                            "function policy.offline() end\n"
                                            "function policy.is_alive(resource)\n" +
                                            body + "\nend\nreturn policy\n");
  if (!parsed.problem.empty()) return parsed.problem;
  Battle battle;
  return test::WhatIsWrong(parsed.attack, battle.Run(parsed.attack));
}

bool Complains(const std::string& verdict, const std::string& about) {
  INFO(verdict);
  CHECK(verdict.find(about) != std::string::npos);
  return verdict.find(about) != std::string::npos;
}

TEST_CASE("the runner tells a death from another", "[attacks]") {
  CHECK(Verdict("-- caught by: fuel\n", "while true do end") == "");
  CHECK(Complains(Verdict("-- caught by: memory\n", "while true do end"), "not so: caught by"));
  CHECK(Complains(Verdict("-- caught by: harmless\n", "assert(1) while true do end"),
                  "the sandbox lives"));
  CHECK(Complains(Verdict("-- caught by: error\n-- says: x\n", "while true do end"),
                  "an error ends it"));
}

TEST_CASE("the runner notices what does no harm, and what is never said", "[attacks]") {
  CHECK(Verdict("-- caught by: harmless\n", "assert(1) return true") == "");
  CHECK(Complains(Verdict("-- caught by: fuel\n", "return true"), "it ended well"));
  CHECK(Complains(Verdict("-- caught by: harmless\n", "error('x')"), "it runs to its end"));
  CHECK(Complains(Verdict("-- caught by: error\n-- says: y\n", "error('x')"), "says 'y'"));
  CHECK(Complains(Verdict("-- caught by: harmless\n-- logs: y\n", "return true"), "logs 'y'"));
  CHECK(
      Complains(Verdict("-- caught by: harmless\n-- never logs: yes\n", "print('yes') return true"),
                "never logs 'yes'"));
}

TEST_CASE("the runner tells a load from a run", "[attacks]") {
  CHECK(Complains(Verdict("-- caught by: refused\n-- in: load\n-- says: x\n", "return true"),
                  "it is refused"));
  CHECK(Complains(Verdict("-- caught by: harmless\n", "assert(1) return ="), "it loads, but"));
  CHECK(Complains(Verdict("-- caught by: fuel\n-- in: load\n", "return ="), "caught by fuel"));
}

TEST_CASE("a complaint on standard error is a complaint", "[attacks]") {
  test::Outcry outcry;
  outcry.endings.push_back({});
  CHECK(test::WhatIsWrong({}, outcry) == "");
  outcry.complained = "ouch";
  CHECK(Complains(test::WhatIsWrong({}, outcry), "standard error"));
  outcry.complained = "";
  outcry.logged = "2026 a\x1b[2J\n";
  CHECK(Complains(test::WhatIsWrong({}, outcry), "log lines are lines"));
}

TEST_CASE("an attack without an expectation is refused", "[attacks]") {
  const auto problem = [](const std::string& rest) {
    return test::ParseAttack("x.lua", "-- A1.1: x\n-- caught by: harmless\n" + rest).problem;
  };
  CHECK(problem("return true\n").find("must assert") != std::string::npos);
  CHECK(problem("-- assert(false)\nreturn true\n") != "");
  CHECK(problem("pcall(f) -- assert(false)\n") != "");
  CHECK(problem("assert(f)\n") == "");
  CHECK(problem("if f then error('f') end\n") == "");
  CHECK(problem("-- logs: not saved\n") == "");
  CHECK(problem("-- never logs: saved\n") == "");
}

TEST_CASE("a head that is not one is refused", "[attacks]") {
  const auto problem = [](const std::string& text) {
    return test::ParseAttack("x.lua", text).problem;
  };
  CHECK(problem("-- A1.1: x\n-- caught by: fuel\n") == "");
  CHECK(problem("-- caught by: fuel\n") != "");
  CHECK(problem("-- A1.1: x\n") != "");
  CHECK(problem("-- A1.1: x\n-- caught by: luck\n") != "");
  CHECK(problem("-- A1.1: x\n-- caught by: error\n") != "");
  CHECK(problem("-- A1.1: x\n-- caught by: fuel\n-- in: bed\n") != "");
  CHECK(problem("-- A1.1: x\n-- caught by: fuel\n-- source: expand x\n") != "");
}

TEST_CASE("a source is expanded in place", "[attacks]") {
  const ParsedAttack parsed = test::ParseAttack(
      "x.lua", "-- A1.1: x\n-- caught by: fuel\n-- source: expand 3 \"a\\\"\\n\"\nend\n");
  CHECK(parsed.attack.source.text.ends_with("fuel\na\"\na\"\na\"\n\nend\n"));
}

}  // namespace
}  // namespace tidegate
