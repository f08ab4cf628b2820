// A Mutant is a policy with one defect: a shipped text with a piece or two replaced. The form of a
// file of them is at the top of tests/mutants/volume.mutants.
#pragma once

#include <set>

#include "tests/sim/lab.h"

namespace tidegate::sim::test {

struct Mutant {
  std::string policy;  // "volume"
  std::string name;
  std::set<Invariant> caught_by;
  ClusterKind cluster = ClusterKind::kWsfc;
  int deviations = 1;
  struct Edit {
    std::string from;
    std::string to;
  };
  std::vector<Edit> edits;
  int line = 0;

  // The error says why the piece cannot be replaced.
  Result<std::string> Text() const {
    std::string text = Shipped(policy);
    for (const auto& [from, to] : edits) {
      const std::size_t at = text.find(from);
      if (at == text.npos) return Error{ErrorCode::kNotFound, "", "no such piece: " + from};
      if (text.find(from, at + 1) != text.npos) {
        return Error{ErrorCode::kAlreadyExists, "", "more than once: " + from};
      }
      text.replace(at, from.size(), to);
    }
    return text;
  }
};

inline void ReadExpectation(Mutant& mutant, const std::string& text) {
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word == "on") {
      words >> word;
      REQUIRE(word == "pacemaker");
      mutant.cluster = ClusterKind::kPacemaker;
    } else if (word == "with") {
      words >> mutant.deviations >> word;
      REQUIRE(word == "deviations");
    } else {
      const std::optional<Invariant> invariant = InvariantNamed(word);
      INFO(mutant.policy << ".mutants:" << mutant.line << ": no invariant " << word);
      REQUIRE(invariant.has_value());
      mutant.caught_by.insert(*invariant);
    }
  }
}

inline std::vector<Mutant> MutantsOf(const std::string& policy) {
  std::istringstream in(ReadText("tests/mutants/" + policy + ".mutants"));
  std::vector<Mutant> mutants;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.starts_with("== ")) {
      mutants.push_back({});
      mutants.back().policy = policy;
      mutants.back().name = line.substr(3);
      mutants.back().line = number;
    } else if (line.starts_with("caught by ")) {
      ReadExpectation(mutants.back(), line.substr(10));
    } else if (line.starts_with("- ")) {
      mutants.back().edits.push_back({line.substr(2), ""});
    } else if (line.starts_with("+")) {
      mutants.back().edits.back().to = line.size() > 2 ? line.substr(2) : "";
    }
  }
  return mutants;
}

}  // namespace tidegate::sim::test
