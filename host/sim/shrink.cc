// Fewer deviations first, plainer ones after.
#include "host/sim/shrink.h"

#include <algorithm>

namespace tidegate::sim {
namespace {

class Shrinker {
 public:
  Shrinker(Simulation& run, const Violation& failure) : run_(run), failure_(failure) {}

  Shrunk Shrink(Plan plan) {
    while (DropSome(plan)) {
    }
    for (Deviation& deviation : plan) Simplify(plan, deviation);
    const RunResult last = Run(plan);
    return {last.applied, *last.violation, runs_};
  }

 private:
  // Halves first, so that a long random plan is short soon; then one by one.
  bool DropSome(Plan& plan) {
    for (std::size_t size = std::max<std::size_t>(plan.size() / 2, 1); size > 0; size /= 2) {
      for (std::size_t at = 0; at + size <= plan.size(); at += size) {
        Plan less = plan;
        less.erase(less.begin() + static_cast<std::ptrdiff_t>(at),
                   less.begin() + static_cast<std::ptrdiff_t>(at + size));
        if (!Fails(less)) continue;
        plan = std::move(less);
        return true;
      }
    }
    return false;
  }

  // A plain failure of the same operation says more than a stranger fate.
  void Simplify(const Plan& plan, Deviation& deviation) {
    const Outcome was = deviation.outcome;
    if (was.fate == Fate::kFails || was.code == ErrorCode::kSuccess) return;
    deviation.outcome.fate = Fate::kFails;
    if (!Fails(plan)) deviation.outcome = was;
  }

  bool Fails(const Plan& plan) {
    const RunResult result = Run(plan);
    return result.violation && SameFailure(*result.violation, failure_);
  }

  RunResult Run(const Plan& plan) {
    ++runs_;
    PlannedChoices choices(plan);
    return run_.Run(choices);
  }

  Simulation& run_;
  Violation failure_;
  std::uint64_t runs_ = 0;
};

}  // namespace

Result<Shrunk> Shrink(const Scenario& scenario, const Plan& plan) {
  Result<std::unique_ptr<Simulation>> run = Simulation::Create(scenario);
  if (!run) return run.error();
  PlannedChoices choices(plan);
  const RunResult first = (*run)->Run(choices);
  if (!first.violation) {
    return Error{ErrorCode::kInvalidData, "", "the plan violates no invariant: nothing to shrink"};
  }
  return Shrinker(**run, *first.violation).Shrink(first.applied);
}

}  // namespace tidegate::sim
