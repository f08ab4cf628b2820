// Assembling a host and talking to its lanes.
#include "host/apps/tidegate/host.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <sys/resource.h>
#include <thread>

#include "host/apps/tidegate/paths.h"
#include "host/apps/tidegate/policy_file.h"
#include "host/core/nearest.h"
#include "host/core/text.h"
#include "host/env/linux/volumes.h"

namespace tidegate {
namespace {

// A lane's turn is at most a policy's running time; past this something is very wrong.
constexpr std::chrono::seconds kLaneAnswers{10};

// A volume is a descriptor: thousands of resources need more than the usual 1024.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

Error Unknown(const std::string& name, const std::vector<std::string>& known) {
  const std::vector<std::string_view> names(known.begin(), known.end());
  return {ErrorCode::kResourceNotFound, "",
          "this host has no resource " + name + Suggestion(name, names)};
}

}  // namespace

Result<std::unique_ptr<Host>> Host::Create(HostOptions options) {
  RaiseFileLimit();
  if (options.state_dir.empty()) options.state_dir = DefaultStateDir().string();
  if (options.runtime_dir.empty()) options.runtime_dir = RuntimeDirectory();
  Result<HostLocks> locks = HostLocks::Open(options.runtime_dir);
  if (!locks) return locks.error();
  std::unique_ptr<Host> host(new Host(std::move(options)));
  host->locks_ = std::make_unique<HostLocks>(std::move(*locks));
  const auto volumes = std::make_shared<Volumes>();
  LinuxEnvOptions env;
  env.node = host->options_.node;
  env.state_directory = host->options_.state_dir;
  env.volumes = [volumes](ResourceId id, const Call& call) { return volumes->Perform(id, call); };
  env.log = host->options_.log;
  env.reported = [self = host.get()](ResourceId id, const Status& status) {
    if (self->options_.reported) self->options_.reported(self->NameOf(id), status);
    const std::lock_guard lock(self->mutex_);
    ++self->reports_;
    self->reported_.notify_all();
  };
  Result<std::unique_ptr<LinuxEnv>> made = LinuxEnv::Create(host->scheduler_, std::move(env));
  if (!made) return made.error();
  host->env_ = std::move(*made);
  if (host->options_.tap) host->tap_ = host->options_.tap(*host->env_, host->scheduler_);
  Env& outer = host->tap_ ? static_cast<Env&>(*host->tap_) : *host->env_;
  host->engine_ = std::make_unique<Engine>(outer);
  if (host->tap_) {
    host->tap_->Forward(*host->engine_);
    host->scheduler_.Start(*host->tap_);
  } else {
    host->scheduler_.Start(*host->engine_);
  }
  return host;
}

Host::~Host() {
  if (env_) env_->Stop();
  scheduler_.Stop();
}

Result<std::shared_ptr<const CompiledPolicy>> Host::Compile(const std::filesystem::path& policy) {
  if (const auto known = programs_.find(policy); known != programs_.end()) return known->second;
  Result<std::shared_ptr<const CompiledPolicy>> program = CompilePolicy(policy);
  if (program) programs_[policy] = *program;
  return program;
}

Host::Entry* Host::Find(const std::string& name) {
  const auto it = entries_.find(name);
  return it == entries_.end() ? nullptr : &it->second;
}

const ResourceConfig* Host::ConfigOf(const std::string& name) const {
  const auto it = entries_.find(name);
  return it == entries_.end() ? nullptr : &it->second.config;
}

Outcome Host::Add(const ResourceConfig& config) {
  Result<std::shared_ptr<const CompiledPolicy>> program = Compile(config.policy);
  if (!program) return program.error();
  if (const Outcome locked = locks_->Take(config.name); !locked) return locked;
  const Result<ResourceId> id = engine_->NewId();
  if (!id) return id.error();
  LaneSpec spec{.id = *id,
                .name = config.name,
                .node = env_->node(),
                .properties = config.properties,
                .granted = config.capabilities,
                .limits = config.limits,
                .filters_health = options_.monitored,
                .monitor = {}};
  if (options_.monitored) spec.monitor = config.monitor;
  env_->Register(*id, config.name);
  const Result<Lane*> lane = engine_->Add(std::move(spec), *program);
  if (!lane) {
    locks_->Release(config.name);
    env_->Forget(*id);
    return lane.error();
  }
  entries_.emplace(config.name, Entry{*id, config, *lane});
  order_.push_back(config.name);
  return Ok();
}

void Host::Begin(const std::string& name) {
  const Entry* entry = Find(name);
  if (entry == nullptr) return;
  scheduler_.Run(entry->id, [lane = entry->lane, online = entry->config.online] {
    lane->Begin();
    if (online) lane->Want(true, {.kind = CauseKind::kOperator, .message = "configured online"});
  });
}

bool Host::OnLane(const Entry& entry, const std::function<void(Lane&)>& job) {
  const auto done = std::make_shared<std::promise<void>>();
  std::future<void> ran = done->get_future();
  // Copied: when nobody answers in time the job may still run after we left.
  scheduler_.Run(entry.id, [lane = entry.lane, job, done] {
    job(*lane);
    done->set_value();
  });
  return ran.wait_for(kLaneAnswers) == std::future_status::ready;
}

Outcome Host::Want(const std::string& name, bool online, const Cause& cause) {
  const Entry* entry = Find(name);
  if (entry == nullptr) return Unknown(name, order_);
  OnLane(*entry, [online, cause](Lane& lane) { lane.Want(online, cause); });
  return Ok();
}

Result<Answer> Host::Perform(const std::string& name, EntryPoint entry) {
  const Entry* found = Find(name);
  if (found == nullptr) return Unknown(name, order_);
  const auto done = std::make_shared<std::promise<Answer>>();
  std::future<Answer> answer = done->get_future();
  OnLane(*found, [done, entry](Lane& lane) {
    lane.Listen([done, entry, told = false](const Answer& given) mutable {
      if (given.entry == entry && !std::exchange(told, true)) done->set_value(given);
    });
    lane.Begin();
    lane.Request(entry);
  });
  answer.wait();
  const Instant until = Now() + Seconds(30);
  bool saving = true;
  while (saving && Now() < until) {
    saving = false;
    OnLane(*found, [&saving](Lane& lane) { saving = lane.saving(); });
    if (saving) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return answer.get();
}

std::optional<LaneView> Host::View(const std::string& name) {
  const Entry* entry = Find(name);
  if (entry == nullptr) return std::nullopt;
  const auto view = std::make_shared<LaneView>();
  if (!OnLane(*entry, [view](Lane& lane) { *view = lane.View(); })) return std::nullopt;
  return *view;
}

std::vector<LaneView> Host::Views() {
  std::vector<LaneView> views;
  for (const std::string& name : order_) {
    if (std::optional<LaneView> view = View(name)) views.push_back(std::move(*view));
  }
  return views;
}

bool Host::WaitFor(const std::string& name, Duration timeout,
                   const std::function<bool(const LaneView&)>& done) {
  const Instant until = Now() + timeout;
  while (true) {
    std::unique_lock lock(mutex_);
    const std::uint64_t seen = reports_;
    lock.unlock();
    if (const std::optional<LaneView> view = View(name); view && done(*view)) return true;
    if (Now() >= until) return false;
    lock.lock();
    // Verdicts are not reports: look again soon even when nothing is reported.
    reported_.wait_for(lock, std::chrono::milliseconds(20), [&] { return reports_ != seen; });
  }
}

Outcome Host::Swap(const std::string& name, const std::filesystem::path& policy, Duration timeout) {
  const Entry* entry = Find(name);
  if (entry == nullptr) return Unknown(name, order_);
  Result<std::shared_ptr<const CompiledPolicy>> program = CompilePolicy(policy);
  if (!program) return program.error();
  const auto done = std::make_shared<std::promise<Outcome>>();
  std::future<Outcome> outcome = done->get_future();
  const bool asked = OnLane(*entry, [done, program](Lane& lane) {
    lane.ListenSwap([done, told = false](const Outcome& swapped) mutable {
      if (!std::exchange(told, true)) done->set_value(swapped);
    });
    if (Outcome offered = lane.Offer(*program); !offered) done->set_value(offered);
  });
  if (!asked ||
      outcome.wait_for(std::chrono::nanoseconds(timeout.ns)) != std::future_status::ready) {
    return Error{ErrorCode::kTimeout, "",
                 "an entry point of " + name + " is still running after " + Text(timeout) +
                     "; the new version takes over when it ends"};
  }
  const Outcome swapped = outcome.get();
  if (swapped) {
    Find(name)->config.policy = policy;
    programs_[policy] = *program;
  }
  return swapped;
}

Outcome Host::Remove(const std::string& name, Duration timeout) {
  Entry* entry = Find(name);
  if (entry == nullptr) return Unknown(name, order_);
  (void)Want(name, false,
             {.kind = CauseKind::kOperator, .message = "removed from the configuration"});
  const bool settled = WaitFor(name, timeout, [](const LaneView& view) { return view.settled; });
  if (!settled) {
    return Error{ErrorCode::kTimeout, "", name + " did not go offline within " + Text(timeout)};
  }
  scheduler_.Remove(entry->id);
  engine_->Remove(entry->id);
  env_->Forget(entry->id);
  locks_->Release(name);
  entries_.erase(name);
  std::erase(order_, name);
  return Ok();
}

Outcome Host::Shutdown(Duration timeout, CauseKind kind) {
  const Cause cause{.kind = kind, .message = "the host is ending"};
  for (auto it = order_.rbegin(); it != order_.rend(); ++it) {
    const Entry& entry = entries_.at(*it);
    scheduler_.Run(entry.id, [lane = entry.lane, cause] { lane->Want(false, cause); });
  }
  const Instant until = Now() + timeout;
  std::string left;
  for (auto it = order_.rbegin(); it != order_.rend(); ++it) {
    const Duration rest{std::max<std::int64_t>((until - Now()).ns, 0)};
    const bool settled = WaitFor(*it, rest, [](const LaneView& view) { return view.settled; });
    const std::optional<LaneView> view = View(*it);
    if (settled && view && view->status.state == ResourceState::kOffline) continue;
    left += (left.empty() ? "" : "; ") + *it + " is " +
            (view ? Text(view->status) : std::string("not answering"));
  }
  if (left.empty()) return Ok();
  return Error{ErrorCode::kResourceFailed, "", left};
}

Outcome Host::Change(const ResourceConfig& config) {
  Entry* entry = Find(config.name);
  if (entry == nullptr) return Unknown(config.name, order_);
  if (config.properties != entry->config.properties ||
      config.capabilities != entry->config.capabilities || config.limits != entry->config.limits) {
    return Error{ErrorCode::kResourcePropertiesStored, "",
                 config.place + ": properties, capabilities and limits of " + config.name +
                     " take effect when the resource is next added; take it offline and restart"};
  }
  programs_.erase(config.policy);
  Result<std::shared_ptr<const CompiledPolicy>> program = Compile(config.policy);
  if (!program) return program.error();
  OnLane(*entry, [monitor = config.monitor](Lane& lane) { lane.Change(monitor); });
  const std::optional<LaneView> view = View(config.name);
  if (view && view->digest == (*program)->digest()) return Ok();
  return Swap(config.name, config.policy, Seconds(30));
}

}  // namespace tidegate
