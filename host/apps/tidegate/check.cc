// tidegate check: what a policy is, and what is wrong with it.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "host/apps/shared/inspect.h"
#include "host/apps/shared/policy_file.h"
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/terminal.h"

namespace tidegate {
namespace {

struct Findings {
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  std::vector<std::string> notes;  // what holds on some hosts only
};

bool Mentions(const PolicySource& source, std::string_view what) {
  return source.text.find(what) != std::string::npos ||
         std::ranges::any_of(source.modules, [&](const Module& module) {
           return module.text.find(what) != std::string::npos;
         });
}

// What a Pacemaker agent, a short process for each action, cannot do.
void CheckForAgent(const PolicySource& source, Findings& report) {
  if (!Mentions(source, ":watch(")) return;
  report.notes.push_back(
      "resource:watch needs a host that lives on; under Pacemaker (tidegate ocf) it ends with "
      "online, and is_alive must find what it watches for");
}

void CheckRoles(const Manifest& manifest, Findings& report) {
  if (!manifest.Has(EntryPoint::kPromote)) return;
  report.notes.push_back(
      "promote and demote are called under Pacemaker (tidegate ocf, a promotable clone) and "
      "nowhere else: on Windows and under tidegate run it stays unpromoted, and the simulator does "
      "not try them");
}

void CheckTimeouts(const Manifest& manifest, Duration pending_timeout, Findings& report) {
  for (std::size_t i = 0; i < kEntryPoints; ++i) {
    const auto entry = static_cast<EntryPoint>(i);
    if (!manifest.Has(entry)) continue;
    const Duration timeout = manifest.Timeout(entry);
    if (timeout > pending_timeout) {
      report.warnings.push_back("timeouts." + std::string(Name(entry)) + " = " + Text(timeout) +
                                " is longer than PendingTimeout " + Text(pending_timeout) +
                                ": one operation without progress ends it first");
    }
  }
}

std::string Default(const PropertySpec& spec) {
  if (spec.required) return "required";
  return spec.fallback ? Text(*spec.fallback) : "";
}

std::string Range(const PropertySpec& spec) {
  if (!spec.min && !spec.max) return "";
  return (spec.min ? std::to_string(*spec.min) : "") + ".." +
         (spec.max ? std::to_string(*spec.max) : "");
}

void Print(const Inspected& policy, const Findings& report) {
  const Manifest& m = policy.manifest;
  std::string entries;
  for (std::size_t i = 0; i < kEntryPoints; ++i) {
    const auto entry = static_cast<EntryPoint>(i);
    if (!m.Has(entry)) continue;
    entries += (entries.empty() ? "" : " ") + std::string(Name(entry)) + "(" +
               Text(m.Timeout(entry)) + ")";
  }
  std::string capabilities;
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    if (m.capabilities.Has(static_cast<Capability>(i))) {
      capabilities += (capabilities.empty() ? "" : " ") + std::string(kCapabilityNames[i]);
    }
  }
  std::printf("%s\n", m.name.c_str());
  std::printf("  version       %s%sSHA-256 %s\n", m.version.c_str(), m.version.empty() ? "" : ", ",
              m.digest.c_str());
  std::printf("  entry points  %s\n", entries.c_str());
  std::printf("  capabilities  %s\n", capabilities.c_str());
  std::printf("  health        fails after %d of %d, healthy after %d\n", m.health.fail_after,
              m.health.of, m.health.succeed_after);
  std::printf("  memory        %s after loading\n", Bytes(policy.usage.memory_bytes).c_str());
  std::printf("  properties\n");
  std::vector<std::vector<std::string>> rows;
  for (const PropertySpec& spec : m.properties) {
    rows.push_back(
        {"   ", spec.name, std::string(Name(spec.type)), Default(spec), Range(spec), spec.doc});
  }
  std::fputs(Table(rows).c_str(), stdout);
  for (const std::string& warning : report.warnings) std::printf("warning: %s\n", warning.c_str());
  for (const std::string& note : report.notes) std::printf("note: %s\n", note.c_str());
  for (const std::string& error : report.errors) std::printf("error: %s\n", error.c_str());
  std::printf("%s: %zu errors, %zu warnings\n", m.name.c_str(), report.errors.size(),
              report.warnings.size());
}

nlohmann::json Json(const Inspected& policy, const Findings& report) {
  const Manifest& m = policy.manifest;
  nlohmann::json json = {
      {"name", m.name},          {"version", m.version},        {"digest", m.digest},
      {"errors", report.errors}, {"warnings", report.warnings}, {"notes", report.notes}};
  for (std::size_t i = 0; i < kEntryPoints; ++i) {
    const auto entry = static_cast<EntryPoint>(i);
    if (!m.Has(entry)) continue;
    json["entry_points"][std::string(Name(entry))] = {
        {"timeout_seconds", static_cast<double>(m.Timeout(entry).ns) / 1e9}};
  }
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    if (m.capabilities.Has(static_cast<Capability>(i))) {
      json["capabilities"].push_back(kCapabilityNames[i]);
    }
  }
  for (const PropertySpec& spec : m.properties) {
    nlohmann::json property = {
        {"type", Name(spec.type)}, {"required", spec.required}, {"doc", spec.doc}};
    if (spec.fallback) {
      std::visit([&](const auto& v) { property["default"] = v; }, *spec.fallback);
    }
    if (spec.min) property["min"] = *spec.min;
    if (spec.max) property["max"] = *spec.max;
    json["properties"][spec.name] = property;
  }
  return json;
}

}  // namespace

int CheckCommand(const CheckOptions& options) {
  const std::optional<Duration> pending_timeout = ParseDuration(options.pending_timeout);
  if (!pending_timeout) {
    return Fail(kExitUsage, "--pending-timeout must be a duration such as 180s");
  }
  const Result<Inspected> policy = Inspect(options.policy);
  if (!policy) {
    const bool unreadable = policy.error().code == ErrorCode::kFileNotFound ||
                            policy.error().code == ErrorCode::kAccessDenied;
    return Fail(unreadable ? kExitUsage : kExitFailed, policy.error().detail);
  }
  Findings report;
  if (!options.set.empty()) {
    if (const Result<Properties> set = ParseSettings(policy->manifest, options.set); !set) {
      report.errors.push_back(set.error().detail);
    }
  }
  CheckTimeouts(policy->manifest, *pending_timeout, report);
  CheckRoles(policy->manifest, report);
  if (const Result<PolicySource> source = ReadPolicy(options.policy)) {
    CheckForAgent(*source, report);
  }
  if (options.json) {
    std::printf("%s\n", Json(*policy, report).dump(2).c_str());
  } else {
    Print(*policy, report);
  }
  return report.errors.empty() ? kExitOk : kExitFailed;
}

}  // namespace tidegate
