// tidegate run: a host until it is told to end.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "host/apps/shared/inspect.h"
#include "host/apps/shared/pack/places.h"
#include "host/apps/shared/policy_file.h"
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/config.h"
#include "host/apps/tidegate/control.h"
#include "host/apps/tidegate/host.h"
#include "host/apps/tidegate/requests.h"
#include "host/apps/tidegate/simulate/simulate.h"
#include "host/apps/tidegate/swap/trial.h"
#include "host/apps/tidegate/swap/watcher.h"
#include "host/apps/tidegate/systemd.h"
#include "host/apps/tidegate/terminal.h"
#include "host/core/nearest.h"
#include "host/core/text.h"
#include "host/env/log.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

Result<Config> ConfigOfPolicy(const RunOptions& options) {
  const Result<Inspected> policy = Inspect(options.target);
  if (!policy) return policy.error();
  Result<Properties> properties = ParseSettings(policy->manifest, options.set);
  if (!properties) return properties.error();
  ResourceConfig resource;
  resource.name =
      options.name.empty() ? fs::path(policy->manifest.name).stem().string() : options.name;
  if (Outcome named = ValidateResourceName(resource.name); !named) return named.error();
  resource.policy = AbsolutePolicy(options.target);
  resource.properties = std::move(*properties);
  resource.place = options.target;
  Config config;
  config.resources.push_back(std::move(resource));
  return config;
}

Result<Config> Configure(const RunOptions& options) {
  const bool file = fs::path(options.target).extension() == ".toml";
  if (file && !options.set.empty()) {
    return Error{ErrorCode::kInvalidParameter, "",
                 "--set goes with a POLICY; " + options.target + " has [resource.properties]"};
  }
  Result<Config> config = file ? ReadConfig(options.target) : ConfigOfPolicy(options);
  if (!config) return config;
  SetPackPlaces({config->pack_store, config->pack_trust});
  if (!options.node.empty()) config->node = options.node;
  if (!options.state_dir.empty()) config->state_dir = options.state_dir;
  if (!options.runtime_dir.empty()) config->runtime_dir = options.runtime_dir;
  return config;
}

// Refused unless the configuration says that this host may be hurt.
Result<Plan> FaultsFor(const RunOptions& options, const Config& config) {
  if (options.faults.empty()) return Plan();
  if (!config.inject_faults) {
    return Error{ErrorCode::kAccessDenied, "",
                 "--faults makes real operations fail: it needs a FILE.toml that says "
                 "inject_faults = true, and " +
                     options.target + " does not"};
  }
  Result<Plan> plan = ReadPlan(options.faults);
  if (!plan) return plan;
  if (const Outcome checked = CheckFaults(*plan, options.faults); !checked) return checked.error();
  std::vector<std::string_view> names;
  for (const ResourceConfig& r : config.resources) names.push_back(r.name);
  for (const Deviation& line : *plan) {
    const std::string_view name = ParseLabel(line.label)->resource;
    if (std::ranges::find(names, name) != names.end()) continue;
    return Error{ErrorCode::kResourceNotFound, "",
                 options.faults + ":" + std::to_string(line.line) + ": " + options.target +
                     " has no resource " + std::string(name) + Suggestion(name, names)};
  }
  return plan;
}

void SayNotApplied(const Host& host, Log& log, const std::string& file) {
  for (const Deviation& line : host.FaultsNotApplied()) {
    log.Line(Level::kWarning, "",
             file + ":" + std::to_string(line.line) + ": never applied: " + line.label + " " +
                 Text(line.outcome));
  }
}

void Announce(Log& log, const std::string& resource, const Status& status) {
  if (IsPending(status.state) && status.checkpoint > 0) {
    if (!status.progress.empty()) log.Line(Level::kInformation, resource, Text(status));
    return;
  }
  const bool bad = status.state == ResourceState::kFailed;
  log.Line(bad ? Level::kError : Level::kInformation, resource, Text(status));
}

// SIGHUP: new resources are added, missing ones removed, policies swapped, timing changed. A file
// that is wrong changes nothing.
void Reload(Host& host, Log& log, const RunOptions& options) {
  const Result<Config> config = Configure(options);
  if (!config) {
    log.Line(Level::kError, "", "not reloaded: " + config.error().detail);
    return;
  }
  for (const std::string& name : host.names()) {
    const bool kept = std::ranges::any_of(config->resources,
                                          [&](const ResourceConfig& r) { return r.name == name; });
    if (kept) continue;
    if (const Outcome removed = host.Remove(name, Seconds(180)); !removed) {
      log.Line(Level::kError, name, "not removed: " + removed.error().detail);
    }
  }
  for (const ResourceConfig& resource : config->resources) {
    const bool known = host.ConfigOf(resource.name) != nullptr;
    const Outcome done = known ? host.Change(resource) : host.Add(resource);
    if (!done) log.Line(Level::kError, resource.name, "not changed: " + done.error().detail);
    if (done && !known) host.Begin(resource.name);
  }
  log.Line(Level::kInformation, "", "configuration read again");
}

