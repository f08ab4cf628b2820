// Depth first over runs that share their beginnings, once for each number of deviations.
#include "host/sim/explore.h"

#include <algorithm>
#include <deque>
#include <set>
#include <unordered_map>
#include <utility>

#include "host/core/nearest.h"
#include "host/sim/known_states.h"

namespace tidegate::sim {
namespace {

// Events between two looks at a run that has nothing more to choose.
constexpr int kAskEvery = 16;

// As many as anybody can make: of a run that will not deviate any more, whatever it made so far.
constexpr int kMadeAll = 1'000'000;

// The nth pick of a run deviates.
struct Turning {
  std::size_t pick;
  int outcome;
};

// Of a run, the same each time that it is gone through; not 0.
std::uint32_t NumberOf(const std::vector<Turning>& way) {
  Digest digest;
  for (const auto& [pick, outcome] : way) {
    digest.Add(std::uint64_t{pick} << 16 | static_cast<std::uint64_t>(outcome));
  }
  return static_cast<std::uint32_t>(digest.value() >> 16) | 1u;
}

// Nominal but for the turnings, and notes what else there was to choose.
class Turnings final : public Choices {
 public:
  int Pick(const Site& site) override {
    const std::size_t pick = next_pick_++;
    sites.emplace_back(pick, site);
    if (next_ == way.size() || way[next_].pick != pick) return 0;
    return way[next_++].outcome;
  }
  void GoTo(std::size_t pick) {
    next_pick_ = pick;
    next_ = 0;
    while (next_ < way.size() && way[next_].pick < pick) ++next_;
  }
  std::size_t next_pick() const { return next_pick_; }

  std::vector<Turning> way;
  std::vector<std::pair<std::size_t, Site>> sites;

 private:
  std::size_t next_pick_ = 0;
  std::size_t next_ = 0;
};

// Where a run can deviate: before one of its events.
struct Fork {
  const Moment* moment = nullptr;
  std::size_t pick = 0;  // the first one after the moment
  std::vector<std::pair<std::size_t, Site>> sites;
};

// The forks of the run with so many deviations that is gone through now.
struct Level {
  std::deque<Fork> forks;
  std::size_t count = 0;
  std::deque<Moment> moments;
  std::size_t used = 0;

  Moment& NewMoment() {
    if (used == moments.size()) moments.emplace_back();
    return moments[used++];
  }
  Fork& NewFork() {
    if (count == forks.size()) forks.emplace_back();
    return forks[count++];
  }
};

class Explorer {
 public:
  Explorer(Simulation& run, const ExploreOptions& options)
      : run_(run), options_(options), saves_(options.moments && run.CanSave()) {}

  ExploreReport Explore() {
    const int most = options_.deviations + (options_.swaps ? 1 : 0);
    last_ = most;
    levels_.resize(static_cast<std::size_t>(most) + 1);
    bool going = true;
    for (int k = 0; going && k <= most; ++k) {
      most_ = k;
      before_ = report_.runs;
      going = Follow(0, nullptr);
      if (going) report_.deviations = std::min(k, options_.deviations);
      if (going && k < most && options_.deepens) options_.deepens(k, report_.runs);
    }
    if (!report_.violation) AddEvaluations();
    report_.complete = going;
    report_.states = states_.size();
    report_.digest = digest_.value();
    for (const auto& [outcome, name] : offered_) {
      if (counts_.contains(outcome)) {
        report_.covered[name] += counts_[outcome];
      } else {
        report_.not_covered.push_back(name);
      }
    }
    report_.outcomes = offered_.size();
    report_.call_sites = call_sites_.size();
    return std::move(report_);
  }

 private:
  // Goes on from `fork` by the way that is set, then deviates wherever it can. Whether to go on.
  bool Follow(int k, const Fork* fork) {
    if (options_.stop && options_.stop()) return false;
    Level& level = levels_[static_cast<std::size_t>(k)];
    level.count = level.used = 0;
    if (!Run(k, fork, level)) return false;
    if (k == 0) ways_ = Ways(level);
    for (std::size_t f = 0; f < level.count; ++f) {
      const Fork& from = level.forks[f];
      for (const auto& [pick, site] : from.sites) {
        for (std::size_t i = 1; i < site.menu.size(); ++i) {
          const bool swap = site.menu[i].fate == Fate::kPolicySwapped;
          if (options_.swaps && (swap ? swapped_ : k - (swapped_ ? 1 : 0) >= options_.deviations)) {
            continue;
          }
          if (k == 0 || !site.where.empty()) ++counts_[OutcomeKey(site, i)];
          choices_.way.push_back({pick, static_cast<int>(i)});
          const bool before = std::exchange(swapped_, swapped_ || swap);
          if (!Follow(k + 1, &from)) return false;
          if (k == 0) ++ways_done_;
          swapped_ = before;
          choices_.way.pop_back();
        }
      }
    }
    return true;
  }

