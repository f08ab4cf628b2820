// Trying a pack on virtual time.
#include "host/apps/tidegate/pack/trial.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <unistd.h>

#include "host/apps/shared/inspect.h"
#include "host/apps/shared/policy_file.h"
#include "host/apps/tidegate/simulate/regression_plans.h"
#include "host/apps/tidegate/simulate/simulate.h"
#include "host/apps/tidegate/simulate/test_run.h"
#include "host/sim/explore.h"
#include "host/sim/shrink.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

Error Failed(std::string detail) { return {ErrorCode::kInvalidData, "", std::move(detail)}; }

Result<Inspected> Load(const Pack& pack) {
  auto compiled = CompileSource(SourceOf(pack));
  if (!compiled) return compiled.error();
  return Inspect(std::move(*compiled));
}

// The pack's files in a folder of their own, gone with this. Scenarios are run from files.
class Laid {
 public:
  static Result<std::unique_ptr<Laid>> Out(const PackFiles& files) {
    std::error_code error;
    std::string folder =
        (fs::temp_directory_path(error) / "tidegate-pack-").string() + std::string(6, 'X');
    if (error || mkdtemp(folder.data()) == nullptr) {
      return Error{ErrorCode::kWriteProtect, "", folder + ": no temporary folder can be made"};
    }
    std::unique_ptr<Laid> laid(new Laid(folder));
    for (const auto& [path, bytes] : files) {
      const fs::path file = laid->folder_ / path;
      fs::create_directories(file.parent_path(), error);
      if (!WriteText(file.string(), bytes)) {
        return Error{ErrorCode::kDiskFull, "", file.string() + ": cannot be written"};
      }
    }
    return laid;
  }
  ~Laid() {
    std::error_code error;
    fs::remove_all(folder_, error);
  }
  Laid(const Laid&) = delete;
  Laid& operator=(const Laid&) = delete;
  const fs::path& folder() const { return folder_; }

 private:
  explicit Laid(fs::path folder) : folder_(std::move(folder)) {}
  fs::path folder_;
};

class Trial {
 public:
  Trial(const Pack& pack, Inspected policy, Properties properties)
      : pack_(pack), policy_(std::move(policy)), properties_(std::move(properties)) {}

  Outcome RunAll(Evidence& evidence) {
    const EvidenceWanted& wanted = pack_.manifest.evidence;
    for (const auto& [name, deviations] :
         {std::pair("wsfc", wanted.wsfc), std::pair("pacemaker", wanted.pacemaker)}) {
      if (deviations < 0) continue;
      if (Outcome ran = RunScenarios(name, evidence); !ran) return ran;
      if (Outcome ran = RunPlans(name, evidence); !ran) return ran;
      if (Outcome ran = Explore(name, deviations, evidence); !ran) return ran;
    }
    return Ok();
  }

 private:
  Outcome RunScenarios(const std::string& cluster, Evidence& evidence);
  Outcome RunPlans(const std::string& cluster, Evidence& evidence);
  Outcome Explore(const std::string& cluster, int deviations, Evidence& evidence);
  sim::Scenario ScenarioOn(const std::string& cluster) const;

  const Pack& pack_;
  Inspected policy_;
  Properties properties_;
};

sim::Scenario Trial::ScenarioOn(const std::string& cluster) const {
  const auto kind = cluster == "pacemaker" ? sim::ClusterKind::kPacemaker : sim::ClusterKind::kWsfc;
  sim::Scenario scenario = sim::Standard(policy_.compiled, kind);
  scenario.properties = properties_;
  return scenario;
}

Outcome Trial::RunScenarios(const std::string& cluster, Evidence& evidence) {
  if (!pack_.files.contains(kScenarios)) return Ok();
  const Result<std::unique_ptr<Laid>> laid = Laid::Out(pack_.files);
  if (!laid) return laid.error();
  TestCommandOptions options;
  options.cluster = cluster;
  std::string failure;
  const Outcome ran = tidegate::RunScenarios((*laid)->folder(), options, [&](Tested test) {
    ++evidence.scenarios;
    if (!test.failure.empty() && failure.empty()) {
      failure = "the scenario \"" + test.name + "\" fails on " + test.cluster + ": " +
                test.failure + (test.plan.empty() ? "" : "\nplan:\n" + test.plan);
    }
  });
  if (!ran) return ran;
  if (failure.empty()) return Ok();
  return Failed(failure);
}

Outcome Trial::RunPlans(const std::string& cluster, Evidence& evidence) {
  PlanTexts plans;
  for (const auto& [path, text] : pack_.files) {
    if (path.starts_with("plans/") && path.ends_with(".plan")) plans.emplace(path, text);
  }
  const PlansTried tried = TryPlans(plans, ScenarioOn(cluster), cluster);
  evidence.plans += tried.plans;
  if (tried.failures.empty()) return Ok();
  return Failed("the plan " + tried.failures.front() + " (on " + cluster + ")");
}

Outcome Trial::Explore(const std::string& cluster, int deviations, Evidence& evidence) {
  const sim::Scenario scenario = ScenarioOn(cluster);
  sim::ExploreOptions options;
  options.deviations = deviations;
  std::optional<ProgressBar> bar(std::in_place, "exploring on " + cluster);
  options.progress = bar->Teller();
  const Result<sim::ExploreReport> report = sim::Explore(scenario, options);
  bar.reset();
  if (!report) return report.error();
  if (report->violation) {
    const Result<sim::Shrunk> shrunk = sim::Shrink(scenario, report->plan);
    const sim::Violation& violation = shrunk ? shrunk->violation : *report->violation;
    return Failed("explored on " + cluster + ", it violates " +
                  std::string(sim::Name(violation.invariant)) + ": " + violation.what +
                  "\nplan:\n" + sim::Text(shrunk ? shrunk->plan : report->plan));
  }
  char digest[17];
  std::snprintf(digest, sizeof digest, "%016llx", static_cast<unsigned long long>(report->digest));
  evidence.explored.push_back({.cluster = cluster,
                               .deviations = report->deviations,
                               .runs = static_cast<std::int64_t>(report->runs),
                               .states = static_cast<std::int64_t>(report->states),
                               .outcomes = static_cast<std::int64_t>(report->outcomes),
                               .covered = static_cast<std::int64_t>(report->covered.size()),
                               .call_sites = static_cast<std::int64_t>(report->call_sites),
                               .digest = digest});
  return Ok();
}

}  // namespace

Outcome CheckPolicy(const Pack& pack) {
  const Result<Inspected> policy = Load(pack);
  if (!policy) return policy.error();
  return CheckCode(pack, policy->manifest);
}

Result<Evidence> Try(const Pack& pack) {
  Result<Inspected> policy = Load(pack);
  if (!policy) return policy.error();
  if (Outcome agree = CheckCode(pack, policy->manifest); !agree) return agree.error();
  Result<Properties> properties = SimulatedProperties(policy->manifest, pack.manifest.evidence.set);
  if (!properties) return properties.error();
  Evidence evidence{.tool = TIDEGATE_VERSION, .code = CodeDigest(pack.files), .explored = {}};
  Trial trial(pack, std::move(*policy), std::move(*properties));
  if (Outcome ran = trial.RunAll(evidence); !ran) return ran.error();
  return evidence;
}

}  // namespace tidegate
