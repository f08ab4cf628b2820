// tidegate call: one entry point of a policy, here and now.
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "host/apps/shared/inspect.h"
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/host.h"
#include "host/apps/tidegate/memory_store.h"
#include "host/apps/tidegate/terminal.h"
#include "host/core/line.h"
#include "host/core/nearest.h"
#include "host/core/text.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

// Which entry points make sense to be called by hand, without a cluster.
bool Callable(EntryPoint entry) {
  return entry != EntryPoint::kMigrate && entry != EntryPoint::kControl &&
         entry != EntryPoint::kTypeControl && entry != EntryPoint::kPromote &&
         entry != EntryPoint::kDemote;
}

Error NoSuchEntryPoint(const std::string& name) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kEntryPoints; ++i) {
    if (Callable(static_cast<EntryPoint>(i))) names.push_back(kEntryPointNames[i]);
  }
  return {ErrorCode::kInvalidFunction, "", "no entry point " + name + Suggestion(name, names)};
}

void Print(const CallOptions& options, const Answer& answer, Duration took) {
  const Verdict& v = answer.verdict;
  if (!options.json) {
    std::printf("%s: %s\n", options.entry_point.c_str(),
                v.ok ? (IsPoll(answer.entry) ? "alive" : "succeeded")
                     : PrintableLine("failed: " + Text(v.cause), 2048).c_str());
    return;
  }
  nlohmann::json json = {{"entry_point", options.entry_point},
                         {"ok", v.ok},
                         {"seconds", static_cast<double>(took.ns) / 1e9}};
  if (!v.ok) {
    json["cause"] = {
        {"kind", Name(v.cause.kind)}, {"code", static_cast<std::uint32_t>(v.cause.code)},
        {"name", Name(v.cause.code)}, {"operation", v.cause.op},
        {"where", v.cause.where},     {"message", v.cause.message}};
  }
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

void LogLine(Level level, std::string_view text) {
  constexpr const char* kLevels[] = {"debug", "info", "warning", "error"};
  std::fprintf(stderr, "%s: %s\n", kLevels[static_cast<int>(level)],
               PrintableLine(text, limits::kLogLineBytes).c_str());
}

}  // namespace

int CallCommand(const CallOptions& options) {
  const std::optional<EntryPoint> entry = EntryPointNamed(options.entry_point);
  if (!entry || !Callable(*entry)) {
    return Fail(kExitUsage, NoSuchEntryPoint(options.entry_point).detail);
  }
  const Result<Inspected> policy = Inspect(options.policy);
  if (!policy) return Fail(kExitUsage, policy.error().detail);
  Result<Properties> properties = ParseSettings(policy->manifest, options.set);
  if (!properties) return Fail(kExitUsage, properties.error().detail);
  ResourceConfig resource;
  resource.name =
      options.name.empty() ? fs::path(policy->manifest.name).stem().string() : options.name;
  if (Outcome named = ValidateResourceName(resource.name); !named) {
    return Fail(kExitUsage, named.error().detail);
  }
  resource.policy = options.policy;
  resource.properties = std::move(*properties);

  Outcome kept = Ok();
  HostOptions host_options;
  host_options.runtime_dir = options.runtime_dir;
  // Nothing is stored there: the values of a call are in MemoryStore.
  host_options.state_dir = options.runtime_dir.empty() ? RuntimeDirectory() : options.runtime_dir;
  host_options.monitored = false;
  host_options.log = [](Level level, std::string_view, std::string_view text) {
    LogLine(level, text);
  };
  host_options.tap = [&](Env& env, EventSink& mail) -> std::unique_ptr<EnvTap> {
    auto store = std::make_unique<MemoryStore>(env, mail);
    if (!options.state_file.empty()) kept = store->Keep(options.state_file);
    return store;
  };
  Result<std::unique_ptr<Host>> host = Host::Create(std::move(host_options));
  if (!host) return Fail(kExitUsage, host.error().detail);
  if (!kept) return Fail(kExitUsage, kept.error().detail);
  if (const Outcome added = (*host)->Add(resource); !added) {
    return Fail(kExitUsage, added.error().detail);
  }
  const Instant began = (*host)->Now();
  const Result<Answer> answer = (*host)->Perform(resource.name, *entry);
  if (!answer) return Fail(kExitFailed, answer.error().detail);
  Print(options, *answer, (*host)->Now() - began);
  const int code = answer->verdict.ok ? kExitOk : kExitFailed;
  std::fflush(stdout);
  // What is still under way is stuck in a device: the answer is out, nothing is waited for.
  if ((*host)->View(resource.name).value_or(LaneView{}).outstanding > 0) _exit(code);
  return code;
}

}  // namespace tidegate
