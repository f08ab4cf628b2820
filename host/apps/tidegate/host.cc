// Assembling a host and talking to its lanes.
#include "host/apps/tidegate/host.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <sys/resource.h>
#include <thread>

#include "host/apps/shared/pack/pack_name.h"
#include "host/apps/shared/policy_file.h"
#include "host/apps/tidegate/paths.h"
#include "host/core/nearest.h"
#include "host/core/text.h"
#include "host/env/guarded.h"
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

}  // namespace

Result<std::unique_ptr<Host>> Host::Create(HostOptions options) {
  RaiseFileLimit();
  if (options.state_dir.empty()) options.state_dir = DefaultStateDir().string();
  if (options.runtime_dir.empty()) options.runtime_dir = RuntimeDirectory();
  if (options.guarded) {
    if (const Outcome guarded = MakeGuarded(options.state_dir); !guarded) return guarded.error();
  }
  Result<HostLocks> locks = HostLocks::Open(options.runtime_dir, options.any_mode);
  if (!locks) return locks.error();
  std::unique_ptr<Host> host(new Host(std::move(options)));
  host->locks_ = std::make_unique<HostLocks>(std::move(*locks));
  // Beside the locks: they go with the node's boot, as mounts do.
  Result<Store> marks = Store::Open(host->options_.runtime_dir);
  if (!marks) return marks.error();
  const auto volumes = std::make_shared<Volumes>(VolumesOptions{
      .marks = std::move(*marks),
      .own_folders = OwnFolders(host->options_.state_dir, host->options_.runtime_dir)});
  host->volumes_ = volumes;
  HostEnvOptions env;
  env.node = host->options_.node;
  env.state_directory = host->options_.state_dir;
  env.volumes = [volumes](ResourceId id, const Call& call) { return volumes->Perform(id, call); };
  env.log = host->options_.log;
  env.cluster = host->options_.cluster;
  env.reported = [self = host.get()](ResourceId id, const Status& status) {
    if (self->options_.reported) self->options_.reported(self->NameOf(id), status);
    const std::lock_guard lock(self->mutex_);
    ++self->reports_;
    self->reported_.notify_all();
  };
  Result<std::unique_ptr<HostEnv>> made = HostEnv::Create(host->scheduler_, std::move(env));
  if (!made) return made.error();
  host->env_ = std::move(*made);
  Result<std::unique_ptr<Versions>> versions = Versions::Open(
      host->options_.state_dir,
      [self = host.get()](Level level, const std::string& resource, const std::string& text) {
        self->Log(level, resource, text);
      });
  if (!versions) return versions.error();
  host->versions_ = std::move(*versions);
  host->Connect();
  return host;
}

// What a lane asks passes the tap, the recorder and the faults on its way to Env; what it is
// answered comes back by the same way, so that injected answers are recorded as what they are.
void Host::Connect() {
  Env* outer = env_.get();
  std::vector<EnvTap*> taps;  // from Env to engine
  if (!options_.faults.empty()) {
    faults_ = std::make_unique<FaultEnv>(*outer, scheduler_, options_.faults, env_->node());
    faults_->Listen([this](ResourceId id, const std::string& fault) {
      env_->Log(id, Level::kWarning, "injected: " + fault);
    });
    taps.push_back(faults_.get());
    outer = faults_.get();
  }
  if (options_.records) {
    recorder_ = std::make_unique<TraceEnv>(*outer);
    taps.push_back(recorder_.get());
    outer = recorder_.get();
  }
  if (options_.tap && (tap_ = options_.tap(*outer, scheduler_))) {
    taps.push_back(tap_.get());
    outer = tap_.get();
  }
  if (options_.keep_traces) KeepTraces();
  engine_ = std::make_unique<Engine>(*outer);
  EventSink* next = engine_.get();
  for (auto tap = taps.rbegin(); tap != taps.rend(); ++tap) {
    (*tap)->Forward(*next);
    next = *tap;
  }
  scheduler_.Start(*next);
}

void Host::KeepTraces() {
  traces_ = std::make_unique<TraceFiles>(
      std::filesystem::path(options_.state_dir) / "traces",
      [this](Level level, const std::string& resource, const std::string& text) {
        if (options_.log) options_.log(level, resource, text);
      });
  recorder_->ListenFailed([this](ResourceId id, const Status& status) {
    const std::string name = NameOf(id);
    if (!traces_->WantsFailure(name, Now())) return;
    std::optional<Trace> trace = recorder_->Take(id);
    if (!trace) return;
    trace->tool = TIDEGATE_VERSION;
    trace->reason = Text(status);
    trace->file = PolicyFileOf(id);
    traces_->Failed(std::move(*trace));
  });
}

std::string Host::PolicyFileOf(ResourceId id) {
  const std::lock_guard lock(mutex_);
  const auto file = policy_files_.find(id);
  return file == policy_files_.end() ? std::string() : file->second;
}

