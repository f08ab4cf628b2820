// A lab is what the simulator's tests share: shipped policies, edited ones, and scenarios of them.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "bindings/bindings.h"
#include "host/sim/shrink.h"
#include "host/sim/timeline.h"
#include "scripts/scripts.h"

namespace tidegate::sim::test {

inline std::string ReadText(const std::string& path) {
  std::ifstream in(std::string(TIDEGATE_SOURCE_DIR) + "/" + path, std::ios::binary);
  INFO(path);
  REQUIRE(in.good());
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

inline Result<std::shared_ptr<const CompiledPolicy>> TryCompile(const std::string& name,
                                                                const std::string& text) {
  std::vector<ModuleView> scripts;
  for (const Script& script : Scripts()) scripts.push_back({script.name, script.text});
  return CompiledPolicy::Compile({name, text, {}}, scripts, Bindings());
}

inline std::shared_ptr<const CompiledPolicy> Compile(const std::string& name,
                                                     const std::string& text) {
  const Result<std::shared_ptr<const CompiledPolicy>> policy = TryCompile(name, text);
  INFO((policy ? "" : tidegate::Text(policy.error())));
  REQUIRE(policy.ok());
  return *policy;
}

// "volume" or "lun-mask", as shipped.
inline std::string Shipped(const std::string& name) {
  return ReadText("policies/" + name + "/" + name + ".lua");
}

inline Scenario ScenarioOf(const std::string& name, const std::string& text, ClusterKind cluster) {
  Scenario scenario = Standard(Compile(name + ".lua", text), cluster);
  if (name == "lun-mask") scenario.properties["Taker"] = std::string("array1");
  return scenario;
}

inline Plan PlanOf(const std::string& text) {
  Result<Plan> plan = ParsePlan(text);
  INFO((plan ? "" : tidegate::Text(plan.error())));
  REQUIRE(plan.ok());
  return *plan;
}

inline RunResult Ran(const Scenario& scenario, const Plan& plan) {
  Result<RunResult> result = RunPlan(scenario, plan);
  INFO((result ? "" : tidegate::Text(result.error())));
  REQUIRE(result.ok());
  return *result;
}

// What was violated, with plan and story, for a test's message.
inline std::string Story(const Scenario& scenario, const ExploreReport& report) {
  if (!report.violation) return "no violation";
  const RunResult run = Ran(scenario, report.plan);
  return std::string(Name(report.violation->invariant)) + ": " + report.violation->what + "\n" +
         Text(report.plan) + Timeline(run.lines);
}

}  // namespace tidegate::sim::test
