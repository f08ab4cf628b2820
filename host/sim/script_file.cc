// Reading what is in a scenarios.lua, by letting it tell.
#include "host/sim/script_file.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "host/core/nearest.h"
#include "host/sim/script_words.h"
#include "scripts/scripts.h"

namespace tidegate::sim {
namespace {

constexpr std::string_view kMain = "require('scenario').main(require('scenarios'))";
constexpr std::int64_t kNodesMax = 8;
constexpr std::int64_t kResourcesMax = 16;
constexpr std::int64_t kExploreMax = 3;

Error Wrong(std::string text) { return {ErrorCode::kInvalidData, "", std::move(text)}; }

int LineOf(std::string_view where) {
  const std::size_t colon = where.rfind(':');
  int line = 0;
  if (colon != where.npos) {
    std::from_chars(where.data() + colon + 1, where.data() + where.size(), line);
  }
  return line;
}

tidegate::Outcome Number(const std::string& name, const Scalar& value, std::int64_t most,
                         std::optional<std::int64_t>& out) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr || *number < (name == "explore" ? 0 : 1) || *number > most) {
    return Wrong(name + " is a number up to " + std::to_string(most) + ", not " + TextOf(value));
  }
  out = *number;
  return Ok();
}

constexpr std::pair<std::string_view, Duration MonitorSettings::*> kTimes[] = {
    {"LooksAlivePollInterval", &MonitorSettings::looks_alive_poll_interval},
    {"IsAlivePollInterval", &MonitorSettings::is_alive_poll_interval},
    {"PendingTimeout", &MonitorSettings::pending_timeout},
    {"DeadlockTimeout", &MonitorSettings::deadlock_timeout},
    {"RestartPeriod", &MonitorSettings::restart_period},
    {"RestartDelay", &MonitorSettings::restart_delay},
    {"RetryPeriodOnFailure", &MonitorSettings::retry_period_on_failure}};

tidegate::Outcome Option(const std::string& name, const Scalar& value, ScriptOptions& options) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "cluster", "nodes", "resources", "set", "explore", "next", "reading", "monitor"};
  if (name == "nodes") return Number(name, value, kNodesMax, options.nodes);
  if (name == "resources") return Number(name, value, kResourcesMax, options.resources);
  if (name == "explore") return Number(name, value, kExploreMax, options.explore);
  const std::string text = TextOf(value);
  if (name == "cluster") {
    static constexpr std::array<std::string_view, 2> kKinds = {"wsfc", "pacemaker"};
    if (text != kKinds[0] && text != kKinds[1]) {
      return Wrong("there is no cluster \"" + text + "\"" + Suggestion(text, kKinds));
    }
    options.cluster = text == kKinds[0] ? ClusterKind::kWsfc : ClusterKind::kPacemaker;
    return Ok();
  }
  if (name == "next" || name == "reading") {
    (name == "next" ? options.next : options.reading) = text;
    return Ok();
  }
  if (name == "monitor") return Wrong("monitor is a table of properties of the resource");
  if (name == "set") return Wrong("set is a table of the policy's properties");
  return Wrong("a scenario has no option " + name + Suggestion(name, kNames));
}

// What the scenario does not say itself.
void Default(const ScriptOptions& from, ScriptOptions& to) {
  if (!to.cluster) to.cluster = from.cluster;
  if (!to.nodes) to.nodes = from.nodes;
  if (!to.resources) to.resources = from.resources;
  if (!to.explore) to.explore = from.explore;
  if (to.next.empty()) to.next = from.next;
  if (to.reading.empty()) to.reading = from.reading;
  to.set.insert(from.set.begin(), from.set.end());
  to.monitor.insert(from.monitor.begin(), from.monitor.end());
}

}  // namespace

tidegate::Outcome Set(MonitorSettings& monitor, const std::string& name, const Scalar& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  for (const auto& [known, member] : kTimes) {
    if (known != name) continue;
    const auto time = ParseDuration(TextOf(value));
    if (!time || time->ns <= 0)
      return Wrong(name + " is a time such as \"10s\", not " + TextOf(value));
    monitor.*member = *time;
    return Ok();
  }
  if (name == "RestartThreshold" && number != nullptr && *number >= 0 && *number <= 1'000'000) {
    monitor.restart_threshold = static_cast<std::uint32_t>(*number);
    return Ok();
  }
  if (name == "RestartAction" && number != nullptr && *number >= 0 && *number <= 2) {
    monitor.restart_action = static_cast<RestartAction>(*number);
    return Ok();
  }
  std::vector<std::string_view> names = {"RestartThreshold", "RestartAction"};
  if (std::ranges::find(names, name) != names.end()) {
    return Wrong(name + " is a number, not " + TextOf(value));
  }
  for (const auto& [known, member] : kTimes) names.push_back(known);
  return Wrong("a resource's monitor has no property " + name + Suggestion(name, names));
}

Result<std::shared_ptr<ScriptFile>> ScriptFile::Load(std::string text,
                                                     std::vector<Module> modules) {
  modules.insert(modules.begin(), {"scenarios", std::move(text)});
  std::vector<ModuleView> ours;
  for (const tidegate::Script& script : Scripts()) {
    if (script.name == "scenario" || script.name == "faults") {
      ours.push_back({script.name, script.text});
    }
  }
  auto file = std::make_shared<ScriptFile>();
  Result<std::shared_ptr<const CompiledPolicy>> compiled = CompiledPolicy::Compile(
      {"tidegate/test.lua", std::string(kMain), std::move(modules)}, ours, Dialogue::Bindings());
  if (!compiled) return compiled.error();
  file->compiled_ = std::move(*compiled);
  if (const tidegate::Outcome read = file->Read(); !read) return read.error();
  return file;
}

tidegate::Outcome ScriptFile::Read() {
  const std::unique_ptr<Dialogue> talk = Talk();
  ScriptOptions defaults;
  ScriptOptions* options = &defaults;
  std::string whose = "defaults";
  Result<Scalar> answer = Scalar();
  while (const Dialogue::Question* question = talk->Resume(answer)) {
    answer = Scalar();
    const std::string verb = TextOf(question->front());
    const auto at = [&](std::size_t i) { return i < question->size() ? (*question)[i] : Scalar(); };
    if (verb == "scenario") {
      const std::string where = TextOf(at(2));
      scenarios_.push_back({TextOf(at(1)), where, LineOf(where), {}});
      options = &scenarios_.back().options;
      whose = scenarios_.back().name;
    } else if (verb == "defaults") {
      options = &defaults;
      whose = "defaults";
    } else if (verb == "set") {
      options->set[TextOf(at(1))] = TextOf(at(2));
    } else if (verb == "monitor") {
      MonitorSettings tried;
      if (const tidegate::Outcome set = Set(tried, TextOf(at(1)), at(2)); !set) {
        return Wrong("scenarios.lua: " + whose + ": " + set.error().detail);
      }
      options->monitor[TextOf(at(1))] = at(2);
    } else if (verb == "option") {
      if (const tidegate::Outcome taken = Option(TextOf(at(1)), at(2), *options); !taken) {
        return Wrong("scenarios.lua: " + whose + ": " + taken.error().detail);
      }
    }
  }
  if (const auto& error = talk->error()) {
    return Wrong((error->where.empty() ? "" : error->where + ": ") + error->message);
  }
  if (scenarios_.empty()) return Wrong("scenarios.lua: there is no scenario in it");
  for (Scripted& scenario : scenarios_) Default(defaults, scenario.options);
  std::ranges::stable_sort(scenarios_, {}, &Scripted::line);
  return Ok();
}

}  // namespace tidegate::sim
