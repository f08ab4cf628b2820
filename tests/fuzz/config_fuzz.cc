// The target `config`: a configuration file is read; what is accepted keeps to its bounds.
#include <algorithm>
#include <set>

#include "host/apps/tidegate/config.h"
#include "tests/fuzz/targets.h"

namespace tidegate::fuzz {
namespace {

void CheckTime(Duration d, Duration min) {
  Expect(d >= min && d <= limits::kDurationMax, "a time is within its bounds", Text(d));
}

void CheckResource(const ResourceConfig& r) {
  if (!r.wrong.empty()) {
    return Expect(r.wrong.starts_with("dir/t.toml:"), "what is wrong says where", r.wrong);
  }
  Expect(ValidateResourceName(r.name).ok(), "the name is one", r.name);
  Expect(!r.policy.empty(), "there is a policy");
  Expect(r.place.starts_with("dir/t.toml:"), "the place names the file", r.place);
  const MonitorSettings& m = r.monitor;
  CheckTime(m.looks_alive_poll_interval, Milliseconds(10));
  CheckTime(m.is_alive_poll_interval, Milliseconds(10));
  CheckTime(m.pending_timeout, Milliseconds(10));
  CheckTime(m.deadlock_timeout, Seconds(1));
  CheckTime(m.restart_period, {});
  CheckTime(m.restart_delay, {});
  CheckTime(m.retry_period_on_failure, {});
  Expect(m.restart_threshold <= 1'000'000, "the threshold is within its bounds");
  Expect(static_cast<int>(m.restart_action) <= 2, "the action is one");
  Expect(r.limits.memory_bytes <= limits::kMemoryBytesMax, "memory is within its bounds");
  Expect(r.limits.fuel >= 10'000 && r.limits.fuel <= limits::kFuelMax, "so is fuel");
  CheckTime(r.limits.running_time, Milliseconds(1));
  Expect(r.limits.running_time <= Seconds(10), "running time is within its bounds");
  for (const auto& [name, value] : r.properties) {
    PropertySpec spec;
    spec.name = name;
    (void)ParseProperty(spec, Text(value));
    spec.type = PropertyType::kDuration;
    (void)Validate({spec}, {{name, value}});
  }
}

}  // namespace

void FuzzConfig(std::string_view bytes) {
  const Result<Config> config = ParseConfig(bytes, "dir/t.toml");
  if (!config) {
    const std::string& why = config.error().detail;
    Expect(why.starts_with("dir/t.toml:"), "an error says where it is", why);
    return;
  }
  Expect(!config->resources.empty(), "there is a resource");
  std::set<std::string> names;
  for (const ResourceConfig& r : config->resources) {
    CheckResource(r);
    Expect(names.insert(r.name).second, "no name comes twice", r.name);
  }
  const Result<Config> again = ParseConfig(bytes, "dir/t.toml");
  Expect(again.ok() && again->resources == config->resources, "reading again reads the same");
}

}  // namespace tidegate::fuzz
