// The actions.
#include "host/apps/tidegate/ocf/agent.h"

#include <algorithm>
#include <cstdio>

#include "host/apps/shared/inspect.h"
#include "host/apps/shared/policy_file.h"
#include "host/core/health.h"
#include "host/core/line.h"
#include "host/core/text.h"
#include "host/env/clock.h"
#include "host/env/guarded.h"
#include "host/env/linux/pacemaker.h"

namespace tidegate::ocf {
namespace {

// Records of the resource.
constexpr const char* kMark = "online";
constexpr const char* kHealth = "health";
// What is left to us of the cluster's timeout after a policy was stopped for it: to say so.
constexpr Duration kMargin = Seconds(1);
// For how long an action to which nobody gave a time waits for another one of its resource.
constexpr Duration kPatience = Seconds(20);
// What cannot be hosted says nothing of the configuration.
constexpr const char* kHosting = "host";
// OCF_CHECK_LEVEL. Source: OCF Resource Agent API 1.1, "Check levels".
constexpr int kLooksAliveBelow = 10;
constexpr int kDeep = 20;
// What is_alive is told, by bit.
constexpr std::uint32_t kDeepFlag = 1;
constexpr std::uint32_t kProbeFlag = 2;

Answered Failed(Exit exit, std::string reason) { return {exit, std::move(reason)}; }

Error NotHosted(const Error& error) { return {error.code, kHosting, error.detail}; }

// The first property whose value is another now and that must not change while the resource runs.
std::string NeedsRestart(const Settings& before, const Settings& now,
                         const std::vector<PropertySpec>& specs) {
  for (const PropertySpec& spec : specs) {
    if (spec.reloadable) continue;
    const auto was = before.find(spec.name);
    const auto is = now.find(spec.name);
    if ((was == before.end()) != (is == now.end())) return spec.name;
    if (was != before.end() && was->second != is->second) return spec.name;
  }
  return {};
}

// What there is to start is not on this node.
bool IsMissing(const Cause& cause) {
  const bool none =
      cause.code == ErrorCode::kFileNotFound || cause.code == ErrorCode::kPathNotFound;
  return none && cause.op == VolumeOpen::Info().name;
}

}  // namespace

void Log(Level level, std::string_view text) {
  if (level == Level::kDebug) return;
  constexpr const char* kLevels[] = {"debug", "info", "warning", "error"};
  std::fprintf(stderr, "%s: %s\n", kLevels[static_cast<int>(level)],
               PrintableLine(text, limits::kLogLineBytes).c_str());
}

// What goes wrong here has not touched the device. `everywhere`: so it would on every node.
Answered Agent::CannotLoad(const Error& error, bool everywhere) const {
  const bool setting =
      error.code == ErrorCode::kInvalidParameter || error.code == ErrorCode::kRevisionMismatch;
  if (!setting) return Failed(ExitOf(error.code), error.detail);
  return Failed(everywhere ? Exit::kConfigured : Exit::kArguments, error.detail);
}

Result<Agent::Chosen> Agent::Configured() const {
  if (environment_.trouble) return *environment_.trouble;
  const std::string& policy = environment_.policy;
  if (policy.empty()) {
    return Error{ErrorCode::kInvalidParameter, "",
                 "parameter PolicyPath is not set: it names the policy, a .lua file or a folder"};
  }
  Result<PolicySource> source = ReadPolicy(policy);
  if (!source) return source.error();
  Result<std::shared_ptr<const CompiledPolicy>> program = CompileSource(*source);
  if (!program) return program.error();
  if (!environment_.digest.empty() && environment_.digest != (*program)->digest()) {
    return Error{ErrorCode::kFileNotFound, "",
                 policy + " is not the policy that PolicyDigest asks for: it has " +
                     (*program)->digest() + "; install the other one on this node"};
  }
  return Chosen{{policy, std::move(*source), std::move(*program)}, environment_.settings};
}

// A mark that names nothing, or nothing that is there, marks all the same.
Result<Agent::Chosen> Agent::Choose(const std::string& mark) const {
  if (mark.empty()) return Configured();
  std::optional<Started> started = StartedIn(mark);
  if (started) {
    Result<std::shared_ptr<const CompiledPolicy>> program = policies_.Find(started->digest);
    if (program) {
      return Chosen{{started->policy, {}, std::move(*program)}, std::move(started->settings)};
    }
    Log(Level::kWarning,
        "the policy that was started is not kept, and is read again: " + program.error().detail);
  }
  return Configured();
}

std::function<Reply(ResourceId, const Call&)> Agent::Cluster() const {
  if (!environment_.pacemaker) return {};
  const PacemakerOptions options{.resource = environment_.resource, .node = environment_.node};
  return [asked = std::make_shared<Pacemaker>(options)](ResourceId, const Call& call) {
    return asked->Perform(call);
  };
}

// Whoever waited for the lock goes by what the action before it left.
Result<Agent::Loaded> Agent::Load(Uses uses) {
  if (const Outcome opened = OpenStore(); !opened) return NotHosted(opened.error());
  while (true) {
    const std::string mark = MarkText();
    Result<Loaded> loaded = LoadAs(Choose(mark), uses);
    if (!loaded || host_ == nullptr || MarkText() == mark) return loaded;
    host_.reset();
  }
}

// What other users could change is refused where something begins. What runs is monitored and
// stopped all the same: a mode that somebody changed is no reason to fence a node.
Result<Agent::Loaded> Agent::LoadToBegin() {
  begins_ = true;
  if (const Outcome opened = OpenStore(); !opened) return opened.error();
  for (const Outcome& guarded :
       {CheckPolicyGuarded(environment_.policy), MakeGuarded(environment_.state_dir)}) {
    if (!guarded) return guarded.error();
  }
  return LoadAs(Configured(), Uses::kAll);
}

Result<Agent::Loaded> Agent::LoadAs(Result<Chosen> chosen, Uses uses) {
  if (!chosen) return chosen.error();
  const bool looks = uses == Uses::kPolls && faults_.empty();
  return looks ? LoadToLook(std::move(*chosen)) : LoadToAct(std::move(*chosen));
}

Result<Agent::Loaded> Agent::LoadToLook(Chosen chosen) {
  LookOptions options{.name = environment_.instance,
                      .node = environment_.node,
                      .promoted = Promoted(),
                      .state_dir = environment_.state_dir,
                      .cluster = Cluster(),
                      .log = &Log,
                      .forgets = environment_.probe,
                      .left = [this] { return Patience(); }};
  Result<std::unique_ptr<Look>> look = Look::Load(std::move(options), chosen.version.program);
  if (!look) return look.error();
  look_ = std::move(*look);
  Result<Properties> properties = PropertiesOf(chosen.settings, look_->manifest().properties);
  if (!properties) return properties.error();
  const Outcome begun = look_->Begin(std::move(*properties));
  if (!begun) return NotHosted(begun.error());
  return Loaded{nullptr, look_->manifest(), std::move(chosen)};
}

Result<Agent::Loaded> Agent::LoadToAct(Chosen chosen) {
  const std::shared_ptr<const CompiledPolicy>& program = chosen.version.program;
  program->LoadEach({});
  Result<Inspected> policy = Inspect(program);
  if (!policy) return policy.error();
  Result<Properties> properties = PropertiesOf(chosen.settings, policy->manifest.properties);
  if (!properties) return properties.error();

  HostOptions options;
  options.node = environment_.node;
  options.cluster = Cluster();
  options.state_dir = environment_.state_dir;
  options.runtime_dir = environment_.state_dir;  // where its lock is
  options.lock_patience = Patience();
  options.any_mode = !begins_;
  options.monitored = false;
  options.lane_threads = 1;  // for one resource
  options.records = false;
  options.faults = faults_;
  options.log = [](Level level, std::string_view, std::string_view text) { Log(level, text); };
  Result<std::unique_ptr<Host>> host = Host::Create(std::move(options));
  if (!host) return NotHosted(host.error());
  host_ = std::move(*host);
  ResourceConfig resource;
  resource.name = environment_.instance;
  resource.policy = chosen.version.policy;
  resource.properties = std::move(*properties);
  resource.promoted = Promoted();
  if (const Outcome added = host_->Add(resource, program); !added) {
    Error error = NotHosted(added.error());
    if (error.code == ErrorCode::kSharingViolation) {
      error.detail = "waited in vain for another action of it to end: " +
                     error.detail.substr(0, error.detail.find(';'));
    }
    return error;
  }
  return Loaded{host_.get(), std::move(policy->manifest), std::move(chosen)};
}

Duration Agent::Left() const {
  if (!deadline_) return limits::kDurationMax;
  return std::max(*deadline_ - MonotonicNow(), Duration{1});
}

Duration Agent::Patience() const { return deadline_ ? Left() : kPatience; }

Result<Answer> Agent::Perform(Loaded& loaded, EntryPoint entry, int share) {
  Arguments arguments;
  if (entry == EntryPoint::kIsAlive) {
    arguments.flags = (environment_.depth >= kDeep ? kDeepFlag : 0) | (Marked() ? 0 : kProbeFlag);
  }
  Duration within = Left();
  // Whatever is stopped for the cluster's timeout is terminated within it.
  if (deadline_ && entry != EntryPoint::kTerminate && !IsPoll(entry)) {
    within = std::max(within - loaded.manifest.Timeout(EntryPoint::kTerminate), within / 2);
  }
  within = std::max(within / share, Duration{1});
  // A device that does not answer holds the lane, where its own timer cannot end it.
  if (IsPoll(entry)) within = std::min(within, loaded.manifest.Timeout(entry) + kMargin);
  if (loaded.host == nullptr) return look_->Perform(entry, arguments, within);
  return loaded.host->Perform(environment_.instance, entry, arguments, within);
}

// --- The mark. ---

// It is the first thing that any action does: its time runs.
Outcome Agent::OpenStore() {
  if (store_) return Ok();
  if (environment_.timeout) {
    deadline_ =
        MonotonicNow() + std::max(*environment_.timeout - kMargin, *environment_.timeout / 2);
  }
  Result<Store> store = Store::Open(environment_.state_dir);
  if (!store) return store.error();
  store_.emplace(std::move(*store));
  return Ok();
}

// A mark that cannot be read is a mark.
std::string Agent::MarkText() const {
  const Reply mark = store_->Get(environment_.instance, RecordGet{kMark});
  if (mark.ok()) return std::get<std::string>(mark.value);
  return mark.code == ErrorCode::kNotFound ? "" : "?";
}

bool Agent::Marked() const { return !MarkText().empty(); }

bool Agent::Promoted() const {
  const std::optional<Started> started = StartedIn(MarkText());
  return started && started->promoted;
}

// In place of the mark that there is, so that what was kept stays what it goes by.
Outcome Agent::MarkPromoted(const Chosen& by, bool promoted) {
  std::optional<Started> started = StartedIn(MarkText());
  if (!started) return Mark(by, promoted);
  started->promoted = promoted;
  const Reply set = store_->Set(environment_.instance, RecordSet{kMark, TextOf(*started)});
  if (!set.ok()) return Error{set.code, "", "its role could not be noted: " + Text(set)};
  return Ok();
}

// First what the mark names, then the mark.
Outcome Agent::Mark(const Chosen& by, bool promoted) {
  const std::string& digest = by.version.program->digest();
  const bool read = !by.version.source.text.empty();
  if (const Outcome kept = read ? policies_.Keep(by.version.source, digest) : Ok(); !kept) {
    return Error{kept.error().code, "", "its policy could not be kept: " + kept.error().detail};
  }
  const Started started{by.version.policy.string(), digest, by.settings, promoted};
  const Reply set = store_->Set(environment_.instance, RecordSet{kMark, TextOf(started)});
  if (!set.ok()) return Error{set.code, "", "it could not be marked: " + Text(set)};
  return Ok();
}

Outcome Agent::Unmark() {
  // A mark is taken away, not emptied: that succeeds on a full disk, too.
  if (const Outcome dropped = store_->Drop(environment_.instance, kMark); !dropped) {
    return Error{dropped.error().code, "",
                 "it is offline, but that could not be noted: " + dropped.error().detail};
  }
  policies_.Clear();
  return Ok();
}

// The verdict to act on, by what the policy says of its own sureness; past ones are in the store.
bool Agent::Healthy(const Manifest& manifest, bool alive, std::string& note) {
  const Reply stored = store_->Get(environment_.instance, RecordGet{kHealth});
  std::string history = stored.ok() ? std::get<std::string>(stored.value) : std::string();
  history += alive ? '1' : '0';
  if (history.size() > kHealthWindow) history.erase(0, history.size() - kHealthWindow);
  HealthFilter filter;
  bool healthy = true;
  for (const char verdict : history) healthy = filter.Take(verdict == '1', manifest.health);
  // Good news that changes nothing is not worth a write at every poll.
  const bool all_good = history.find('0') == std::string::npos;
  if (!all_good) (void)store_->Set(environment_.instance, RecordSet{kHealth, history});
  if (healthy && !alive) {
    note = "tolerated, " + std::to_string(filter.bad(manifest.health)) + " of " +
           std::to_string(manifest.health.fail_after) + " that fail it";
  }
  return healthy;
}

// --- Actions. ---

Answered Agent::Start() {
  Result<Loaded> loaded = LoadToBegin();
  if (!loaded) return CannotLoad(loaded.error(), true);
  if (const std::optional<Started> before = StartedIn(MarkText())) {
    const std::string changed =
        NeedsRestart(before->settings, loaded->by.settings, loaded->manifest.properties);
    if (!changed.empty()) {
      return Failed(Exit::kGeneric, "it was started with another " + changed + ": stop it first");
    }
  }
  if (const Outcome marked = Mark(loaded->by); !marked) {
    return Failed(Exit::kGeneric, "nothing was started: " + marked.error().detail);
  }
  // Nothing is to be tolerated before online has succeeded.
  (void)store_->Set(environment_.instance, RecordSet{kHealth, std::string(kHealthWindow, '0')});
  const Result<Answer> answer = Perform(*loaded, EntryPoint::kOnline);
  if (!answer) return Failed(Exit::kGeneric, answer.error().detail);
  if (answer->verdict.ok) {
    (void)store_->Set(environment_.instance, RecordSet{kHealth, ""});
    AskForPromotion(loaded->manifest);
    return {};
  }
  const Cause& cause = answer->verdict.cause;
  return Failed(IsMissing(cause) ? Exit::kInstalled : Exit::kGeneric, Text(cause));
}

// Offline; where that fails terminate, and offline again to be sure: a stop that says 0 while
// something is still open would let another node mount the volume beside it.
Answered Agent::Stop() {
  if (const Outcome opened = OpenStore(); !opened)
    return Failed(Exit::kGeneric, opened.error().detail);
  Result<Loaded> loaded = Load();
  const bool marked = Marked();
  if (!loaded) {
    // What cannot be loaded here was never started here, unless the mark says so.
    const bool may_run = marked || loaded.error().op == kHosting;
    return may_run ? Failed(Exit::kGeneric, loaded.error().detail) : Answered{};
  }
  if (!marked) {
    const Result<Answer> alive = Perform(*loaded, EntryPoint::kIsAlive);
    if (alive && !alive->verdict.ok && IsCertainNo(alive->verdict.cause)) return {};
  }
  DemoteFirst(*loaded);
  Answered answered;
  for (const EntryPoint entry :
       {EntryPoint::kOffline, EntryPoint::kTerminate, EntryPoint::kOffline}) {
    const Result<Answer> answer = Perform(*loaded, entry);
    const int outstanding =
        loaded->host->View(environment_.instance).value_or(LaneView{}).outstanding;
    const bool ok = answer && answer->verdict.ok && outstanding == 0;
    if (ok && entry == EntryPoint::kOffline) {
      if (const Outcome unmarked = Unmark(); !unmarked) {
        return Failed(Exit::kGeneric, unmarked.error().detail);
      }
      AskForPromotion(loaded->manifest);
      return {};
    }
    if (answered.reason.empty()) {
      answered.reason = !answer               ? answer.error().detail
                        : !answer->verdict.ok ? Text(answer->verdict.cause)
                                              : "an operation is stuck in the device";
    }
    if (entry == EntryPoint::kOffline) Log(Level::kWarning, answered.reason);
  }
  answered.exit = Exit::kGeneric;
  return answered;
}

Answered Agent::NotAlive(const Verdict& verdict, std::string reason) const {
  if (Promoted()) return Failed(Exit::kFailedPromoted, std::move(reason));
  if (Marked() || !IsCertainNo(verdict.cause)) return Failed(Exit::kGeneric, std::move(reason));
  return {Exit::kNotRunning, {}};
}

Answered Agent::Monitor() {
  if (const Outcome opened = OpenStore(); !opened)
    return Failed(Exit::kGeneric, opened.error().detail);
  const bool marked = Marked();
  Result<Loaded> loaded = Load(Uses::kPolls);
  if (!loaded) {
    // Exit codes of what is missing or wrong here would say of a probe that nothing runs.
    const bool may_run = marked || loaded.error().op == kHosting;
    if (may_run) return NotAlive({}, loaded.error().detail);
    return {Exit::kNotRunning, {}};  // what cannot be loaded here was never started here
  }
  const bool looks = environment_.depth < kLooksAliveBelow && marked && !environment_.probe &&
                     loaded->manifest.Has(EntryPoint::kLooksAlive);
  Result<Answer> answer = Perform(*loaded, looks ? EntryPoint::kLooksAlive : EntryPoint::kIsAlive);
  if (looks && answer && !answer->verdict.ok && !IsKill(answer->verdict.cause.kind)) {
    answer = Perform(*loaded, EntryPoint::kIsAlive);
  }
  if (!answer) return Failed(Exit::kGeneric, answer.error().detail);
  const Verdict& verdict = answer->verdict;
  bool healthy = verdict.ok;
  // A killed policy is no matter of health, and before it is online there is nothing to tolerate.
  const bool filtered = marked && !environment_.probe && answer->entry == EntryPoint::kIsAlive &&
                        !IsKill(verdict.cause.kind);
  std::string note;
  if (filtered) healthy = Healthy(loaded->manifest, verdict.ok, note);
  if (!note.empty()) Log(Level::kWarning, Text(verdict.cause) + "; " + note);
  if (!healthy) {
    return NotAlive(verdict, verdict.ok ? "not yet healthy long enough" : Text(verdict.cause));
  }
  if (!marked) return environment_.probe ? Answered{} : TakeOver();
  environment_.probe ? ForgetScore(loaded->manifest) : AskForPromotion(loaded->manifest);
  return {Promoted() ? Exit::kRunningPromoted : Exit::kOk, {}};
}

// It is alive and nobody marked it: it was another agent's, or had another name. From now on it is
// what this agent has started, also when its device goes. Under the lock it is asked again.
Answered Agent::TakeOver() {
  Result<Loaded> loaded = Load();
  if (!loaded) {
    Log(Level::kWarning, "it is alive, and was not taken over: " + loaded.error().detail);
    return {};
  }
  if (!Marked()) {
    const Result<Answer> answer = Perform(*loaded, EntryPoint::kIsAlive);
    if (!answer) return Failed(Exit::kGeneric, answer.error().detail);
    if (!answer->verdict.ok) return NotAlive(answer->verdict, Text(answer->verdict.cause));
    if (const Outcome marked = Mark(loaded->by); !marked) {
      Log(Level::kWarning, "it is alive, and was not taken over: " + marked.error().detail);
      return {};
    }
    Log(Level::kInformation, "it was found alive, and is taken over");
  }
  AskForPromotion(loaded->manifest);
  return {};
}

Answered Agent::Validate() {
  Result<Loaded> loaded = LoadToBegin();
  if (!loaded) return CannotLoad(loaded.error(), true);
  return {};
}

// What is configured now becomes what was started, if it says that the resource is alive.
Answered Agent::Reload() {
  Result<Loaded> loaded = LoadToBegin();
  if (!loaded) return CannotLoad(loaded.error(), false);
  const std::string mark = MarkText();
  if (mark.empty()) return Failed(Exit::kGeneric, "it is not running: start it");
  if (const std::optional<Started> before = StartedIn(mark)) {
    const std::string changed =
        NeedsRestart(before->settings, environment_.settings, loaded->manifest.properties);
    if (!changed.empty()) {
      return Failed(Exit::kGeneric, changed + " cannot change while it runs: it is restarted");
    }
  }
  const Result<Answer> answer = Perform(*loaded, EntryPoint::kIsAlive);
  if (!answer) return Failed(Exit::kGeneric, answer.error().detail);
  if (!answer->verdict.ok) return Failed(Exit::kGeneric, Text(answer->verdict.cause));
  if (const Outcome marked = Mark(loaded->by, Promoted()); !marked) {
    return Failed(Exit::kGeneric, marked.error().detail);
  }
  return {};
}

void Agent::LetGo() {
  if (host_) host_->LetGo();
  if (look_) look_->LetGo();
}

}  // namespace tidegate::ocf
