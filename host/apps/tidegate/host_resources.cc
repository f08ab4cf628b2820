// Which resources a host has: taking them in, changing them, letting go of them.
//
// Taking in goes in two steps. First each is looked at by itself: its lock, its policy, its
// properties. Then, in the order of the configuration, each gets its lane, unless an earlier one or
// one that runs already has a value that must be unique. What fails on the way is left out: it has
// an entry that says why, and no lane.
#include <algorithm>

#include "host/apps/shared/inspect.h"
#include "host/apps/tidegate/host.h"
#include "host/core/text.h"
#include "host/env/linux/volumes.h"

namespace tidegate {
namespace {

constexpr std::size_t kNamed = 10;  // as many as fit a line

// With the place in the configuration, where it does not begin with that.
Error At(const ResourceConfig& config, const Error& error) {
  if (config.place.empty() || error.detail.starts_with(config.place)) return error;
  return {error.code, error.op, config.place + ": " + error.detail};
}

}  // namespace

// Read once for all resources that are taken in together.
Result<NewVersion> Host::Read(const std::filesystem::path& policy) {
  if (const auto known = programs_.find(policy); known != programs_.end()) return known->second;
  Result<NewVersion> version = ReadVersion(policy);
  if (!version) return version;
  const Outcome kept = options_.monitored ? Keep(*version) : Ok();
  if (!kept) Log(Level::kWarning, "", policy.string() + " is not kept: " + kept.error().detail);
  return programs_[policy] = std::move(*version);
}

Result<Host::Start> Host::Choose(const ResourceConfig& config, std::vector<Start> ways) const {
  std::optional<Error> first;
  for (Start& way : ways) {
    const Result<Inspected> policy = Inspect(way.version.program, config.limits);
    Result<Properties> valid =
        policy ? Validate(policy->manifest.properties, config.properties) : policy.error();
    if (!valid) {
      Error error = valid.error();
      if (policy) error.detail = policy->manifest.name + ": " + error.detail;
      if (!first) first = std::move(error);
      continue;
    }
    way.unique = UniqueValuesOf(config.name, policy->manifest, *valid);
    if (!way.policy.empty()) way.unique.policies.insert(way.policy);
    const bool configured = way.version.program->digest() == way.configured;
    if (first && !configured && !way.trouble) way.trouble = *first;
    if (first && configured) way.said.emplace_back(Level::kWarning, first->detail);
    return std::move(way);
  }
  return *first;
}

Result<Host::Start> Host::Prepare(const ResourceConfig& config, bool last) {
  if (!config.wrong.empty()) return Error{ErrorCode::kInvalidData, "", config.wrong};
  const Outcome locked = locks_->Take(config.name, options_.lock_patience);
  if (!locked) return locked.error();
  Result<std::vector<Start>> ways = WaysToStart(config, last);
  Result<Start> start = ways ? Choose(config, std::move(*ways)) : Result<Start>(ways.error());
  if (!start) locks_->Release(config.name);
  return start;
}

Outcome Host::Enter(const ResourceConfig& config, Start start) {
  const Result<ResourceId> id = engine_->NewId();
  if (!id) return id.error();
  LaneSpec spec{.id = *id,
                .name = config.name,
                .node = env_->node(),
                .properties = config.properties,
                .granted = config.capabilities,
                .promoted = config.promoted,
                .limits = config.limits,
                .filters_health = options_.monitored,
                .monitor = {}};
  if (options_.monitored) spec.monitor = config.monitor;
  env_->Register(*id, config.name);
  volumes_->Register(*id, config.name);
  NotePolicyFile(*id, start.version.policy);
  if (faults_) faults_->Register(*id, config.name);
  const Result<Lane*> lane = engine_->Add(std::move(spec), start.version.program);
  if (!lane) {
    NotePolicyFile(*id, {});
    env_->Forget(*id);
    volumes_->Forget(*id);
    return lane.error();
  }
  const auto entry = std::make_shared<Entry>(Entry{.name = config.name, .id = *id, .lane = *lane});
  entry->config = config;
  entry->configured = start.configured;
  if (start.trouble) entry->trouble = At(config, *start.trouble);
  entry->instead = start.trouble.has_value();
  entry->unique = std::move(start.unique);
  entry->swap.serving = start.version.EntryBy("the configuration");
  if (start.before) {
    const Outcome resumed = (*lane)->ResumeProbation(start.before->program, options_.healthy);
    if (resumed) entry->swap.before = start.before->EntryBy("");
    if (!resumed) start.said.emplace_back(Level::kError, resumed.error().detail);
  }
  (*lane)->ListenSwap([this, entry](const SwapNews& news) { OnSwap(*entry, news); });
  Remember(*entry, start);
  const std::lock_guard lock(mutex_);
  if (entries_.insert_or_assign(config.name, entry).second) order_.push_back(config.name);
  return Ok();
}

void Host::KeepOff(const std::string& path) { volumes_->KeepOff(path); }

// What the next host finds, and what people are told.
void Host::Remember(const Entry& entry, const Start& start) {
  for (const auto& [level, text] : start.said) Log(level, entry.name, text);
  if (!options_.monitored) return;
  const std::string& digest = start.version.program->digest();
  if (entry.trouble) {
    Log(Level::kError, entry.name,
        entry.trouble->detail + "; " + ShortName(start.version.program->name(), digest) +
            " serves, as it did last");
  }
  const VersionRecord known = versions_->Of(entry.name);
  if (known.serving != digest || known.configured != entry.configured) {
    versions_->Amend(entry.name, [&](VersionRecord& record) {
      record.serving = digest;
      record.configured = entry.configured;
    });
  }
  for (const HistoryEntry& note : start.notes) versions_->Note(entry.name, note);
  if (!entry.trouble) return;
  HistoryEntry note = start.version.EntryBy("the host");
  note.outcome = "started";
  note.why = entry.trouble->detail;
  versions_->Note(entry.name, std::move(note));
}

// Of what has been prepared, and has its lock.
Outcome Host::EnterInTurn(const ResourceConfig& config, Start start, UniqueIndex& index) {
  Outcome entered = index.Take(start.unique);
  if (entered) entered = Enter(config, std::move(start));
  if (!entered) locks_->Release(config.name);
  return entered;
}

Outcome Host::Add(const ResourceConfig& config, std::shared_ptr<const CompiledPolicy> given) {
  const std::lock_guard hosting(hosting_);
  programs_.clear();
  kept_.clear();
  if (given) programs_[config.policy] = {config.policy, {}, std::move(given)};
  Result<Start> start = Prepare(config, false);
  if (!start) return start.error();
  if (!options_.monitored) start->unique = {};
  UniqueIndex index(options_.monitored ? Taken() : std::vector<UniqueValues>(), {start->unique});
  return EnterInTurn(config, std::move(*start), index);
}

std::vector<std::string> Host::Admit(const std::vector<ResourceConfig>& configs) {
  const std::lock_guard hosting(hosting_);
  programs_.clear();
  kept_.clear();
  std::vector<std::pair<const ResourceConfig*, Result<Start>>> prepared;
  std::vector<UniqueValues> wanted;
  for (const ResourceConfig& config : configs) {
    if (Hosts(config.name)) continue;
    prepared.emplace_back(&config, Prepare(config, true));
    if (const Result<Start>& start = prepared.back().second) wanted.push_back(start->unique);
  }
  UniqueIndex index(wanted.empty() ? std::vector<UniqueValues>() : Taken(), wanted);
  std::vector<std::string> names;
  for (auto& [config, start] : prepared) {
    const Outcome entered =
        start ? EnterInTurn(*config, std::move(*start), index) : Outcome(start.error());
    if (entered) {
      names.push_back(config->name);
    } else {
      LeaveOut(*config, At(*config, entered.error()));
    }
  }
  return names;
}

void Host::LeaveOut(const ResourceConfig& config, const Error& why) {
  Log(Level::kError, config.name, "Failed: not hosted: " + why.detail);
  const auto entry = std::make_shared<Entry>(Entry{.name = config.name});
  entry->config = config;
  entry->trouble = why;
  entry->since = Now();
  const std::lock_guard lock(mutex_);
  if (entries_.insert_or_assign(config.name, entry).second) order_.push_back(config.name);
}

std::vector<UniqueValues> Host::Taken() const {
  std::vector<UniqueValues> taken = Unique();
  if (!options_.others) return taken;
  for (UniqueValues& other : options_.others()) taken.push_back(std::move(other));
  return taken;
}

std::vector<UniqueValues> Host::Unique() const {
  const std::lock_guard lock(mutex_);
  std::vector<UniqueValues> all;
  for (const std::string& name : order_) {
    const Entry& entry = *entries_.at(name);
    if (entry.lane != nullptr && !entry.unique.values.empty()) all.push_back(entry.unique);
  }
  return all;
}

bool Host::Hosts(const std::string& name) const {
  const std::shared_ptr<Entry> entry = Find(name);
  return entry != nullptr && entry->lane != nullptr;
}

std::optional<Error> Host::TroubleOf(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find(name);
  return it == entries_.end() ? std::nullopt : it->second->trouble;
}

bool IsElsewhere(const Error& trouble) {
  return trouble.code == ErrorCode::kSharingViolation && trouble.op == "lock";
}

std::string Host::Troubles() const {
  const std::lock_guard lock(mutex_);
  std::string list;
  std::size_t count = 0;
  for (const std::string& name : order_) {
    if (!entries_.at(name)->trouble) continue;
    if (++count <= kNamed) list += (count == 1 ? "" : ", ") + name;
  }
  if (count == 0) return "";
  if (count > kNamed) list += ", ...";
  return "; " + std::to_string(count) + " of " + std::to_string(order_.size()) +
         " not as it says: " + list + "; see: tidegate status";
}

Result<std::shared_ptr<Host::Entry>> Host::Hosted(const std::string& name) const {
  std::shared_ptr<Entry> entry = Find(name);
  if (!entry) return Unknown(name);
  if (entry->lane != nullptr) return entry;
  return Error{ErrorCode::kResourceFailed, "",
               name + " is not hosted: " + entry->trouble->detail +
                   "; mend that and send SIGHUP, or: tidegate swap " + name + " POLICY"};
}

void Host::Begin(const std::string& name) {
  const std::shared_ptr<Entry> entry = Find(name);
  if (!entry || entry->lane == nullptr) return;
  scheduler_.Run(entry->id, [lane = entry->lane, online = entry->config.online] {
    lane->Begin();
    if (online) lane->Want(true, {.kind = CauseKind::kOperator, .message = "configured online"});
  });
}

Outcome Host::Change(const ResourceConfig& config) {
  const Result<std::shared_ptr<Entry>> entry = Hosted(config.name);
  if (!entry) return entry.error();
  const Outcome changed = Apply(**entry, config);
  const std::lock_guard lock(mutex_);
  (*entry)->trouble.reset();
  if (!changed) (*entry)->trouble = At(config, changed.error());
  return changed;
}

Outcome Host::Apply(Entry& entry, const ResourceConfig& config) {
  if (!config.wrong.empty()) return Error{ErrorCode::kInvalidData, "", config.wrong};
  const ResourceConfig was = *ConfigOf(config.name);
  if (config.properties != was.properties || config.capabilities != was.capabilities ||
      config.limits != was.limits) {
    return Error{ErrorCode::kResourcePropertiesStored, "",
                 config.place + ": properties, capabilities and limits of " + config.name +
                     " take effect when the resource is next added; take it offline and restart"};
  }
  OnLane(entry, [monitor = config.monitor](Lane& lane) { lane.Change(monitor); });
  std::unique_lock hosting(hosting_);
  const Result<NewVersion> version = Read(config.policy);
  hosting.unlock();
  if (!version) return version.error();
  const std::string digest = version->program->digest();
  std::string configured = digest;
  bool instead = false;
  {
    const std::lock_guard lock(mutex_);
    entry.config = config;
    std::swap(entry.configured, configured);
    instead = entry.instead;
  }
  // What an operator swapped in meanwhile stays until the configuration says something new.
  if (configured == digest && !instead) return Ok();
  const std::optional<LaneView> view = View(config.name);
  if (view && view->digest == digest) return Ok();
  const Result<std::uint64_t> swapped = Swap(config.name, *version, {.by = "the configuration"});
  if (swapped) return Ok();
  const std::lock_guard lock(mutex_);  // so that the next SIGHUP tries again
  entry.configured = configured;
  return swapped.error();
}

Outcome Host::Remove(const std::string& name, Duration timeout) {
  const std::shared_ptr<Entry> entry = Find(name);
  if (!entry) return Unknown(name);
  if (entry->lane != nullptr) {
    (void)Want(name, false,
               {.kind = CauseKind::kOperator, .message = "removed from the configuration"});
    const bool settled = WaitFor(name, timeout, [](const LaneView& view) { return view.settled; });
    if (!settled) {
      return Error{ErrorCode::kTimeout, "", name + " did not go offline within " + Text(timeout)};
    }
    const std::lock_guard hosting(hosting_);
    scheduler_.Remove(entry->id);
    engine_->Remove(entry->id);
    if (recorder_) recorder_->Forget(entry->id);
    NotePolicyFile(entry->id, {});
    env_->Forget(entry->id);
    volumes_->Forget(entry->id);
    versions_->Forget(name);
    locks_->Release(name);
  }
  const std::lock_guard lock(mutex_);
  entries_.erase(name);
  std::erase(order_, name);
  return Ok();
}

}  // namespace tidegate