void Host::NotePolicyFile(ResourceId id, const std::filesystem::path& policy) {
  // A folder's files are all read; a file stands for itself.
  if (!policy.empty() && !NamesInstalledPack(policy.string())) {
    volumes_->KeepOff(AbsolutePolicy(policy).string());
  }
  const std::lock_guard lock(mutex_);
  if (policy.empty()) {
    policy_files_.erase(id);
  } else {
    policy_files_[id] = AbsolutePolicy(policy).string();
  }
}

Result<Trace> Host::TakeTrace(const std::string& name, const std::string& reason) {
  const Result<std::shared_ptr<Entry>> hosted = Hosted(name);
  if (!hosted) return hosted.error();
  const std::shared_ptr<Entry>& entry = *hosted;
  if (!recorder_) return Error{ErrorCode::kNotSupported, "", "this host records nothing"};
  const auto taken = std::make_shared<std::optional<Trace>>();
  const bool asked =
      OnLane(*entry, [this, taken, id = entry->id](Lane&) { *taken = recorder_->Take(id); });
  if (!asked || !*taken) return Error{ErrorCode::kTimeout, "", name + " does not answer"};
  Trace trace = std::move(**taken);
  trace.tool = TIDEGATE_VERSION;
  trace.taken = WallClock();
  trace.reason = reason;
  trace.file = PolicyFileOf(entry->id);
  return trace;
}

Host::~Host() {
  if (env_) env_->Stop();
  scheduler_.Stop();
}

Error Host::Unknown(const std::string& name) const {
  const std::vector<std::string> all = this->names();
  const std::vector<std::string_view> names(all.begin(), all.end());
  return {ErrorCode::kResourceNotFound, "",
          "this host has no resource " + name + Suggestion(name, names)};
}

std::shared_ptr<Host::Entry> Host::Find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find(name);
  return it == entries_.end() ? nullptr : it->second;
}

std::vector<std::string> Host::names() const {
  const std::lock_guard lock(mutex_);
  return order_;
}

std::optional<ResourceConfig> Host::ConfigOf(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find(name);
  if (it == entries_.end()) return std::nullopt;
  return it->second->config;
}

bool Host::OnLane(const Entry& entry, const std::function<void(Lane&)>& job) {
  auto done = std::make_shared<std::promise<bool>>();
  std::future<bool> ran = done->get_future();
  // Copied: when nobody answers in time the job may still run after we left.
  scheduler_.Run(entry.id, [lane = entry.lane, job, done]() mutable {
    job(*lane);
    done->set_value(true);
    done.reset();
  });
  done.reset();
  if (ran.wait_for(kLaneAnswers) != std::future_status::ready) return false;
  try {
    return ran.get();
  } catch (const std::future_error&) {
    return false;  // dropped: the resource was removed
  }
}

Outcome Host::Want(const std::string& name, bool online, const Cause& cause) {
  // Whoever mended it wants it online.
  if (const auto config = ConfigOf(name); online && config && !Hosts(name)) {
    for (const std::string& admitted : Admit({*config})) Begin(admitted);
  }
  const Result<std::shared_ptr<Entry>> entry = Hosted(name);
  if (!entry) return entry.error();
  if (OnLane(**entry, [online, cause](Lane& lane) { lane.Want(online, cause); })) return Ok();
  return Error{ErrorCode::kTimeout, "", name + " does not answer"};
}

