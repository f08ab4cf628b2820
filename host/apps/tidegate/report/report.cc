// Making reports.
#include "host/apps/tidegate/report/report.h"

#include <cstdio>
#include <filesystem>

#include "host/apps/shared/policy_file.h"
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/replay.h"
#include "host/apps/tidegate/report/report_data.h"
#include "host/apps/tidegate/terminal.h"
#include "host/sim/explore.h"

namespace tidegate {
namespace {

using Json = nlohmann::json;

std::string FileName(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

// The policy's own files: what its lines are looked up in.
void AddPolicy(Json& data, const std::string& policy) {
  const Result<PolicySource> source = ReadPolicy(policy);
  if (!source) return;
  data["sources"].push_back(SourceOf(source->name, source->text));
  for (const Module& module : source->modules) {
    data["sources"].push_back(SourceOf(module.name + ".lua", module.text));
  }
}

Result<sim::RunResult> RunFor(const sim::Scenario& scenario, const Plan& plan) {
  Result<std::unique_ptr<sim::Simulation>> run = sim::Simulation::Create(scenario);
  if (!run) return run.error();
  sim::RunOptions options;
  options.story = options.where = true;
  sim::PlannedChoices choices(plan);
  return (*run)->Run(choices, options);
}

Result<Json> PlanData(const ReportCommandOptions& options, const std::string& text) {
  if (options.simulate.policy.empty()) {
    return Error{ErrorCode::kInvalidParameter, "",
                 options.file + " is a plan: it needs a POLICY to be run on"};
  }
  const Result<Plan> plan = ParsePlan(text, options.file);
  if (!plan) return plan.error();
  const Result<sim::Scenario> scenario = ScenarioOf(options.simulate);
  if (!scenario) return scenario.error();
  const Result<sim::RunResult> run = RunFor(*scenario, *plan);
  if (!run) return run.error();
  const Result<sim::RunResult> nominal = RunFor(*scenario, {});
  if (!nominal) return nominal.error();
  Json lanes = Json::array();
  for (int n = 0; n < scenario->nodes; ++n) {
    for (int r = 0; r < scenario->resources; ++r) {
      lanes.push_back(sim::NodeName(n) + " " + sim::ResourceName(r));
    }
  }
  std::string verdict = "no invariant is violated";
  if (run->violation) {
    verdict = "violated: " + std::string(sim::Name(run->violation->invariant)) + ": " +
              run->violation->what;
  }
  for (const Deviation& d : *plan) {
    const bool applied = std::ranges::find(run->applied, d) != run->applied.end();
    if (!applied) verdict += "; never applied: " + d.label + " " + Text(d.outcome);
  }
  Json data = {{"title", FileName(options.simulate.policy) + " under " + FileName(options.file) +
                             " (" + options.simulate.cluster + ")"},
               {"verdict", verdict},
               {"bad", run->violation.has_value()},
               {"end", static_cast<double>(run->simulated.ns) / 1e9},
               {"lanes", lanes},
               {"run", RunEvents(run->lines, *plan)},
               {"nominal", RunEvents(nominal->lines, {})},
               {"invariants", InvariantsOf(*run)},
               {"logTitle", "what the cluster and its nodes did"},
               {"planName", FileName(options.file)},
               {"sources", Json::array()}};
  AddPolicy(data, options.simulate.policy);
  data["sources"].push_back(SourceOf(FileName(options.file), text, true));
  return data;
}

Result<Json> TraceData(const ReportCommandOptions& options) {
  const Result<Trace> trace = ReadTraceFile(options.file);
  if (!trace) return trace.error();
  Json data = {{"title", trace->resource + " on " + trace->node + ", " + FileName(options.file)},
               {"bad", trace->reason.find("Failed") != trace->reason.npos},
               {"lanes", {trace->node + " " + trace->resource}},
               {"nominal", Json::array()},
               {"invariants", Json::array()},
               {"logTitle", "what was recorded"},
               {"planName", ""},
               {"sources", Json::array()}};
  std::string verdict = trace->reason + (trace->taken.empty() ? "" : ", taken " + trace->taken);
  const Instant last = trace->records.empty() ? trace->clock : trace->records.back().at;
  data["end"] = static_cast<double>((last - trace->clock).ns) / 1e9;
  // With the policy at hand each decision has its line.
  const Result<std::string> policy = PolicyFor(*trace, options.simulate.policy);
  const auto compiled = policy ? CompilePolicy(*policy) : policy.error();
  const auto replay = compiled ? Replay(*trace, *compiled) : compiled.error();
  if (replay) {
    AddPolicy(data, *policy);
    verdict += replay->fork
                   ? "; replayed, it forks in " + replay->fork->task + ": " + replay->fork->now +
                         " instead of " + replay->fork->recorded
                   : "; replayed: the same " + std::to_string(replay->decisions) + " decisions";
  } else {
    verdict += "; without lines of the policy: " + replay.error().detail;
  }
  data["verdict"] = verdict;
  data["run"] = TraceEvents(*trace, replay ? &*replay : nullptr);
  return data;
}

}  // namespace

int ReportCommand(const ReportCommandOptions& options) {
  const Result<std::string> text = ReadTextFile(options.file);
  if (!text) return Fail(kExitUsage, text.error().detail);
  const Result<Json> data = IsTrace(*text) ? TraceData(options) : PlanData(options, *text);
  if (!data) return Fail(kExitUsage, data.error().detail);
  const std::string output = options.output.empty() ? options.file + ".html" : options.output;
  if (!WriteText(output, ReportPage(*data))) {
    return Fail(kExitUsage, output + ": cannot be written");
  }
  std::printf("%s\n", output.c_str());
  return kExitOk;
}

}  // namespace tidegate
