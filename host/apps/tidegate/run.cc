// tidegate run: a host until it is told to end.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "host/apps/shared/inspect.h"
#include "host/apps/shared/pack/places.h"
#include "host/apps/shared/policy_file.h"
#include "host/apps/tidegate/changes.h"
#include "host/apps/tidegate/client.h"
#include "host/apps/tidegate/commands.h"
#include "host/apps/tidegate/config.h"
#include "host/apps/tidegate/control.h"
#include "host/apps/tidegate/host.h"
#include "host/apps/tidegate/requests.h"
#include "host/apps/tidegate/simulate/simulate.h"
#include "host/apps/tidegate/systemd.h"
#include "host/apps/tidegate/terminal.h"
#include "host/core/nearest.h"
#include "host/core/text.h"
#include "host/env/guarded.h"
#include "host/env/log.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

bool IsFile(const RunOptions& options) { return fs::path(options.target).extension() == ".toml"; }

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
  const bool file = IsFile(options);
  if (file && geteuid() == 0) {  // whoever may write it says what root does
    if (const Outcome guarded = CheckGuarded(options.target); !guarded) return guarded.error();
  }
  if (file && !options.set.empty()) {
    return Error{ErrorCode::kInvalidParameter, "",
                 "--set goes with a POLICY; " + options.target + " has [resource.properties]"};
  }
  Result<Config> config = file ? ReadConfig(options.target) : ConfigOfPolicy(options);
  if (!config) return config;
  if (!options.node.empty()) config->node = options.node;
  if (!options.state_dir.empty()) config->state_dir = options.state_dir;
  if (!options.runtime_dir.empty()) config->runtime_dir = options.runtime_dir;
  return config;
}

// The configuration must say that this host may be hurt.
Result<Plan> FaultsFor(const RunOptions& options, const Config& config) {
  if (options.faults.empty()) return Plan();
  Result<Plan> plan =
      ReadFaults(options.faults, config.inject_faults,
                 "a FILE.toml that says inject_faults = true, and " + options.target + " does not");
  if (!plan) return plan;
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

sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int s : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, s);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Long enough for an orderly offline and a terminate after it.
Duration ShutdownTimeout(const Config& config) {
  Duration longest;
  for (const ResourceConfig& r : config.resources) {
    longest = std::max(longest, r.monitor.pending_timeout);
  }
  return longest + limits::kTerminateTimeout * 2;
}

// Has seen the files as they are before the host reads them.
std::optional<PolicyWatcher> WatcherOf(const Config& config) {
  if (!config.swap.watch) return std::nullopt;
  std::vector<fs::path> policies;
  for (const ResourceConfig& r : config.resources) policies.push_back(r.policy);
  PolicyWatcher watcher;
  (void)watcher.Changed(policies);
  return watcher;
}

// A file's resources as well as each can be, a policy's one as it was said or not at all. What can
// begin; the error says why there is nothing to host.
Result<std::vector<std::string>> TakeIn(Host& host, const RunOptions& options,
                                        const Config& config) {
  if (!IsFile(options)) {
    const ResourceConfig& resource = config.resources.front();
    if (const Outcome added = host.Add(resource); !added) {
      return Error{added.error().code, "", resource.place + ": " + added.error().detail};
    }
    return std::vector<std::string>{resource.name};
  }
  std::vector<std::string> names = host.Admit(config.resources);
  const bool elsewhere = std::ranges::all_of(config.resources, [&](const ResourceConfig& r) {
    const std::optional<Error> trouble = host.TroubleOf(r.name);
    return !host.Hosts(r.name) && trouble && IsElsewhere(*trouble);
  });
  if (!elsewhere) return names;
  return *host.TroubleOf(config.resources.front().name);  // this is a second host by mistake
}

int Serve(Host& host, Log& log, const RunOptions& options, const Config& config,
          std::optional<PolicyWatcher> watcher, const std::vector<std::string>& names,
          const sigset_t& signals) {
  Result<std::unique_ptr<ControlServer>> control = ControlServer::Listen(
      host.options().runtime_dir, [&host](const std::string& request, const std::string& who) {
        return HandleRequest(host, request, who);
      });
  if (!control) return Fail(kExitUsage, control.error().detail);
  const int fd = signalfd(-1, &signals, SFD_CLOEXEC);
  if (fd < 0) return Fail(kExitUsage, "signalfd is not available");
  for (const std::string& name : names) host.Begin(name);
  const std::string troubles = host.Troubles();
  const std::string hosting =
      "hosting " + std::to_string(names.size()) + " resource" + (names.size() == 1 ? "" : "s");
  log.Line(troubles.empty() ? Level::kInformation : Level::kError, "",
           hosting + ", control socket " + (*control)->path() + troubles);
  NotifySystemd("READY=1\nSTATUS=" + hosting + troubles);
  auto changes = Changes::Follow(host, log, std::move(watcher), [&] { return Configure(options); });
  if (!changes) return Fail(kExitUsage, changes.error().detail);
  signalfd_siginfo signal{};
  while (read(fd, &signal, sizeof signal) != sizeof signal || signal.ssi_signo == SIGHUP) {
    if (signal.ssi_signo == SIGHUP) (*changes)->ReadAgain();
    signal = {};
  }
  close(fd);
  NotifySystemd("STOPPING=1");
  log.Line(Level::kInformation, "", "ending: taking everything offline");
  host.End();
  changes->reset();
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
  SetPackPlaces({config->pack_store, config->pack_trust});
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
  host_options.guarded = geteuid() == 0;
  host_options.healthy = config->swap.healthy;
  host_options.quarantine = config->swap.quarantine_after;
  host_options.others = [dir = RuntimeDirOr(config->runtime_dir.string())] {
    return UniqueOfOthers(dir);
  };
  host_options.log = [&log](Level level, std::string_view resource, std::string_view text) {
    log.Line(level, resource, text);
  };
  host_options.reported = [&log](const std::string& resource, const Status& status) {
    Announce(log, resource, status);
  };
  Result<std::unique_ptr<Host>> host = Host::Create(std::move(host_options));
  if (!host) return Fail(kExitUsage, host.error().detail);
  if (IsFile(options)) (*host)->KeepOff(options.target);
  (*host)->KeepOff(options.log_file);
  std::optional<PolicyWatcher> watcher = WatcherOf(*config);
  const Result<std::vector<std::string>> names = TakeIn(**host, options, *config);
  if (!names) return Fail(kExitUsage, names.error().detail);
  const int code = Serve(**host, log, options, *config, std::move(watcher), *names, signals);
  SayNotApplied(**host, log, options.faults);
  const bool stuck = !(*host)->Stuck().empty();
  log.Flush();
  if (stuck) _exit(code);  // nothing can join a thread that is stuck in the kernel
  return code;
}

}  // namespace tidegate
