// Reading the variables.
#include "host/apps/tidegate/ocf/environment.h"

#include <algorithm>
#include <charconv>
#include <unistd.h>

#include "host/apps/tidegate/config.h"
#include "host/apps/tidegate/paths.h"
#include "host/core/limits.h"
#include "host/core/nearest.h"

namespace tidegate::ocf {
namespace {

constexpr std::string_view kParameter = "OCF_RESKEY_";

std::string Get(const Variables& variables, std::string_view name) {
  const auto it = variables.find(name);
  return it == variables.end() ? std::string() : it->second;
}

std::optional<std::int64_t> Number(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string Trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t from = text.find_first_not_of(kBlank);
  if (from == std::string_view::npos) return "";
  return std::string(text.substr(from, text.find_last_not_of(kBlank) - from + 1));
}

// `Properties`: Name=value lines, for agents that know no parameter by name.
Outcome ReadLines(std::string_view lines, Environment& environment) {
  int number = 0;
  while (!lines.empty()) {
    ++number;
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string line = Trimmed(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.empty() || line.front() == '#') continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{ErrorCode::kInvalidParameter, "",
                   "parameter Properties, line " + std::to_string(number) + ": " + line +
                       ": expected Name=value"};
    }
    environment.settings[Trimmed(line.substr(0, equals))] = Trimmed(line.substr(equals + 1));
  }
  return Ok();
}

std::string StateDirectory(const Variables& variables) {
  const std::string temporary = Get(variables, "HA_RSCTMP");
  return temporary.empty() ? std::string(kAgentStateDir) : temporary + "/tidegate";
}

}  // namespace

Variables Environ() {
  Variables variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

Environment Read(const Variables& variables, std::string_view action,
                 std::string_view agent_policy) {
  Environment environment;
  environment.instance = Get(variables, "OCF_RESOURCE_INSTANCE");
  environment.resource = environment.instance;
  environment.node = Get(variables, "OCF_RESKEY_CRM_meta_on_node");
  environment.pacemaker = !Get(variables, "OCF_RESKEY_crm_feature_set").empty();
  if (environment.instance.empty()) environment.instance = "policy";
  environment.reason_mark = Get(variables, "OCF_EXIT_REASON_PREFIX");
  if (environment.reason_mark.empty()) environment.reason_mark = "ocf-exit-reason:";
  environment.state_dir = StateDirectory(variables);
  environment.depth = static_cast<int>(Number(Get(variables, "OCF_CHECK_LEVEL")).value_or(0));
  const std::string interval = Get(variables, "OCF_RESKEY_CRM_meta_interval");
  environment.probe =
      action == "probe" || (action == "monitor" && !interval.empty() && Number(interval) == 0);
  if (const auto ms = Number(Get(variables, "OCF_RESKEY_CRM_meta_timeout")); ms && *ms > 0) {
    environment.timeout = Milliseconds(std::min(*ms, limits::kDurationMax.ns / 1'000'000));
  }
  for (auto it = variables.lower_bound(kParameter);
       it != variables.end() && it->first.starts_with(kParameter); ++it) {
    const std::string name = it->first.substr(kParameter.size());
    if (name.starts_with("CRM_meta_") || name.starts_with("crm_")) continue;
    if (it->second.empty()) continue;  // as good as not set: agents' defaults are passed so
    if (name == "PolicyPath") {
      environment.policy = it->second;
    } else if (name == "PolicyDigest") {
      environment.digest = it->second;
    } else if (name == "Properties") {
      const Outcome read = ReadLines(it->second, environment);
      if (!read) environment.trouble = read.error();
    } else {
      environment.settings[name] = it->second;
    }
  }
  if (environment.policy.empty()) environment.policy = agent_policy;
  return environment;
}

Result<Properties> PropertiesOf(const Settings& settings, const std::vector<PropertySpec>& specs) {
  Properties given;
  for (const auto& [name, text] : settings) {
    const auto spec = std::ranges::find(specs, name, &PropertySpec::name);
    if (spec == specs.end()) {
      std::vector<std::string_view> names = {"PolicyPath", "PolicyDigest", "Properties"};
      for (const PropertySpec& known : specs) names.push_back(known.name);
      return Error{ErrorCode::kInvalidParameter, "",
                   "the policy has no property " + name + Suggestion(name, names)};
    }
    // A path that no operation takes would fail in the policy, where nobody knows what is up.
    if (text.size() > limits::kPathBytes) {
      return Error{ErrorCode::kInvalidParameter, "",
                   name + " is longer than " + std::to_string(limits::kPathBytes) + " bytes"};
    }
    Result<PropertyValue> value = ParseProperty(*spec, text);
    if (!value) return value.error();
    given.emplace(name, std::move(*value));
  }
  return Validate(specs, given);
}

}  // namespace tidegate::ocf