// Files that have changed are tried and swapped in, as an operator would.
void SwapChanged(Host& host, Log& log, std::mutex& mutex, PolicyWatcher& watcher) {
  std::map<fs::path, std::vector<std::string>> users;
  {
    const std::lock_guard lock(mutex);
    for (const std::string& name : host.names()) users[host.ConfigOf(name)->policy].push_back(name);
  }
  std::vector<fs::path> policies;
  for (const auto& [policy, names] : users) policies.push_back(policy);
  for (const fs::path& policy : watcher.Changed(policies)) {
    const Result<Trial> trial = Try(policy, nullptr);
    if (!trial || !trial->passed()) {
      log.Line(Level::kError, "",
               policy.string() + " has changed, and is not swapped in: " +
                   (trial ? trial->failures.front() : trial.error().detail));
      continue;
    }
    const std::lock_guard lock(mutex);
    const Result<NewVersion> version = host.ReadVersion(policy, trial->digest);
    for (const std::string& name : users[policy]) {
      const auto swapped = version ? host.Swap(name, *version, {.by = "a changed file"})
                                   : Result<std::uint64_t>(version.error());
      if (!swapped) log.Line(Level::kError, name, "not swapped: " + swapped.error().detail);
    }
  }
}

sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int s : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, s);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Long enough for an orderly offline and a terminate after it.
Duration ShutdownTimeout(const Config& config) {
  Duration longest = limits::kTerminateTimeout;
  for (const ResourceConfig& r : config.resources) {
    longest = std::max(longest, r.monitor.pending_timeout);
  }
  return longest + limits::kTerminateTimeout * 2;
}

int Serve(Host& host, Log& log, const RunOptions& options, const Config& config,
          const sigset_t& signals) {
  std::mutex mutex;
  Requests requests(host, mutex);
  Result<std::unique_ptr<ControlServer>> control = ControlServer::Listen(
      host.options().runtime_dir, [&requests](const std::string& request, const std::string& who) {
        return requests.Handle(request, who);
      });
  if (!control) return Fail(kExitUsage, control.error().detail);
  const int fd = signalfd(-1, &signals, SFD_CLOEXEC);
  if (fd < 0) return Fail(kExitUsage, "signalfd is not available");
  for (const ResourceConfig& r : config.resources) host.Begin(r.name);
  log.Line(Level::kInformation, "",
           "hosting " + std::to_string(config.resources.size()) + " resource" +
               (config.resources.size() == 1 ? "" : "s") + ", control socket " +
               (*control)->path());
  NotifySystemd("READY=1");
  PolicyWatcher watcher;
  while (true) {
    pollfd wait{fd, POLLIN, 0};
    if (config.swap.watch && poll(&wait, 1, 1'000) == 0) {
      SwapChanged(host, log, mutex, watcher);
      continue;
    }
    signalfd_siginfo signal{};
    if (read(fd, &signal, sizeof signal) != sizeof signal) continue;
    if (signal.ssi_signo != SIGHUP) break;
    NotifySystemd("RELOADING=1");
    const std::lock_guard lock(mutex);
    Reload(host, log, options);
    NotifySystemd("READY=1");
  }
  close(fd);
  NotifySystemd("STOPPING=1");
  log.Line(Level::kInformation, "", "ending: taking everything offline");
  control->reset();
  const Outcome offline = host.Shutdown(ShutdownTimeout(config));
  if (!offline) {
    log.Line(Level::kError, "", "ended, but not everything is offline: " + offline.error().detail);
    return kExitFailed;
  }
  log.Line(Level::kInformation, "", "everything is offline");
  return kExitOk;
}

}  // namespace

int RunCommand(const RunOptions& options) {
  const sigset_t signals = BlockSignals();  // before any thread starts
  Result<Config> config = Configure(options);
  if (!config) return Fail(kExitUsage, config.error().detail);
  Result<Plan> faults = FaultsFor(options, *config);
  if (!faults) return Fail(kExitUsage, faults.error().detail);
  LogOptions log_options;
  log_options.level = options.verbose ? Level::kDebug : Level::kInformation;
  log_options.file = options.log_file;
  const Result<std::unique_ptr<Log>> opened = Log::Open(log_options);
  if (!opened) return Fail(kExitUsage, opened.error().detail);
  Log& log = **opened;
  HostOptions host_options;
  host_options.node = config->node;
  host_options.state_dir = config->state_dir.string();
  host_options.runtime_dir = config->runtime_dir.string();
  host_options.faults = std::move(*faults);
  host_options.keep_traces = true;
  host_options.healthy = config->swap.healthy;
  host_options.quarantine = config->swap.quarantine_after;
  host_options.log = [&log](Level level, std::string_view resource, std::string_view text) {
    log.Line(level, resource, text);
  };
  host_options.reported = [&log](const std::string& resource, const Status& status) {
    Announce(log, resource, status);
  };
  Result<std::unique_ptr<Host>> host = Host::Create(std::move(host_options));
  if (!host) return Fail(kExitUsage, host.error().detail);
  for (const ResourceConfig& resource : config->resources) {
    if (const Outcome added = (*host)->Add(resource); !added) {
      return Fail(kExitUsage, resource.place + ": " + added.error().detail);
    }
  }
  const int code = Serve(**host, log, options, *config, signals);
  SayNotApplied(**host, log, options.faults);
  const bool stuck = !(*host)->Stuck().empty();
  log.Flush();
  if (stuck) _exit(code);  // nothing can join a thread that is stuck in the kernel
  return code;
}

}  // namespace tidegate
