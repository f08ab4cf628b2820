// Reading and running them.
#include "host/apps/tidegate/simulate/regression_plans.h"

#include <fstream>
#include <iterator>

#include "host/sim/explore.h"
#include "host/sim/plan.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

bool IsFor(const std::string& plan, const std::string& cluster) {
  constexpr std::string_view kCluster = "# cluster: ";
  const std::size_t at = plan.find(kCluster);
  return at == plan.npos || plan.compare(at + kCluster.size(), cluster.size(), cluster) == 0;
}

// What is wrong with it; nothing when the policy survives.
std::string Failure(const std::string& name, const std::string& text,
                    const sim::Scenario& scenario) {
  const Result<sim::Plan> plan = sim::ParsePlan(text, name);
  if (!plan) return plan.error().detail;
  const Result<sim::RunResult> run = sim::RunPlan(scenario, *plan, false);
  if (!run) return run.error().detail;
  if (!run->violation) return "";
  return std::string(sim::Name(run->violation->invariant)) + ": " + run->violation->what;
}

}  // namespace

Result<PlanTexts> ReadPlans(const fs::path& folder) {
  PlanTexts plans;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder / "plans", error)) {
    if (entry.path().extension() != ".plan") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(in), {});
    if (!in) return Error{ErrorCode::kAccessDenied, "", entry.path().string() + ": cannot be read"};
    plans.emplace("plans/" + entry.path().filename().string(), std::move(text));
  }
  return plans;
}

PlansTried TryPlans(const PlanTexts& plans, const sim::Scenario& scenario,
                    const std::string& cluster) {
  PlansTried tried;
  for (const auto& [name, text] : plans) {
    if (!IsFor(text, cluster)) continue;
    ++tried.plans;
    const std::string failure = Failure(name, text, scenario);
    if (!failure.empty()) tried.failures.push_back(name + ": " + failure);
  }
  return tried;
}

}  // namespace tidegate
