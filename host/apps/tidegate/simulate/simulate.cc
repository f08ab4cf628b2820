// Reading what is to be simulated.
#include "host/apps/tidegate/simulate/simulate.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include "host/apps/shared/inspect.h"
#include "host/apps/shared/policy_file.h"
#include "host/core/fault_env.h"

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

std::string Bar(std::uint64_t runs, std::uint64_t planned) {
  constexpr std::size_t kWide = 30;
  std::string text;
  if (planned > 0) {
    const std::uint64_t percent = std::min<std::uint64_t>(runs * 100 / planned, 99);
    const auto full = static_cast<std::size_t>(percent) * kWide / 100;
    text = "[" + std::string(full, '#') + std::string(kWide - full, '.') + "] " +
           (percent < 10 ? " " : "") + std::to_string(percent) + " %  ";
  }
  return text + std::to_string(runs) + " runs";
}

ProgressBar::ProgressBar(std::string what)
    : what_(std::move(what)), shows_(isatty(STDERR_FILENO) != 0) {}

ProgressBar::~ProgressBar() {
  if (shows_) std::fputs("\r\x1b[K", stderr);
}

void ProgressBar::Draw(std::uint64_t runs, std::uint64_t planned) {
  std::fprintf(stderr, "\r%s%s\x1b[K", what_.c_str(), Bar(runs, planned).c_str());
}

std::function<void(std::uint64_t, std::uint64_t)> ProgressBar::Teller() {
  if (!shows_) return nullptr;
  return [this](std::uint64_t runs, std::uint64_t planned) { Draw(runs, planned); };
}

Result<sim::Plan> ReadPlan(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{ErrorCode::kFileNotFound, "", file + ": cannot be read"};
  std::ostringstream text;
  text << in.rdbuf();
  return sim::ParsePlan(text.str(), file);
}

Result<sim::Plan> ReadFaults(const std::string& file, bool allowed, const std::string& needs) {
  if (!allowed) {
    return Error{ErrorCode::kAccessDenied, "",
                 "--faults makes real operations fail: it needs " + needs};
  }
  Result<sim::Plan> plan = ReadPlan(file);
  if (!plan) return plan;
  if (const Outcome checked = CheckFaults(*plan, file); !checked) return checked.error();
  return plan;
}

bool WriteText(const std::string& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  return out.flush().good();
}

}  // namespace tidegate
