// Judging what became of an attack.
#include "tests/attacks/judge.h"

#include <algorithm>
#include <cctype>

namespace tidegate::test {
namespace {

// Generous: machines are busy and sanitizers slow. What was really used is printed, to be read.
constexpr Duration kMargin = Seconds(20);
constexpr std::size_t kLogPrefix = 64;  // time, level, resource

class Judge {
 public:
  Judge(const Attack& attack, const Outcry& outcry) : attack_(attack), outcry_(outcry) {}

  std::string Complaints() {
    if (attack_.in_load) {
      Refused();
    } else if (!outcry_.refused.empty()) {
      Expect(false, "it loads, but: " + outcry_.refused);
    } else if (IsKill(attack_.caught)) {
      Killed();
    } else {
      Survived();
    }
    Around();
    return complaints_;
  }

 private:
  void Expect(bool so, const std::string& what) {
    if (!so) complaints_ += "not so: " + what + "\n";
  }
  static bool Has(const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
  }
  // "name.lua:12", a line that the file has, or one of a module.
  bool IsPlace(const std::string& where) const {
    const std::size_t colon = where.rfind(':');
    if (colon == where.npos || colon + 1 == where.size()) return false;
    const std::string line = where.substr(colon + 1);
    if (!std::ranges::all_of(line, [](unsigned char c) { return std::isdigit(c); })) return false;
    const std::string file = where.substr(0, colon);
    if (file == attack_.source.name) {
      return std::stol(line) <= std::ranges::count(attack_.source.text, '\n');
    }
    return std::ranges::any_of(attack_.source.modules,
                               [&](const Module& m) { return file == m.name + ".lua"; });
  }
  std::string LimitWord() const {
    if (attack_.caught == Caught::kFuel) return "fuel: ";
    if (attack_.caught == Caught::kTime) return "running time: ";
    return attack_.caught == Caught::kMemory ? "memory: " : "";
  }
  CauseKind LimitKind() const {
    if (attack_.caught == Caught::kFuel) return CauseKind::kFuelLimit;
    if (attack_.caught == Caught::kTime) return CauseKind::kTimeLimit;
    return CauseKind::kMemoryLimit;
  }

  void Refused() {
    const std::string& error = outcry_.refused;
    if (attack_.caught == Caught::kHarmless) return Expect(error.empty(), "it loads: " + error);
    Expect(!error.empty(), "it is refused");
    Expect(error.empty() || error.starts_with(attack_.source.name) || Has(error, ".lua"),
           "the refusal names the file: " + error);
    Expect(Has(error, attack_.says), "the refusal says '" + attack_.says + "': " + error);
    const bool limit = Has(error, "fuel: ") || Has(error, "memory: ") || Has(error, "time: ");
    Expect(IsKill(attack_.caught) ? Has(error, LimitWord()) : !limit,
           "caught by " + std::string(Name(attack_.caught)) + ": " + error);
  }

  void Killed() {
    for (const Ending& ending : outcry_.endings) {
      const Cause& cause = ending.verdict.cause;
      const std::string text = Text(cause);
      Expect(!ending.verdict.ok && cause.kind == LimitKind(),
             "caught by " + std::string(Name(attack_.caught)) + ": " + Told(ending.verdict));
      Expect(cause.message.starts_with(LimitWord()), "the message names the limit: " + text);
      Expect(Has(cause.message, attack_.says), "says '" + attack_.says + "': " + text);
      Expect(IsPlace(cause.where), "a line of the script is named: " + text);
      Expect(attack_.in_watch || cause.entry == attack_.entry, "the entry point: " + text);
      Expect(ending.dead, "the sandbox is dead");
      Expect(ending.usage.memory_bytes == 0, "its memory is gone");
    }
    if (outcry_.silent) Expect(false, "it came back and died again");
    if (outcry_.endings.size() < 2) return;
    Expect(outcry_.came_back, "the resource came back with a new sandbox");
    const Cause& first = outcry_.endings[0].verdict.cause;
    const Cause& second = outcry_.endings[1].verdict.cause;
    Expect(first.message == second.message && first.where == second.where,
           "it dies the same death twice: " + Text(first) + " / " + Text(second));
  }

  void Survived() {
    const Ending& ending = outcry_.endings.front();
    Expect(!ending.dead, "the sandbox lives: " + Told(ending.verdict));
    Expect(ending.usage.memory_peak <= attack_.limits.memory_bytes, "it stayed within its memory");
    if (attack_.caught == Caught::kHarmless) {
      Expect(ending.verdict.ok, "it runs to its end: " + Told(ending.verdict));
    } else {
      const std::string text = Text(ending.verdict.cause);
      Expect(!ending.verdict.ok && !IsKill(ending.verdict.cause.kind),
             "an error ends it: " + Told(ending.verdict));
      Expect(Has(text, attack_.says), "says '" + attack_.says + "': " + text);
    }
  }

  void Around() {
    Expect(attack_.logs.empty() || Has(outcry_.logged, attack_.logs),
           "logs '" + attack_.logs + "': " + outcry_.logged.substr(0, 2000));
    Expect(attack_.never_logs.empty() || !Has(outcry_.logged, attack_.never_logs),
           "never logs '" + attack_.never_logs + "': " + outcry_.logged.substr(0, 2000));
    Expect(outcry_.complained.empty(), "nothing on standard error: " + outcry_.complained);
    const Duration budget =
        attack_.caught == Caught::kTime ? attack_.limits.running_time + kMargin : kMargin;
    Expect(outcry_.measured.load <= kMargin, "a load ends in time");
    Expect(outcry_.measured.turn <= budget, "a turn ends in time");
    Expect(outcry_.measured.stretch <= kMargin, "the clock is looked at in time");
    std::size_t begin = 0;
    const std::string& logged = outcry_.logged;
    for (std::size_t end = 0; (end = logged.find('\n', begin)) != logged.npos; begin = end + 1) {
      const std::string line = logged.substr(begin, end - begin);
      Expect(line.size() <= limits::kLogLineBytes + kLogPrefix, "log lines are short");
      const bool plain =
          std::ranges::none_of(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
      Expect(plain && line.starts_with("20"), "log lines are lines: " + line);
    }
  }

  static std::string Told(const Verdict& verdict) {
    return verdict.ok ? "it ended well"
                      : std::string(Name(verdict.cause.kind)) + ", " + Text(verdict.cause);
  }

  const Attack& attack_;
  const Outcry& outcry_;
  std::string complaints_;
};

}  // namespace

std::string WhatIsWrong(const Attack& attack, const Outcry& outcry) {
  return Judge(attack, outcry).Complaints();
}

}  // namespace tidegate::test
