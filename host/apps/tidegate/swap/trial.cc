// Trying, and telling what came of it.
#include "host/apps/tidegate/swap/trial.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/apps/shared/inspect.h"
#include "host/apps/shared/policy_file.h"
#include "host/apps/tidegate/simulate/regression_plans.h"
#include "host/apps/tidegate/simulate/simulate.h"
#include "host/apps/tidegate/simulate/test_run.h"
#include "host/core/line.h"
#include "host/core/text.h"
#include "host/core/trace_words.h"
#include "host/sim/explore.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kLineBytes = 240;

void TryScenarios(const fs::path& policy, const fs::path& folder, Trial& trial) {
  std::error_code error;
  if (!fs::exists(folder / kScenarios, error)) return;
  const Outcome ran = RunScenarios(policy, {}, [&](const Tested& test) {
    ++trial.scenarios;
    if (!test.failure.empty()) {
      trial.failures.push_back("scenario \"" + test.name + "\": " + test.failure);
    }
  });
  if (!ran) trial.failures.push_back(ran.error().detail);
}

void TryPlansOf(const fs::path& policy, const fs::path& folder, Trial& trial) {
  const Result<PlanTexts> plans = ReadPlans(folder);
  if (!plans) return trial.failures.push_back(plans.error().detail);
  if (plans->empty()) return;
  SimulateOptions options;
  options.policy = policy.string();
  const Result<sim::Scenario> scenario = ScenarioOf(options);
  if (!scenario) return trial.failures.push_back("plans: " + scenario.error().detail);
  const PlansTried tried = TryPlans(*plans, *scenario, options.cluster);
  trial.plans = tried.plans;
  for (const std::string& failure : tried.failures) trial.failures.push_back("plan " + failure);
}

std::string Span(const ReplayReport& report) {
  if (report.lines.empty()) return "nothing";
  return Text(Duration{report.lines.back().at.ns / 1'000'000'000 * 1'000'000'000});
}

std::string Replayed(const Trial& trial) {
  if (!trial.replayed) {
    return trial.not_replayed.empty() ? "" : "  recorder     " + trial.not_replayed + "\n";
  }
  const ReplayReport& report = *trial.replayed;
  std::string text = "  recorder     its last " + Span(report) +
                     " replayed: " + std::to_string(report.entry_points) + " entry points, " +
                     std::to_string(report.decisions) + " decisions the same\n";
  if (!report.fork) return text;
  const Fork& fork = *report.fork;
  text += "  differs      in " + fork.task + " at " + trace::Clock(fork.at - Instant{});
  if (!fork.where.empty()) text += ", " + PrintableLine(fork.where, kLineBytes);
  return text + "\n                 then  " + PrintableLine(fork.recorded, kLineBytes) +
         "\n                 now   " + PrintableLine(fork.now, kLineBytes) + "\n";
}

std::string Passed(const char* what, int count, const char* none) {
  std::string line = "  " + std::string(what);
  line.resize(15, ' ');
  return line + (count == 0 ? none : std::to_string(count) + " tried") + "\n";
}

}  // namespace

Result<Trial> Try(const fs::path& policy, const Trace* trace) {
  const Result<Inspected> inspected = Inspect(policy);
  if (!inspected) return inspected.error();
  Trial trial;
  trial.policy = inspected->manifest.name;
  trial.version = inspected->manifest.version;
  trial.digest = inspected->manifest.digest;
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    if (!inspected->manifest.capabilities.Has(static_cast<Capability>(i))) continue;
    trial.capabilities +=
        (trial.capabilities.empty() ? "" : ", ") + std::string(kCapabilityNames[i]);
  }
  const Result<fs::path> folder = PolicyFolder(policy);
  if (!folder) return folder.error();
  TryScenarios(policy, *folder, trial);
  TryPlansOf(policy, *folder, trial);
  if (trace == nullptr) return trial;
  Result<ReplayReport> replayed = Replay(*trace, inspected->compiled);
  if (replayed) {
    trial.replayed = std::move(*replayed);
    if (const auto& fork = trial.replayed->fork; fork && fork->error) {
      trial.failures.push_back("recorder: in " + fork->task + " it " + fork->now +
                               ", where the version before " + fork->recorded);
    }
  } else {
    trial.not_replayed = replayed.error().detail;
  }
  return trial;
}

std::string Text(const Trial& trial) {
  std::string text = "  verified     " + trial.policy + "@" + trial.digest.substr(0, 8) +
                     (trial.version.empty() ? "" : ", version " + trial.version) + ", may use " +
                     trial.capabilities + "\n";
  text += Passed("scenarios", trial.scenarios, "none beside it");
  text += Passed("plans", trial.plans, "none beside it");
  for (const std::string& failure : trial.failures) {
    text += "  failed       " + PrintableLine(failure, 2 * kLineBytes) + "\n";
  }
  return text + Replayed(trial);
}

Json JsonOf(const Trial& trial) {
  Json json = {{"policy", trial.policy},
               {"version", trial.version},
               {"policy_digest", trial.digest},
               {"capabilities", trial.capabilities},
               {"scenarios", trial.scenarios},
               {"plans", trial.plans},
               {"failures", trial.failures},
               {"passed", trial.passed()},
               {"replay", nullptr}};
  if (trial.replayed) {
    json["replay"] = {{"entry_points", trial.replayed->entry_points},
                      {"decisions", trial.replayed->decisions},
                      {"same", !trial.replayed->fork}};
    if (trial.replayed->fork) {
      const Fork& fork = *trial.replayed->fork;
      json["replay"]["fork"] = {{"entry_point", fork.task},
                                {"recorded", fork.recorded},
                                {"now", fork.now},
                                {"where", fork.where}};
    }
  }
  return json;
}

}  // namespace tidegate
