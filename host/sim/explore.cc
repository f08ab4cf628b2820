// Breadth first over plans.
#include "host/sim/explore.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

#include "host/core/nearest.h"

namespace tidegate::sim {
namespace {

// Where a run can deviate again: everything it met after its last deviation.
struct Branch {
  Plan plan;
  std::vector<Site> sites;
};

class Explorer {
 public:
  Explorer(Simulation& run, const ExploreOptions& options) : run_(run), options_(options) {}

  ExploreReport Explore() {
    std::vector<Branch> level;
    bool going = Try({}, 0, level);
    for (int k = 1; going && k <= options_.deviations; ++k) {
      std::vector<Branch> next;
      for (const Branch& branch : level) {
        if (!(going = Expand(branch, k, next))) break;
      }
      if (going) report_.deviations = k;
      level = std::move(next);
    }
    report_.complete = going;
    report_.digest = digest_.value();
    for (const std::string& outcome : offered_) {
      if (!report_.covered.contains(outcome)) report_.not_covered.push_back(outcome);
    }
    report_.outcomes = offered_.size();
    return std::move(report_);
  }

 private:
  bool Expand(const Branch& branch, int k, std::vector<Branch>& next) {
    Plan plan = branch.plan;
    plan.emplace_back();
    for (const Site& site : branch.sites) {
      for (std::size_t i = 1; i < site.menu.size(); ++i) {
        if (k > 1 && options_.represent && Represented(site, i)) {
          ++report_.represented;
          continue;
        }
        plan.back() = MakeDeviation(site, site.menu[i]);
        if (!Try(plan, k, next)) return false;
        if (k == 1) Learn(site, i);
      }
    }
    return true;
  }

  // Of each pair of a menu's failures: whether they ever behaved differently.
  void Learn(const Site& site, std::size_t i) {
    if (site.menu[i].fate != Fate::kFails) return;
    if (i == 1) behaviours_.clear();
    behaviours_.resize(i + 1);
    behaviours_[i] = behaviour_;
    for (std::size_t j = 1; j < i; ++j) {
      if (behaviours_[j] != behaviour_) differ_.insert({site.what, j, i});
    }
    if (i == 1) learnt_.insert(site.what);
  }

  bool Represented(const Site& site, std::size_t i) const {
    if (site.menu[i].fate != Fate::kFails || !learnt_.contains(site.what)) return false;
    for (std::size_t j = 1; j < i; ++j) {
      if (!differ_.contains({site.what, j, i})) return true;
    }
    return false;
  }

  // Whether to go on.
  bool Try(const Plan& plan, int k, std::vector<Branch>& next) {
    if (options_.stop && options_.stop()) return false;
    sites_.clear();
    const int left = options_.deviations - k;
    RunOptions run;
    run.sites = &sites_;
    run.deviations = k;
    if (options_.prune) {
      run.known = [this, left](std::uint64_t state) { return Known(state, left); };
    }
    PlannedChoices choices(plan);
    current_ = ++report_.runs;
    const RunResult result = run_.Run(choices, run);
    digest_.Add(result.digest);
    behaviour_ = result.behaviour;
    report_.cut += result.cut ? 1u : 0u;
    report_.events += result.events;
    report_.simulated = report_.simulated + result.simulated;
    for (std::size_t i = 0; i < report_.evaluations.size(); ++i) {
      report_.evaluations[i] += result.evaluations[i];
    }
    if (k == 1) ++report_.covered[OutcomeName(sites_, plan.back())];
    if (options_.progress && report_.runs % 256 == 0) options_.progress(report_.runs, 0);
    if (result.violation) {
      report_.violation = result.violation;
      report_.plan = result.applied;
      return false;
    }
    if (left > 0) Keep(plan, next);
    return true;
  }

  void Keep(const Plan& plan, std::vector<Branch>& next) {
    std::size_t first = 0;
    if (!plan.empty()) {
      const auto last = std::ranges::find(sites_, plan.back().key, &Site::key);
      first = static_cast<std::size_t>(last - sites_.begin()) + 1;
    } else {
      Offer();
    }
    if (first >= sites_.size()) return;
    next.push_back({plan, {sites_.begin() + static_cast<std::ptrdiff_t>(first), sites_.end()}});
  }

  // The nominal run says what there is to cover.
  void Offer() {
    for (const Site& site : sites_) {
      for (std::size_t i = 1; i < site.menu.size(); ++i) {
        offered_.insert(std::string(site.what) + " " + Text(site.menu[i]));
      }
    }
  }

  static std::string OutcomeName(const std::vector<Site>& sites, const Deviation& deviation) {
    const auto site = std::ranges::find(sites, deviation.key, &Site::key);
    const std::string what = site == sites.end() ? "?" : std::string(site->what);
    return what + " " + Text(deviation.outcome);
  }

  // A state that was left with at least as many deviations to come is done; one that the same run
  // was in before is not news, but no end either.
  bool Known(std::uint64_t state, int left) {
    const auto [it, fresh] = states_.try_emplace(state, Seen{left, current_});
    if (fresh) return false;
    if (it->second.run == current_) return false;
    if (it->second.left >= left) return true;
    it->second = {left, current_};
    return false;
  }

  struct Seen {
    int left;
    std::uint64_t run;
  };

  Simulation& run_;
  const ExploreOptions& options_;
  ExploreReport report_;
  Digest digest_;
  std::vector<Site> sites_;
  std::set<std::string> offered_;
  std::unordered_map<std::uint64_t, Seen> states_;
  std::uint64_t current_ = 0;
  std::uint64_t behaviour_ = 0;  // of the latest run
  std::vector<std::uint64_t> behaviours_;
  std::set<std::string_view> learnt_;
  std::set<std::tuple<std::string_view, std::size_t, std::size_t>> differ_;
};

}  // namespace

Result<ExploreReport> Explore(const Scenario& scenario, const ExploreOptions& options) {
  Result<std::unique_ptr<Simulation>> run = Simulation::Create(scenario);
  if (!run) return run.error();
  return Explorer(**run, options).Explore();
}

Result<RunResult> RunPlan(const Scenario& scenario, const Plan& plan, bool story) {
  Result<std::unique_ptr<Simulation>> run = Simulation::Create(scenario);
  if (!run) return run.error();
  PlannedChoices choices(plan);
  RunOptions options;
  options.story = story;
  return (*run)->Run(choices, options);
}

std::vector<std::string> NotApplied(const Plan& plan, const RunResult& result,
                                    const std::vector<Site>& sites) {
  std::vector<std::string> lines;
  for (const Deviation& deviation : plan) {
    if (std::ranges::find(result.applied, deviation) != result.applied.end()) continue;
    std::set<std::string> labels;
    for (const Site& site : sites) labels.insert(site.label());
    std::vector<std::string_view> known(labels.begin(), labels.end());
    const bool met = labels.contains(deviation.label);
    lines.push_back(deviation.label + " " + Text(deviation.outcome) + " never took place" +
                    (met ? ": this site does not offer it" : Suggestion(deviation.label, known)));
  }
  return lines;
}

}  // namespace tidegate::sim
