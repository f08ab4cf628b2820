// Plans as text.
#include "host/core/fault.h"

#include <algorithm>
#include <array>

#include "host/core/digest.h"
#include "host/core/nearest.h"

namespace tidegate {
namespace {

constexpr std::array<std::string_view, kFates> kWords = {"nominal",
                                                         "fails",
                                                         "fails_after_effect",
                                                         "fails_from_now_on",
                                                         "slow",
                                                         "hangs",
                                                         "stale",
                                                         "crashes_before",
                                                         "crashes_after",
                                                         "host_killed",
                                                         "policy_swapped",
                                                         "intruder_opens",
                                                         "disk_gone",
                                                         "disk_read_only",
                                                         "disk_full",
                                                         "reservation_lost",
                                                         "partitioned",
                                                         "partitioned_one_way",
                                                         "clock_steps",
                                                         "clock_drifts",
                                                         "reboots",
                                                         "operator_moves",
                                                         "operator_takes_offline",
                                                         "second_first",
                                                         "other_reading"};

bool NeedsCode(Fate fate) {
  return fate == Fate::kFails || fate == Fate::kFailsAfterEffect || fate == Fate::kFailsFromNowOn;
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

std::string NearestFault(std::string_view wrong) {
  const std::string_view word = wrong.substr(0, wrong.find(' '));
  if (std::ranges::find(kWords, word) != kWords.end() && word != kWords[0]) {
    return "; written like \"fails NOT_READY\" or \"hangs\"";
  }
  return Suggestion(word, std::span(kWords).subspan(1));
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
  const std::optional<Fault> fault = ParseFault(line);
  if (!fault) {
    return Wrong(file, number, "no outcome \"" + std::string(line) + "\"" + NearestFault(line));
  }
  Deviation deviation;
  deviation.label = std::string(node) + " " + std::string(resource) + " " + std::string(site);
  deviation.key = SiteKey(node, resource, site.substr(0, hash), *nth);
  deviation.outcome = *fault;
  deviation.line = number;
  return deviation;
}

}  // namespace

std::string_view Word(Fate fate) { return kWords[static_cast<std::size_t>(fate)]; }

std::string Text(const Fault& fault) {
  std::string text(Word(fault.fate));
  if (NeedsCode(fault.fate)) text += " " + std::string(Name(fault.code)).substr(6);
  return text;
}

std::optional<Fault> ParseFault(std::string_view text) {
  const std::size_t space = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, space);
  const std::string_view rest = text.substr(std::min(space + 1, text.size()));
  for (std::size_t i = 1; i < kWords.size(); ++i) {
    if (kWords[i] != word) continue;
    Fault fault{static_cast<Fate>(i), {}};
    if (NeedsCode(fault.fate) == rest.empty()) return std::nullopt;
    if (rest.empty()) return fault;
    const std::optional<ErrorCode> code = ErrorCodeNamed(rest);
    if (!code) return std::nullopt;
    fault.code = *code;
    return fault;
  }
  return std::nullopt;
}

std::uint64_t SiteKey(std::string_view node, std::string_view resource, std::string_view what,
                      int nth) {
  Digest digest;
  digest.Add(node);
  digest.Add(resource);
  digest.Add(what);
  digest.Add(static_cast<std::uint64_t>(nth));
  return digest.value();
}

std::optional<Label> ParseLabel(std::string_view label) {
  Label parts;
  parts.node = TakeWord(label);
  parts.resource = TakeWord(label);
  const std::string_view site = TakeWord(label);
  const std::size_t hash = site.rfind('#');
  if (!label.empty() || hash == site.npos || hash == 0) return std::nullopt;
  const std::optional<int> nth = ParseNth(site.substr(hash + 1));
  if (!nth) return std::nullopt;
  parts.what = site.substr(0, hash);
  parts.nth = *nth;
  return parts;
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

}  // namespace tidegate
