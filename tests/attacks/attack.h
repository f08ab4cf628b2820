// An Attack is one file of this folder: a complete policy, and in its first comments what must
// become of it. README.md has the format.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/entry_point.h"
#include "host/lua/compiled_policy.h"
#include "host/lua/limits.h"

namespace tidegate::test {

// What must end an attack, as the second line of its file names it.
enum class Caught { kFuel, kTime, kMemory, kError, kRefused, kHarmless };
constexpr std::string_view kCaughtNames[] = {"fuel",  "time",    "memory",
                                             "error", "refused", "harmless"};
constexpr std::string_view Name(Caught c) { return kCaughtNames[static_cast<int>(c)]; }

struct Attack {
  std::string file;  // "a02/015_empty_rep.lua"
  int group = 0;     // the 2 of A2.15
  int number = 0;    // the 15
  std::string title;
  Caught caught = Caught::kHarmless;
  bool in_load = false;  // or else in an entry point, or in a watch
  bool in_watch = false;
  EntryPoint entry = EntryPoint::kIsAlive;
  std::string says;  // a part of the message
  std::string logs;  // a part of a line of the host's log
  std::string never_logs;
  SandboxLimits limits;
  PolicySource source;
};

constexpr bool IsKill(Caught c) {
  return c == Caught::kFuel || c == Caught::kTime || c == Caught::kMemory;
}

// The problem is one line that names the file and what it lacks.
struct ParsedAttack {
  Attack attack;
  std::string problem;
};
ParsedAttack ParseAttack(const std::string& file, const std::string& text);

// Every attack below tests/attacks, by file name. A file that does not parse is its problem.
std::vector<ParsedAttack> AllAttacks();

}  // namespace tidegate::test
