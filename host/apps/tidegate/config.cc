// Reading a configuration file. Every message names file, line and what was expected.
#include "host/apps/tidegate/config.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "host/apps/shared/pack/pack_name.h"
#include "host/apps/shared/toml_reader.h"
#include "host/core/nearest.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

TableReader::Reader Path(fs::path& out, const fs::path& base) {
  return [&out, base](const toml::node& node) -> Outcome {
    const auto value = node.value_exact<std::string>();
    if (!value || value->empty()) return Expected("a path");
    out = fs::path(*value).is_absolute() ? fs::path(*value) : base / *value;
    return Ok();
  };
}

// A path, or the name of an installed pack.
TableReader::Reader PolicyPath(fs::path& out, const fs::path& base) {
  return [&out, base](const toml::node& node) -> Outcome {
    const auto value = node.value_exact<std::string>();
    if (!value || value->empty()) return Expected("a path, or the name of an installed pack");
    out = NamesInstalledPack(*value, base) ? fs::path(*value) : base / *value;
    return Ok();
  };
}

// Windows keeps these as milliseconds, people write units: both are taken.
TableReader::Reader Time(Duration& out, Duration min, Duration max) {
  return [&out, min, max](const toml::node& node) -> Outcome {
    std::optional<Duration> value;
    if (const auto text = node.value_exact<std::string>()) value = ParseDuration(*text);
    if (const auto ms = node.value_exact<std::int64_t>(); ms && *ms >= 0 && *ms <= 0xffffffff) {
      value = Milliseconds(*ms);
    }
    if (!value) return Expected("a duration such as \"5s\", or milliseconds");
    if (*value < min || *value > max) {
      return Expected("between " + Text(min) + " and " + Text(max) + ", not " + Text(*value));
    }
    out = *value;
    return Ok();
  };
}

TableReader::Reader CapabilityList(Capabilities& out) {
  return [&out](const toml::node& node) -> Outcome {
    const toml::array* array = node.as_array();
    if (array == nullptr) return Expected("a list such as [\"volume\", \"timer\"]");
    out = Capabilities::None();
    for (const toml::node& item : *array) {
      const auto name = item.value_exact<std::string>();
      const auto capability = name ? CapabilityNamed(*name) : std::nullopt;
      if (!capability) {
        return Expected("a list of capabilities; " + (name ? "\"" + *name + "\" is none" : "") +
                        Suggestion(name.value_or(""), kCapabilityNames));
      }
      out.Add(*capability);
    }
    return Ok();
  };
}

TableReader::Reader PropertyTable(Properties& out) {
  return [&out](const toml::node& node) -> Outcome {
    const toml::table* table = node.as_table();
    if (table == nullptr) return Expected("a table of properties");
    for (const auto& [key, value] : *table) {
      const std::string name(key.str());
      if (const auto text = value.value_exact<std::string>()) {
        out[name] = *text;
      } else if (const auto number = value.value_exact<std::int64_t>()) {
        out[name] = *number;
      } else if (const auto flag = value.value_exact<bool>()) {
        out[name] = *flag;
      } else {
        return Expected("a table of texts, integers, true and false; " + name + " is none of them");
      }
    }
    return Ok();
  };
}

TableReader MonitorReader(MonitorSettings& m, const std::string& file) {
  const Duration never = limits::kDurationMax;
  return TableReader(file, "[resource.monitor]")
      .Key("LooksAlivePollInterval", Time(m.looks_alive_poll_interval, Milliseconds(10), never))
      .Key("IsAlivePollInterval", Time(m.is_alive_poll_interval, Milliseconds(10), never))
      .Key("PendingTimeout", Time(m.pending_timeout, Milliseconds(10), never))
      .Key("DeadlockTimeout", Time(m.deadlock_timeout, Seconds(1), never))
      .Key(
          "RestartAction",
          Integer([&m](std::int64_t n) { m.restart_action = static_cast<RestartAction>(n); }, 0, 2))
      .Key("RestartThreshold",
           Integer([&m](std::int64_t n) { m.restart_threshold = static_cast<std::uint32_t>(n); }, 0,
                   1'000'000))
      .Key("RestartPeriod", Time(m.restart_period, Duration{}, never))
      .Key("RestartDelay", Time(m.restart_delay, Duration{}, never))
      .Key("RetryPeriodOnFailure", Time(m.retry_period_on_failure, Duration{}, never));
}