Result<Answer> Host::Perform(const std::string& name, EntryPoint entry, const Arguments& arguments,
                             Duration within) {
  const Result<std::shared_ptr<Entry>> hosted = Hosted(name);
  if (!hosted) return hosted.error();
  const std::shared_ptr<Entry>& found = *hosted;
  const auto done = std::make_shared<std::promise<Answer>>();
  const auto ended = std::make_shared<std::promise<void>>();
  std::future<Answer> answer = done->get_future();
  const bool first = !std::exchange(found->begun, true);
  // Not waited for: what it asks of the device may not come back.
  scheduler_.Run(found->id, [&lane = *found->lane, done, ended, entry, arguments, first] {
    lane.Listen([done, ended, entry, told = false, over = false](const Answer& given) mutable {
      if (given.entry == entry && !std::exchange(told, true)) done->set_value(given);
      if (given.entry == EntryPoint::kTerminate && !std::exchange(over, true)) ended->set_value();
    });
    if (first) lane.Begin();
    // To terminate is to say so: nothing runs that it would have to wait for.
    if (entry == EntryPoint::kTerminate) return lane.Kill({.kind = CauseKind::kOperator});
    lane.Request(entry, arguments);
  });
  Answer given{entry, {}};
  if (answer.wait_for(std::chrono::nanoseconds(within.ns)) == std::future_status::ready) {
    given = answer.get();
  } else {
    const Cause cause{.kind = CauseKind::kDeadline,
                      .entry = entry,
                      .code = ErrorCode::kTimeout,
                      .message = "no result within the " + RoundedText(within) + " that there are"};
    // Whatever it answers from now on: it was stopped. A question is only given up.
    given.verdict = {false, cause, {}};
    if (IsPoll(entry)) return given;
    OnLane(*found, [cause](Lane& lane) { lane.Kill(cause); });
    ended->get_future().wait();  // its timeout bounds it
  }
  const Instant until = Now() + Seconds(30);
  bool saving = true;
  while (saving && Now() < until) {
    saving = false;
    OnLane(*found, [&saving](Lane& lane) { saving = lane.saving(); });
    if (saving) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return given;
}

std::optional<LaneView> Host::View(const std::string& name) {
  const std::shared_ptr<Entry> entry = Find(name);
  if (!entry) return std::nullopt;
  if (entry->lane == nullptr) return ViewOf(*entry);
  const auto view = std::make_shared<LaneView>();
  if (!OnLane(*entry, [view](Lane& lane) { *view = lane.View(); })) return std::nullopt;
  return *view;
}

LaneView Host::ViewOf(const Entry& entry) const {
  LaneView view;
  view.name = entry.name;
  view.status.state = ResourceState::kFailed;
  view.status.since = entry.since;
  view.status.cause = {.kind = CauseKind::kPolicyError, .entry = EntryPoint::kOpen};
  view.status.cause.code = entry.trouble->code;
  view.status.cause.message = "not hosted: " + entry.trouble->detail;
  view.wants_online = entry.config.online;
  view.gave_up = view.settled = true;
  view.policy = entry.config.policy.filename().string();
  return view;
}

std::vector<LaneView> Host::Views() {
  std::vector<LaneView> views;
  for (const std::string& name : names()) {
    if (std::optional<LaneView> view = View(name)) views.push_back(std::move(*view));
  }
  return views;
}

bool Host::WaitFor(const std::string& name, Duration timeout,
                   const std::function<bool(const LaneView&)>& done) {
  return Settled(name, Now() + timeout, true, done);
}

bool Host::Settled(const std::string& name, Instant until, bool ends,
                   const std::function<bool(const LaneView&)>& done) {
  while (true) {
    std::unique_lock lock(mutex_);
    const std::uint64_t seen = reports_;
    lock.unlock();
    if (const std::optional<LaneView> view = View(name); view && done(*view)) return true;
    if (Now() >= until) return false;
    lock.lock();
    // Verdicts are not reports: look again soon even when nothing is reported.
    reported_.wait_for(lock, std::chrono::milliseconds(20),
                       [&] { return reports_ != seen || (ends && ending_); });
    if (ends && ending_) return false;
  }
}

void Host::End() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  reported_.notify_all();
}

Outcome Host::Shutdown(Duration timeout, CauseKind kind) {
  const Cause cause{.kind = kind, .message = "the host is ending"};
  const std::vector<std::string> order = names();
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    const std::shared_ptr<Entry> entry = Find(*it);
    if (entry->lane == nullptr) continue;
    scheduler_.Run(entry->id, [lane = entry->lane, cause] { lane->Want(false, cause); });
  }
  const Instant began = Now();
  // Nobody waits for what another resource is given.
  const auto until_of = [&](const std::string& name) {
    const std::optional<ResourceConfig> config = ConfigOf(name);
    const Duration own = config ? config->monitor.pending_timeout : Duration{};
    return began + std::min(timeout, own + limits::kTerminateTimeout * 2);
  };
  std::string left;
  const auto settles = [this](const std::string& name, Instant by) {
    return Settled(name, by, false, [](const LaneView& view) {
      return view.settled && view.status.state != ResourceState::kInitializing;  // it is opened yet
    });
  };
  // All that hang are terminated before the first is waited for: they have the same time left.
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    if (settles(*it, until_of(*it) - limits::kTerminateTimeout * 2)) continue;
    const std::shared_ptr<Entry> entry = Find(*it);
    scheduler_.Run(entry->id, [lane = entry->lane, cause] { lane->Kill(cause); });
  }
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    // What another process hosts is its to say.
    if (const auto trouble = TroubleOf(*it); !Hosts(*it) && IsElsewhere(*trouble)) continue;
    const bool settled = settles(*it, until_of(*it));
    const std::optional<LaneView> view = View(*it);
    if (settled && view && view->status.state == ResourceState::kOffline) continue;
    left += (left.empty() ? "" : "; ") + *it + " is " +
            (view ? Text(view->status) : std::string("not answering"));
  }
  for (const std::string& name : traces_ ? order : std::vector<std::string>()) {
    if (const Result<Trace> trace = TakeTrace(name, "the host ended")) traces_->Ended(*trace);
  }
  if (left.empty()) return Ok();
  return Error{ErrorCode::kResourceFailed, "", left};
}

}  // namespace tidegate
