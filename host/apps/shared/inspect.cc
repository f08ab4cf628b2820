// Loading a policy without a resource.
#include "host/apps/shared/inspect.h"

#include <algorithm>

#include "host/apps/shared/policy_file.h"
#include "host/core/nearest.h"
#include "host/env/clock.h"

namespace tidegate {
namespace {

// A policy that is only looked at has nobody to talk to.
class NoHost final : public PolicyHost {
 public:
  Instant Now() override { return MonotonicNow(); }
  void Log(Level, std::string_view) override {}
  void Progress(std::string_view) override {}
  bool Cancelled() override { return false; }
  std::optional<Task> AllotWatch() override { return std::nullopt; }
};

}  // namespace

Result<Inspected> Inspect(const std::filesystem::path& policy, const SandboxLimits& limits) {
  Result<std::shared_ptr<const CompiledPolicy>> compiled = CompilePolicy(policy);
  if (!compiled) return compiled.error();
  return Inspect(std::move(*compiled), limits);
}

Result<Inspected> Inspect(std::shared_ptr<const CompiledPolicy> compiled,
                          const SandboxLimits& limits) {
  NoHost host;
  Result<std::unique_ptr<Policy>> loaded = Policy::Create(compiled, limits, host);
  if (!loaded) return loaded.error();
  return Inspected{std::move(compiled), (*loaded)->manifest(), (*loaded)->usage()};
}

Result<Properties> ParseSettings(const Manifest& manifest,
                                 const std::vector<std::string>& settings) {
  Properties given;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{ErrorCode::kInvalidParameter, "", "--set " + setting + ": must be Name=value"};
    }
    const std::string name = setting.substr(0, equals);
    const auto spec = std::ranges::find_if(manifest.properties,
                                           [&](const PropertySpec& s) { return s.name == name; });
    if (spec == manifest.properties.end()) {
      std::vector<std::string_view> names;
      for (const PropertySpec& s : manifest.properties) names.push_back(s.name);
      return Error{ErrorCode::kInvalidParameter, "",
                   manifest.name + " has no property " + name + Suggestion(name, names)};
    }
    Result<PropertyValue> value = ParseProperty(*spec, setting.substr(equals + 1));
    if (!value) return value.error();
    given[name] = std::move(*value);
  }
  const Result<Properties> valid = Validate(manifest.properties, given);
  if (!valid) {
    Error error = valid.error();
    if (settings.empty()) error.detail += "; give it with --set Name=value";
    return error;
  }
  return given;
}

}  // namespace tidegate