TableReader LimitsReader(SandboxLimits& l, const std::string& file) {
  return TableReader(file, "[resource.limits]")
      .Key("memory_bytes",
           Integer([&l](std::int64_t n) { l.memory_bytes = static_cast<std::size_t>(n); }, 64 << 10,
                   static_cast<std::int64_t>(limits::kMemoryBytesMax)))
      .Key("fuel", Integer([&l](std::int64_t n) { l.fuel = n; }, 10'000, limits::kFuelMax))
      .Key("running_time", Time(l.running_time, Milliseconds(1), Seconds(10)));
}

TableReader SwapReader(SwapSettings& s, const std::string& file) {
  return TableReader(file, "[swap]")
      .Key("watch", Boolean(s.watch))
      .Key("healthy",
           Integer([&s](std::int64_t n) { s.healthy = static_cast<int>(n); }, 0, 1'000'000))
      .Key("quarantine_after",
           Integer([&s](std::int64_t n) { s.quarantine_after = static_cast<int>(n); }, 1, 1'000));
}

// What is wrong with it; nothing when it is as it should be.
Outcome ReadResource(const toml::table& table, const std::string& file, const fs::path& base,
                     ResourceConfig& r) {
  TableReader reader(file, "[[resource]]");
  reader.Key("name", String(r.name))
      .Key("policy", PolicyPath(r.policy, base))
      .Key("online", Boolean(r.online))
      .Key("capabilities", CapabilityList(r.capabilities))
      .Key("properties", PropertyTable(r.properties))
      .Key("monitor", Table(MonitorReader(r.monitor, file)))
      .Key("limits", Table(LimitsReader(r.limits, file)));
  if (Outcome read = reader.Read(table); !read) return read.error();
  if (r.name.empty()) return reader.At(table, "[[resource]] needs a name");
  if (r.policy.empty()) return reader.At(table, "[[resource]] " + r.name + " needs a policy");
  if (Outcome named = ValidateResourceName(r.name); !named) {
    return reader.At(table, named.error().detail);
  }
  return Ok();
}

// A name is read first: whatever else is wrong, it says whom that concerns.
ResourceConfig ResourceIn(const toml::table& table, const std::string& file, const fs::path& base,
                          Config& config) {
  ResourceConfig r;
  const Outcome read = ReadResource(table, file, base, r);
  r.place = file + ":" + std::to_string(table.source().begin.line);
  if (read) return r;
  r.wrong = read.error().detail;
  const std::optional<std::string> name = table["name"].value_exact<std::string>();
  if (name && ValidateResourceName(*name)) {
    r.name = *name;
    return r;
  }
  r.name = fs::path(file).filename().string() + ":" + std::to_string(table.source().begin.line);
  if (config.nameless.empty()) config.nameless = r.wrong;
  return r;
}

}  // namespace

Outcome ValidateResourceName(const std::string& name) {
  const bool fits = !name.empty() && name.size() <= limits::kResourceNameBytes && name[0] != '.' &&
                    std::ranges::all_of(name, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
                    });
  if (fits) return Ok();
  return Error{ErrorCode::kInvalidParameter, "",
               "the resource name \"" + name + "\" must be 1 to " +
                   std::to_string(limits::kResourceNameBytes) +
                   " of a-z A-Z 0-9 _ . - and not begin with a dot"};
}

Result<Config> ParseConfig(std::string_view text, const std::string& file) {
  const Result<toml::table> parsed = ParseToml(text, file);
  if (!parsed) return parsed.error();
  Config config;
  const fs::path base = fs::path(file).parent_path();
  std::map<std::string, std::size_t> names;
  TableReader reader(file, "the file");
  reader.Key("node", String(config.node))
      .Key("state_dir", Path(config.state_dir, base))
      .Key("runtime_dir", Path(config.runtime_dir, base))
      .Key("inject_faults", Boolean(config.inject_faults))
      .Key("pack_store", Path(config.pack_store, base))
      .Key("pack_trust", Path(config.pack_trust, base))
      .Key("swap", Table(SwapReader(config.swap, file)))
      .Key("resource", [&](const toml::node& node) -> Outcome {
        const toml::array* array = node.as_array();
        if (array == nullptr || !array->is_array_of_tables()) return Expected("[[resource]]");
        for (const toml::node& item : *array) {
          ResourceConfig r = ResourceIn(*item.as_table(), file, base, config);
          const auto [known, fresh] = names.emplace(r.name, config.resources.size());
          if (fresh) {
            config.resources.push_back(std::move(r));
            continue;
          }
          // Which of them is meant nobody can tell.
          ResourceConfig& first = config.resources[known->second];
          first.wrong = r.place + ": a second resource named " + r.name +
                        ", the first is in line " + first.place.substr(first.place.rfind(':') + 1) +
                        "; rename one of them";
        }
        return Ok();
      });
  if (Outcome read = reader.Read(*parsed); !read) return read.error();
  if (config.resources.empty()) {
    return Error{ErrorCode::kInvalidData, "",
                 file + ": no [[resource]]; one needs at least a name and a policy"};
  }
  return config;
}

Result<Config> ReadConfig(const fs::path& file) {
  constexpr std::size_t kConfigBytes = 4 << 20;
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    return Error{ErrorCode::kFileNotFound, "", file.string() + ": no such file"};
  }
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return Error{ErrorCode::kAccessDenied, "", file.string() + ": cannot be read"};
  if (text.view().size() > kConfigBytes) {
    return Error{ErrorCode::kNotEnoughQuota, "", file.string() + ": larger than 4 MiB"};
  }
  return ParseConfig(text.view(), file.string());
}

}  // namespace tidegate