  // Why a run that can still deviate is asked at each event where it stands, whether or not that
  // is its turn now: what it was asked then it must be asked again when it is gone through for
  // those that deviate from it, or two runs could each leave the same state to the other.
  bool Run(int k, const Fork* fork, Level& level) {
    const int left = most_ - k;
    if (k == most_) ++report_.runs;  // the others are gone through again
    const std::uint32_t number = NumberOf(choices_.way);
    Start(fork);
    run_.Where(k < 2 && left > 0);
    const std::uint64_t events_then = run_.events();
    const Instant began = run_.now();
    bool going = true;
    bool known = false;
    bool quiet = false;
    int since = 0;
    for (bool first = true; going && !known && !run_.violated(); first = false) {
      const bool forks = left > 0 && run_.MayDeviate();
      const std::size_t pick = choices_.next_pick();
      const bool anew = forks && saves_ && (!first || fork == nullptr);
      if (anew) run_.Save(level.NewMoment());
      const Moment* moment = anew ? &level.moments[level.used - 1] : fork ? fork->moment : nullptr;
      choices_.sites.clear();
      going = run_.Advance();
      const bool noted = forks && NoteFork(level, saves_ ? moment : nullptr, pick);
      if (anew && !noted) --level.used;
      // A run that begins anew has its turnings before it.
      // A run with nothing more to choose is asked less often: describing a state takes as long as
      // a few events.
      const bool turned = choices_.way.size() == run_.applied();
      const bool was_quiet = std::exchange(quiet, turned && run_.Quiet());
      if (turned) ++since;
      const bool may = k < last_ && run_.MayDeviate();
      const bool due = may || since % kAskEvery == 0 || (quiet && !was_quiet);
      const bool asks = options_.prune && run_.CanSave() && due;
      if (going && asks && turned) {
        known = !run_.violated() && states_.Seen(Standing(), may ? k : kMadeAll, number);
      }
    }
    report_.cut += known && k == most_ ? 1u : 0u;
    report_.events += run_.events() - events_then;
    report_.simulated = report_.simulated + (run_.now() - began);
    digest_.Add(run_.digest());
    if (k < 2 && !options_.swaps) Offer(k, level);  // it takes more than k to try all of them
    if (options_.progress && report_.runs % 1024 == 0) {
      options_.progress(report_.runs, Planned());
    }
    return Tally();
  }

  // How many first deviations there are with so many in all.
  std::size_t Ways(const Level& level) {
    ways_done_ = 0;
    std::size_t ways = 0;
    for (std::size_t f = 0; f < level.count; ++f) {
      for (const auto& [pick, site] : level.forks[f].sites) ways += site.menu.size() - 1;
    }
    return ways;
  }
  // As the runs below each first deviation are as many as below those that are done; 0: too early.
  std::uint64_t Planned() const {
    const bool last = most_ == static_cast<int>(levels_.size()) - 1;
    if (!last || ways_done_ == 0) return 0;
    return before_ + (report_.runs - before_) * ways_ / ways_done_;
  }

  // A run that may still be swapped can go on in more ways than one that may not.
  std::uint64_t Standing() {
    return run_.StateDigest() ^ (options_.swaps && swapped_ ? 0x9e3779b97f4a7c15 : 0);
  }

  void Start(const Fork* fork) {
    if (fork != nullptr && fork->moment != nullptr) {
      run_.Restore(*fork->moment);
      choices_.GoTo(fork->pick);
      return;
    }
    AddEvaluations();
    RunOptions options;
    run_.Begin(choices_, options);
    choices_.GoTo(0);
  }

  // What was violated; whether to go on.
  bool Tally() {
    if (!run_.violated()) return true;
    RunResult result = run_.Finish();
    report_.violation = result.violation;
    report_.plan = std::move(result.applied);
    AddEvaluations();
    return false;
  }

  void AddEvaluations() {
    for (std::size_t i = 0; i < report_.evaluations.size(); ++i) {
      report_.evaluations[i] += run_.evaluations()[i];
    }
  }

  // What can be chosen after the latest turning.
  bool NoteFork(Level& level, const Moment* moment, std::size_t pick) {
    std::size_t first = 0;
    if (!choices_.way.empty()) {
      while (first < choices_.sites.size() &&
             choices_.sites[first].first <= choices_.way.back().pick)
        ++first;
    }
    if (first == choices_.sites.size()) return false;
    Fork& fork = level.NewFork();
    fork.moment = moment;
    fork.pick = pick;
    fork.sites.assign(choices_.sites.begin() + static_cast<std::ptrdiff_t>(first),
                      choices_.sites.end());
    return true;
  }

  // Runs with at most one deviation say what there is to cover.
  void Offer(int k, const Level& level) {
    for (std::size_t f = 0; f < level.count; ++f) {
      for (const auto& [pick, site] : level.forks[f].sites) {
        if (site.where.empty() && k > 0) continue;
        if (!site.where.empty()) {
          call_sites_.insert(std::string(site.where) + " " + std::string(site.what));
        }
        for (std::size_t i = 1; i < site.menu.size(); ++i) {
          const auto [it, fresh] = offered_.try_emplace(OutcomeKey(site, i));
          if (fresh) it->second = OutcomeName(site, i);
        }
      }
    }
  }

  static std::string OutcomeName(const Site& site, std::size_t i) {
    return std::string(site.where) + (site.where.empty() ? "" : " ") + std::string(site.what) +
           " " + Text(site.menu[i]);
  }
  static std::uint64_t OutcomeKey(const Site& site, std::size_t i) {
    Digest digest;
    digest.Add(site.where);
    digest.Add(site.what);
    digest.Add((static_cast<std::uint64_t>(site.menu[i].fate) << 32) |
               static_cast<std::uint64_t>(site.menu[i].code));
    return digest.value();
  }

  Simulation& run_;
  const ExploreOptions& options_;
  const bool saves_;
  int most_ = 0;
  int last_ = 0;
  std::uint64_t before_ = 0;  // runs with fewer deviations
  std::size_t ways_ = 0;      // first deviations, and how many of them are done with
  std::size_t ways_done_ = 0;
  bool swapped_ = false;
  ExploreReport report_;
  Digest digest_;
  Turnings choices_;
  std::deque<Level> levels_;
  KnownStates states_;
  std::unordered_map<std::uint64_t, std::string> offered_;
  std::unordered_map<std::uint64_t, std::uint64_t> counts_;
  std::set<std::string> call_sites_;
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
