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
constexpr const char* kSettings = "settings";
constexpr const char* kPromoted = " promoted";  // at the end of the mark
// What is left to us of the cluster's timeout after a policy was stopped for it: to say so.
constexpr Duration kMargin = Seconds(1);
// OCF_CHECK_LEVEL. Source: OCF Resource Agent API 1.1, "Check levels".
constexpr int kLooksAliveBelow = 10;
constexpr int kDeep = 20;
// What is_alive is told, by bit.
constexpr std::uint32_t kDeepFlag = 1;
constexpr std::uint32_t kProbeFlag = 2;

Answered Failed(Exit exit, std::string reason) { return {exit, std::move(reason)}; }

using Settings = std::map<std::string, std::string, std::less<>>;

// A line each; a line's end cannot be part of a value that came as a variable's line, and where it
// is one the next comparison finds a difference, which costs a restart.
std::string TextOf(const Settings& settings) {
  std::string text;
  for (const auto& [name, value] : settings) text += name + "=" + value + "\n";
  return text;
}

// The first property whose value is another now and that must not change while the resource runs.
std::string NeedsRestart(std::string_view before, const Settings& now,
                         const std::vector<PropertySpec>& specs) {
  Settings old;
  while (!before.empty()) {
    const std::string_view line = before.substr(0, before.find('\n'));
    const std::size_t equals = std::min(line.find('='), line.size() - 1);
    old.emplace(line.substr(0, equals), line.substr(equals + 1));
    before.remove_prefix(std::min(line.size() + 1, before.size()));
  }
  for (const PropertySpec& spec : specs) {
    if (spec.reloadable) continue;
    const auto was = old.find(spec.name);
    const auto is = now.find(spec.name);
    if ((was == old.end()) != (is == now.end())) return spec.name;
    if (was != old.end() && was->second != is->second) return spec.name;
  }
  return {};
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

Result<std::shared_ptr<const CompiledPolicy>> Agent::Compile() const {
  if (environment_.policy.empty()) {
    return Error{ErrorCode::kInvalidParameter, "",
                 "parameter PolicyPath is not set: it names the policy, a .lua file or a folder"};
  }
  Result<std::shared_ptr<const CompiledPolicy>> program = CompilePolicy(environment_.policy);
  if (!program || environment_.digest.empty() || environment_.digest == (*program)->digest()) {
    return program;
  }
  return Error{ErrorCode::kFileNotFound, "",
               environment_.policy + " is not the policy that PolicyDigest asks for: it has " +
                   (*program)->digest() + "; install the other one on this node"};
}

std::function<Reply(ResourceId, const Call&)> Agent::Cluster() const {
  if (!environment_.pacemaker) return {};
  const PacemakerOptions options{.resource = environment_.resource, .node = environment_.node};
  return [asked = std::make_shared<Pacemaker>(options)](ResourceId, const Call& call) {
    return asked->Perform(call);
  };
}

Result<Agent::Loaded> Agent::Load(Uses uses) {
  if (environment_.timeout) {
    deadline_ =
        MonotonicNow() + std::max(*environment_.timeout - kMargin, *environment_.timeout / 2);
  }
  if (const Outcome opened = OpenStore(); !opened) return opened.error();
  Result<std::shared_ptr<const CompiledPolicy>> program = Compile();
  if (!program) return program.error();
  const bool looks = uses == Uses::kPolls && faults_.empty();
  return looks ? LoadToLook(*program) : LoadToAct(*program);
}

// What other users could change is refused where something begins. What runs is monitored and
// stopped all the same: a mode that somebody changed is no reason to fence a node.
Result<Agent::Loaded> Agent::LoadToBegin(Uses uses) {
  for (const Outcome& guarded :
       {CheckPolicyGuarded(environment_.policy), MakeGuarded(environment_.state_dir)}) {
    if (!guarded) return guarded.error();
  }
  return Load(uses);
}

Result<Agent::Loaded> Agent::LoadToLook(std::shared_ptr<const CompiledPolicy> program) {
  LookOptions options{.name = environment_.instance,
                      .node = environment_.node,
                      .promoted = Promoted(),
                      .state_dir = environment_.state_dir,
                      .cluster = Cluster(),
                      .log = &Log,
                      .forgets = environment_.probe};
  Result<std::unique_ptr<Look>> look = Look::Load(std::move(options), std::move(program));
  if (!look) return look.error();
  look_ = std::move(*look);
  Result<Properties> properties = PropertiesOf(environment_, look_->manifest().properties);
  if (!properties) return properties.error();
  if (const Outcome begun = look_->Begin(std::move(*properties)); !begun) return begun.error();
  return Loaded{.host = nullptr, .manifest = look_->manifest()};
}

Result<Agent::Loaded> Agent::LoadToAct(const std::shared_ptr<const CompiledPolicy>& program) {
  program->LoadEach({});
  Result<Inspected> policy = Inspect(program);
  if (!policy) return policy.error();
  Result<Properties> properties = PropertiesOf(environment_, policy->manifest.properties);
  if (!properties) return properties.error();

  HostOptions options;
  options.node = environment_.node;
  options.cluster = Cluster();
  options.state_dir = environment_.state_dir;
  options.runtime_dir = environment_.state_dir;  // where its lock is
  options.monitored = false;
  options.lane_threads = 1;  // for one resource
  options.records = false;
  options.faults = faults_;
  options.log = [](Level level, std::string_view, std::string_view text) { Log(level, text); };
  Result<std::unique_ptr<Host>> host = Host::Create(std::move(options));
  if (!host) return host.error();
  host_ = std::move(*host);
  ResourceConfig resource;
  resource.name = environment_.instance;
  resource.policy = environment_.policy;
  resource.properties = std::move(*properties);
  resource.promoted = Promoted();
  if (const Outcome added = host_->Add(resource, program); !added) return added.error();
  return Loaded{.host = host_.get(), .manifest = std::move(policy->manifest)};
}

Duration Agent::Left() const {
  if (!deadline_) return limits::kDurationMax;
  return std::max(*deadline_ - MonotonicNow(), Duration{1});
}

Result<Answer> Agent::Perform(Loaded& loaded, EntryPoint entry) {
  Arguments arguments;
  if (entry == EntryPoint::kIsAlive) {
    arguments.flags = (environment_.depth >= kDeep ? kDeepFlag : 0) | (Marked() ? 0 : kProbeFlag);
  }
  Duration within = Left();
  // Whatever is stopped for the cluster's timeout is terminated within it.
  if (deadline_ && entry != EntryPoint::kTerminate && !IsPoll(entry)) {
    within = std::max(within - loaded.manifest.Timeout(EntryPoint::kTerminate), within / 2);
  }
  // A device that does not answer holds the lane, where its own timer cannot end it.
  if (IsPoll(entry)) within = std::min(within, loaded.manifest.Timeout(entry) + kMargin);
  if (loaded.host == nullptr) return look_->Perform(entry, arguments, within);
  return loaded.host->Perform(environment_.instance, entry, arguments, within);
}

// --- The mark. ---

Outcome Agent::OpenStore() {
  if (store_) return Ok();
  Result<Store> store = Store::Open(environment_.state_dir);
  if (!store) return store.error();
  store_.emplace(std::move(*store));
  return Ok();
}

// A mark that cannot be read is a mark; one that was taken back is empty.
std::string Agent::MarkText() const {
  const Reply mark = store_->Get(environment_.instance, RecordGet{kMark});
  if (mark.ok()) return std::get<std::string>(mark.value);
  return mark.code == ErrorCode::kNotFound ? "" : "?";
}

bool Agent::Marked() const { return !MarkText().empty(); }
bool Agent::Promoted() const { return MarkText().ends_with(kPromoted); }

Outcome Agent::MarkPromoted(const std::string& digest, bool promoted) {
  const Reply set =
      store_->Set(environment_.instance, RecordSet{kMark, digest + (promoted ? kPromoted : "")});
  if (!set.ok()) return Error{set.code, "", "its role could not be noted: " + Text(set)};
  return Ok();
}

Outcome Agent::Mark(const std::string& digest) {
  const Reply set = store_->Set(environment_.instance, RecordSet{kMark, digest});
  if (!set.ok()) return Error{set.code, "", "nothing was started: " + Text(set)};
  (void)store_->Set(environment_.instance, RecordSet{kSettings, TextOf(environment_.settings)});
  // Nothing is to be tolerated before online has succeeded.
  (void)store_->Set(environment_.instance, RecordSet{kHealth, std::string(kHealthWindow, '0')});
  return Ok();
}

Outcome Agent::Unmark() {
  const Reply set = store_->Set(environment_.instance, RecordSet{kMark, ""});
  if (!set.ok())
    return Error{set.code, "", "it is offline, but that could not be noted: " + Text(set)};
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
  if (const Outcome marked = Mark(loaded->manifest.digest); !marked) {
    return Failed(Exit::kGeneric, marked.error().detail);
  }
  const Result<Answer> answer = Perform(*loaded, EntryPoint::kOnline);
  if (!answer) return Failed(Exit::kGeneric, answer.error().detail);
  if (answer->verdict.ok) {
    (void)store_->Set(environment_.instance, RecordSet{kHealth, ""});
    AskForPromotion(loaded->manifest);
    return {};
  }
  return Failed(Exit::kGeneric, Text(answer->verdict.cause));
}

// Offline; where that fails terminate, and offline again to be sure: a stop that says 0 while
// something is still open would let another node mount the volume beside it.
Answered Agent::Stop() {
  if (const Outcome opened = OpenStore(); !opened)
    return Failed(Exit::kGeneric, opened.error().detail);
  const bool marked = Marked();
  Result<Loaded> loaded = Load();
  if (!loaded) {
    // What cannot be loaded here was never started here, unless the mark says so.
    return marked ? Failed(Exit::kGeneric, loaded.error().detail) : Answered{};
  }
  if (!marked) {
    const Result<Answer> alive = Perform(*loaded, EntryPoint::kIsAlive);
    // No answer is not a no.
    const bool told = alive && alive->verdict.cause.kind != CauseKind::kDeadline &&
                      !IsKill(alive->verdict.cause.kind);
    if (told && !alive->verdict.ok) return {};
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

Answered Agent::Monitor() {
  if (const Outcome opened = OpenStore(); !opened)
    return Failed(Exit::kGeneric, opened.error().detail);
  const std::string mark = MarkText();
  const bool marked = !mark.empty();
  const bool promoted = mark.ends_with(kPromoted);
  const auto not_alive = [&](std::string reason) {
    return marked ? Failed(promoted ? Exit::kFailedPromoted : Exit::kGeneric, std::move(reason))
                  : Answered{Exit::kNotRunning, {}};
  };
  Result<Loaded> loaded = Load(Uses::kPolls);
  if (!loaded) {
    if (environment_.probe || !marked) return not_alive(loaded.error().detail);
    return CannotLoad(loaded.error(), false);
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
  Answered answered;
  if (!healthy) {
    answered = not_alive(verdict.ok ? "not yet healthy long enough" : Text(verdict.cause));
  } else if (marked) {
    if (promoted) answered.exit = Exit::kRunningPromoted;
    environment_.probe ? ForgetScore(loaded->manifest) : AskForPromotion(loaded->manifest);
  }
  return answered;
}

Answered Agent::Validate() {
  Result<Loaded> loaded = LoadToBegin();
  if (!loaded) return CannotLoad(loaded.error(), true);
  return {};
}

// Each action loads the policy anew, so the next one runs the new version: what is left to do is to
// see that it can, with the state that the old one left.
Answered Agent::Reload() {
  Result<Loaded> loaded = LoadToBegin(Uses::kPolls);
  if (!loaded) return CannotLoad(loaded.error(), false);
  if (!Marked()) return Failed(Exit::kGeneric, "it is not running: start it");
  const Reply before = store_->Get(environment_.instance, RecordGet{kSettings});
  if (before.ok()) {
    const std::string changed = NeedsRestart(std::get<std::string>(before.value),
                                             environment_.settings, loaded->manifest.properties);
    if (!changed.empty()) {
      return Failed(Exit::kGeneric, changed + " cannot change while it runs: it is restarted");
    }
  }
  const Result<Answer> answer = Perform(*loaded, EntryPoint::kIsAlive);
  if (!answer) return Failed(Exit::kGeneric, answer.error().detail);
  if (!answer->verdict.ok) return Failed(Exit::kGeneric, Text(answer->verdict.cause));
  (void)store_->Set(environment_.instance, RecordSet{kSettings, TextOf(environment_.settings)});
  return {};
}

void Agent::LetGo() {
  if (host_) host_->LetGo();
  if (look_) look_->LetGo();
}

}  // namespace tidegate::ocf
