// Decisions side by side.
#include "host/sim/compare.h"

#include <map>
#include <set>

namespace tidegate::sim {
namespace {

bool IsDecision(const Line& line) { return line.mark == '-' || line.mark == '='; }

// Without the places in the script: "... (volume.lua:84)" moves with every edit above it.
std::string WithoutLines(std::string text) {
  for (std::size_t at = text.find(".lua:"); at != text.npos; at = text.find(".lua:", at)) {
    std::size_t end = at + 5;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    const std::size_t begin = text.find_last_of(" (", at) + 1;
    text.erase(begin, end - begin);
    at = begin;
  }
  return text;
}

bool Same(const Line& a, const Line& b) {
  return a.mark == b.mark && a.node == b.node && a.resource == b.resource &&
         WithoutLines(a.text) == WithoutLines(b.text);
}

// What an instance decided, in its own order: which of two nodes was faster is no decision.
using Decisions = std::map<std::pair<std::string, std::string>, std::vector<const Line*>>;

Decisions DecisionsOf(const std::vector<Line>& lines) {
  Decisions decisions;
  for (const Line& line : lines) {
    if (IsDecision(line)) decisions[{line.node, line.resource}].push_back(&line);
  }
  return decisions;
}

class Comparer {
 public:
  Comparer(Simulation& before, Simulation& after) : before_(before), after_(after) {}

  void Try(const Plan& plan, std::vector<Site>* sites = nullptr, bool given = false) {
    ++report_.plans;
    const RunResult then = Run(before_, plan, sites, false);
    const RunResult now = Run(after_, plan, sites, false);
    if (given) NoteNotApplied(plan, then, now, *sites);
    if (then.digest == now.digest) return;
    const RunResult then_told = Run(before_, plan, nullptr, true);
    const RunResult now_told = Run(after_, plan, nullptr, true);
    const auto difference = FirstDifference(then_told.lines, now_told.lines);
    if (!difference) return;
    ++report_.different;
    const std::string key = KeyOf(difference->first) + "\n" + KeyOf(difference->second);
    const auto [it, fresh] = known_.try_emplace(key, report_.differences.size());
    if (fresh) report_.differences.push_back({plan, difference->first, difference->second, 0});
    ++report_.differences[it->second].plans;
  }

  CompareReport Take() { return std::move(report_); }
  std::uint64_t plans() const { return report_.plans; }

 private:
  // What a plan says that took place in neither version.
  void NoteNotApplied(const Plan& plan, const RunResult& then, const RunResult& now,
                      const std::vector<Site>& sites) {
    RunResult either;
    either.applied = then.applied;
    either.applied.insert(either.applied.end(), now.applied.begin(), now.applied.end());
    for (std::string& line : NotApplied(plan, either, sites)) {
      report_.not_applied.push_back(std::move(line));
    }
  }

  // The same decision on another node, or under another code, is the same difference.
  static std::string KeyOf(const Line& line) {
    const std::string text = WithoutLines(line.text);
    return line.mark + text.substr(0, text.find(' '));
  }

  static RunResult Run(Simulation& run, const Plan& plan, std::vector<Site>* sites, bool story) {
    RunOptions options;
    options.sites = sites;
    options.story = story;
    PlannedChoices choices(plan);
    return run.Run(choices, options);
  }

  Simulation& before_;
  Simulation& after_;
  CompareReport report_;
  std::map<std::string, std::size_t> known_;
};

}  // namespace

std::optional<std::pair<Line, Line>> FirstDifference(const std::vector<Line>& before,
                                                     const std::vector<Line>& after) {
  const Decisions then = DecisionsOf(before);
  Decisions now = DecisionsOf(after);
  for (const auto& [who, lines] : then) now.try_emplace(who);
  std::optional<std::pair<Line, Line>> first;
  Instant first_at;
  for (const auto& [who, lines] : now) {
    const auto it = then.find(who);
    const std::vector<const Line*> none;
    const std::vector<const Line*>& old = it == then.end() ? none : it->second;
    std::size_t i = 0;
    while (i < old.size() && i < lines.size() && Same(*old[i], *lines[i])) ++i;
    if (i == old.size() && i == lines.size()) continue;
    std::pair<Line, Line> here;
    if (i < old.size()) here.first = *old[i];
    if (i < lines.size()) here.second = *lines[i];
    const Instant at = i < old.size() && i < lines.size()
                           ? std::min(old[i]->at, lines[i]->at)
                           : (i < old.size() ? old[i]->at : lines[i]->at);
    if (first && first_at <= at) continue;
    first = std::move(here);
    first_at = at;
  }
  return first;
}

Result<CompareReport> Compare(const Scenario& before, const Scenario& after,
                              const std::vector<Plan>& more, bool single_deviations,
                              const std::function<void(std::uint64_t)>& progress) {
  Result<std::unique_ptr<Simulation>> then = Simulation::Create(before);
  if (!then) return then.error();
  Result<std::unique_ptr<Simulation>> now = Simulation::Create(after);
  if (!now) return now.error();
  Comparer comparer(**then, **now);
  std::vector<Site> sites;
  comparer.Try({}, &sites);
  std::set<std::pair<std::uint64_t, std::string>> done;
  for (const Site& site : single_deviations ? sites : std::vector<Site>()) {
    for (std::size_t i = 1; i < site.menu.size(); ++i) {
      if (!done.insert({site.key(), Text(site.menu[i])}).second) continue;
      comparer.Try({MakeDeviation(site, site.menu[i])});
      if (progress) progress(comparer.plans());
    }
  }
  for (const Plan& plan : more) {
    sites.clear();
    comparer.Try(plan, &sites, true);
  }
  return comparer.Take();
}

}  // namespace tidegate::sim
