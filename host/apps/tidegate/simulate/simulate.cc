// Reading what is to be simulated.
#include "host/apps/tidegate/simulate/simulate.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "host/apps/shared/policy_file.h"
#include "host/apps/tidegate/inspect.h"

namespace tidegate {

Result<Properties> SimulatedProperties(const Manifest& manifest, std::vector<std::string> set) {
  const bool has_path = std::ranges::any_of(
      manifest.properties, [](const PropertySpec& spec) { return spec.name == "VolumePath"; });
  const bool given = std::ranges::any_of(
      set, [](const std::string& text) { return text.starts_with("VolumePath="); });
  if (has_path && !given) set.push_back("VolumePath=/dev/vol1");
  Result<Properties> properties = ParseSettings(manifest, set);
  if (properties && !given) properties->erase("VolumePath");  // each resource has its own
  return properties;
}

Result<sim::Scenario> ScenarioOf(const SimulateOptions& options) {
  const Result<Inspected> policy = Inspect(options.policy);
  if (!policy) return policy.error();
  Result<Properties> properties = SimulatedProperties(policy->manifest, options.set);
  if (!properties) return properties.error();
  const auto kind =
      options.cluster == "pacemaker" ? sim::ClusterKind::kPacemaker : sim::ClusterKind::kWsfc;
  sim::Scenario scenario = sim::Standard(policy->compiled, kind, options.nodes, options.resources);
  scenario.properties = std::move(*properties);
  if (!options.next.empty()) {
    Result<std::shared_ptr<const CompiledPolicy>> next = CompilePolicy(options.next);
    if (!next) return next.error();
    scenario.next_policy = std::move(*next);
  }
  return scenario;
}

Result<sim::Plan> ReadPlan(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{ErrorCode::kFileNotFound, "", file + ": cannot be read"};
  std::ostringstream text;
  text << in.rdbuf();
  return sim::ParsePlan(text.str(), file);
}

bool WriteText(const std::string& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  return out.flush().good();
}

}  // namespace tidegate
