// Plans as text.
#include "host/sim/plan.h"

#include <array>

#include "host/core/digest.h"
#include "host/core/nearest.h"

namespace tidegate::sim {
namespace {

std::uint64_t KeyOf(std::string_view node, std::string_view resource, std::string_view what,
                    int nth) {
  Digest digest;
  digest.Add(node);
  digest.Add(resource);
  digest.Add(what);
  digest.Add(static_cast<std::uint64_t>(nth));
  return digest.value();
}

std::string_view TakeWord(std::string_view& line) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  line.remove_prefix(begin);
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return word;
}

std::optional<int> ParseNth(std::string_view text) {
  if (text.empty() || text.size() > 6) return std::nullopt;
  int n = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    n = n * 10 + (c - '0');
  }
  return n > 0 ? std::optional(n) : std::nullopt;
}

Error Wrong(std::string_view file, int line, std::string_view what) {
  return {ErrorCode::kInvalidData, "",
          std::string(file) + ":" + std::to_string(line) + ": " + std::string(what)};
}

std::string NearestOutcome(std::string_view wrong) {
  static constexpr std::array<std::string_view, 5> kExamples = {
      "fails NOT_READY", "fails_after_effect ACCESS_DENIED", "hangs", "slow", "crashes_before"};
  std::vector<std::string> words;
  std::vector<std::string_view> known;
  for (int fate = 1; fate < kFates; ++fate) {
    std::string text = Text(Outcome{static_cast<Fate>(fate), ErrorCode::kNotReady});
    words.push_back(text.substr(0, text.find(' ')));
  }
  for (const std::string& word : words) known.push_back(word);
  const std::string_view word = wrong.substr(0, wrong.find(' '));
  for (const std::string& w : words) {
    if (w == word) return "; written like \"" + std::string(kExamples[0]) + "\" or \"hangs\"";
  }
  return Suggestion(word, known);
}

Result<Deviation> ParseLine(std::string_view line, std::string_view file, int number) {
  const std::string_view node = TakeWord(line);
  const std::string_view resource = TakeWord(line);
  const std::string_view site = TakeWord(line);
  const std::size_t hash = site.rfind('#');
  if (resource.empty() || hash == site.npos || hash == 0) {
    return Wrong(file, number,
                 "expected NODE RESOURCE SITE#N OUTCOME, such as "
                 "\"A vol1 volume.offline#1 fails NOT_READY\"");
  }
  const std::optional<int> nth = ParseNth(site.substr(hash + 1));
  if (!nth) return Wrong(file, number, "after # comes which one it is, a number from 1 on");
  while (line.ends_with(' ')) line.remove_suffix(1);
  const std::optional<Outcome> outcome = ParseOutcome(line);
  if (!outcome) {
    return Wrong(file, number, "no outcome \"" + std::string(line) + "\"" + NearestOutcome(line));
  }
  Deviation deviation;
  deviation.label = std::string(node) + " " + std::string(resource) + " " + std::string(site);
  deviation.key = KeyOf(node, resource, site.substr(0, hash), *nth);
  deviation.outcome = *outcome;
  deviation.line = number;
  return deviation;
}

}  // namespace

std::uint64_t Site::key() const { return KeyOf(node, resource, what, nth); }

std::string Site::label() const {
  return std::string(node) + " " + std::string(resource) + " " + std::string(what) + "#" +
         std::to_string(nth);
}

Deviation MakeDeviation(const Site& site, const Outcome& outcome) {
  return {site.label(), site.key(), outcome, 0};
}

std::string Text(const Plan& plan) {
  std::string text;
  for (const Deviation& d : plan) text += d.label + " " + Text(d.outcome) + "\n";
  return text;
}

Result<Plan> ParsePlan(std::string_view text, std::string_view file) {
  Plan plan;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == line.npos || line[begin] == '#') continue;
    Result<Deviation> deviation = ParseLine(line.substr(begin), file, number);
    if (!deviation) return deviation.error();
    for (const Deviation& other : plan) {
      if (other.key != deviation->key) continue;
      return Wrong(file, number,
                   deviation->label + " deviates already in line " + std::to_string(other.line));
    }
    plan.push_back(std::move(*deviation));
  }
  return plan;
}

}  // namespace tidegate::sim
