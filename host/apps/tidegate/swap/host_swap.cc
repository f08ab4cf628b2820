// What a host does about versions: which one it begins with, swaps, pins, history.
#include <chrono>
#include <utility>

#include "host/apps/shared/policy_file.h"
#include "host/apps/tidegate/host.h"
#include "host/apps/tidegate/trace_files.h"
#include "host/core/text.h"

namespace tidegate {
namespace {

// Past `within` nothing but a running terminate holds a swap up.
constexpr Duration kTerminateMargin = limits::kTerminateTimeout + Seconds(5);

std::string Short(const std::string& policy, const std::string& digest) {
  return policy + "@" + digest.substr(0, 8);
}

HistoryEntry EntryOf(const NewVersion& version, std::string by) {
  HistoryEntry entry;
  entry.policy = version.program->name();
  entry.digest = version.program->digest();
  entry.file = AbsolutePolicy(version.policy).string();
  entry.by = std::move(by);
  return entry;
}

Error Refused(ErrorCode code, std::string why) { return {code, "", std::move(why)}; }

}  // namespace

Result<NewVersion> Host::ReadVersion(const std::filesystem::path& policy,
                                     const std::string& digest) {
  NewVersion version;
  version.policy = policy;
  Result<PolicySource> source = ReadPolicy(policy);
  if (!source) return source.error();
  version.source = std::move(*source);
  Result<std::shared_ptr<const CompiledPolicy>> program = CompileSource(version.source);
  if (!program) return program.error();
  version.program = std::move(*program);
  if (!digest.empty() && digest != version.program->digest()) {
    return Refused(ErrorCode::kRevisionMismatch,
                   policy.string() + " has changed since it was tried: then " +
                       digest.substr(0, 8) + ", now " + version.program->digest().substr(0, 8) +
                       "; swap again to try what is there now");
  }
  return version;
}

// The file where it was, or the copy that was made of it.
std::shared_ptr<const CompiledPolicy> Host::Kept(const VersionRecord& record, const KeptState& kept,
                                                 std::filesystem::path& file) {
  for (auto it = record.history.rbegin(); it != record.history.rend(); ++it) {
    if (it->digest != kept.digest || it->file.empty()) continue;
    const auto program = CompilePolicy(it->file);
    if (!program || (*program)->digest() != kept.digest) break;
    file = it->file;
    return *program;
  }
  const Result<PolicySource> source = versions_->Find(kept.digest);
  if (!source) return nullptr;
  const auto program = CompileSource(*source);
  if (!program || (*program)->digest() != kept.digest) return nullptr;
  return *program;
}

NewVersion Host::VersionFor(const ResourceConfig& config,
                            std::shared_ptr<const CompiledPolicy> configured) {
  const std::string& name = config.name;
  NewVersion version{config.policy, {}, std::move(configured)};
  const std::optional<VersionRecord> record = versions_->Load(name);
  if (!record) return version;
  const std::optional<StateFile> state = versions_->StateOf(name);
  if (!state) return version;
  HistoryEntry entry;
  if (state->before) {
    entry.policy = state->now.policy;
    entry.version = state->now.version;
    entry.digest = state->now.digest;
    entry.outcome = "given up";
    entry.why = "the host ended while it was on probation";
    versions_->Note(name, entry);
    Log(Level::kWarning, name,
        Short(state->now.policy, state->now.digest) +
            " was on probation when the host ended: the version before it serves");
  }
  const KeptState& kept = state->before ? *state->before : state->now;
  entry = EntryOf(version, "the host");
  entry.outcome = "started";
  if (kept.digest == version.program->digest()) {
    if (state->before) versions_->Note(name, entry);
    return version;
  }
  const std::string was = Short(kept.policy, kept.digest);
  if (record->configured != version.program->digest()) {
    entry.why = "the configuration has changed since " + was + " ran";
    Log(Level::kInformation, name,
        Short(version.program->name(), version.program->digest()) + " serves: " + entry.why);
    versions_->Note(name, entry);
    return version;
  }
  std::filesystem::path file = version.policy;
  if (auto program = Kept(*record, kept, file)) {
    Log(Level::kInformation, name,
        was + " serves, as the last host left it; the configuration has " +
            Short(version.program->name(), version.program->digest()));
    return {file, {}, std::move(program)};
  }
  entry.why = was + " is neither where it was nor among the copies that are kept";
  Log(Level::kError, name,
      Short(version.program->name(), version.program->digest()) + " serves: " + entry.why);
  versions_->Note(name, entry);
  return version;
}

Outcome Host::Keep(const NewVersion& version) {
  if (version.source.permissions != nullptr) return Ok();  // a pack's own store keeps it
  return versions_->Keep(version.source, version.program->digest());
}

void Host::ListenSwaps(const std::string& name, ResourceId id, Lane& lane,
                       const NewVersion& version) {
  lane.ListenSwap([this, name, id](const SwapNews& news) { OnSwap(name, id, news); });
  const std::lock_guard lock(mutex_);
  swaps_[id].serving = EntryOf(version, "the configuration");
}

// On the lane's thread.
void Host::OnSwap(const std::string& name, ResourceId id, const SwapNews& news) {
  HistoryEntry entry;
  {
    const std::lock_guard lock(mutex_);
    const auto it = swaps_.find(id);
    if (it == swaps_.end()) return;
    Swapping& swap = it->second;
    switch (news.what) {
      case SwapNews::What::kRefused:
        entry = swap.offered;
        swap.began = news;
        break;
      case SwapNews::What::kSwitched:
        // Of one that comes while another is on probation, it is still the one before that.
        if (swap.before.digest.empty()) swap.before = swap.serving;
        entry = swap.serving = swap.offered;
        swap.began = news;
        break;
      case SwapNews::What::kRolledBack:
        entry = std::exchange(swap.serving, std::exchange(swap.before, {}));
        swap.rolled_back = news.number;
        break;
      case SwapNews::What::kProved:
        entry = swap.serving;
        swap.before = {};
        break;
      default:
        entry = swap.serving;
    }
    policy_files_[id] = swap.serving.file;
    ++reports_;
  }
  reported_.notify_all();
  entry.outcome = Name(news.what);
  entry.why = news.why.detail;
  versions_->Note(name, std::move(entry));
}

Result<std::string> Host::Rehearse(const std::string& name, const NewVersion& version,
                                   const SwapOrder& order) {
  const Entry* entry = Find(name);
  if (entry == nullptr) return Unknown(name);
  const VersionRecord record = versions_->Of(name);
  const std::string& digest = version.program->digest();
  if (record.pin) {
    return Refused(ErrorCode::kAccessDenied,
                   name + " was pinned by " + record.pin->by + " on " + record.pin->time +
                       (record.pin->why.empty() ? "" : " (" + record.pin->why + ")") +
                       "; to swap it: tidegate unpin " + name);
  }
  const auto rollbacks = record.rollbacks.find(digest);
  if (rollbacks != record.rollbacks.end() && rollbacks->second >= options_.quarantine &&
      !order.lift) {
    return Refused(ErrorCode::kAccessDenied,
                   Short(version.program->name(), digest) + " is quarantined: it was rolled back " +
                       std::to_string(rollbacks->second) + " times on " + name +
                       " (tidegate history " + name +
                       " says why); to try it all the same: --lift-quarantine");
  }
  const auto state = std::make_shared<std::optional<Result<std::string>>>();
  OnLane(*entry, [state, program = version.program](Lane& lane) {
    state->emplace(lane.Rehearse(program));
  });
  if (!*state) return Refused(ErrorCode::kTimeout, name + " does not answer");
  return **state;
}

Result<std::uint64_t> Host::Swap(const std::string& name, const NewVersion& version,
                                 const SwapOrder& order) {
  if (const Result<std::string> state = Rehearse(name, version, order); !state) {
    return state.error();
  }
  Entry* entry = Find(name);
  const std::string& digest = version.program->digest();
  if (const Outcome kept = Keep(version); !kept) {
    return Refused(kept.error().code, "a copy of it cannot be kept: " + kept.error().detail);
  }
  if (version.policy == entry->config.policy) entry->configured = digest;
  const Outcome noted = versions_->Change(name, [&](VersionRecord& record) {
    record.configured = entry->configured;
    if (order.lift) record.rollbacks.erase(digest);
  });
  if (!noted) return Refused(noted.error().code, "its history: " + noted.error().detail);
  {
    const std::lock_guard lock(mutex_);
    Swapping& swap = swaps_[entry->id];
    swap.offered = EntryOf(version, order.by);
    swap.began.reset();
  }
  const SwapTerms terms{order.within, order.force, options_.healthy};
  const auto offered = std::make_shared<std::optional<Result<std::uint64_t>>>();
  OnLane(*entry, [offered, program = version.program, terms](Lane& lane) {
    offered->emplace(lane.Offer(program, terms));
  });
  if (!*offered) return Refused(ErrorCode::kTimeout, name + " does not answer");
  if (!**offered) return (**offered).error();
  const std::uint64_t number = ***offered;
  std::unique_lock lock(mutex_);
  const Swapping& swap = swaps_[entry->id];
  const auto began = [&] { return swap.began && swap.began->number == number; };
  const std::chrono::nanoseconds most((order.within + kTerminateMargin).ns);
  if (!reported_.wait_for(lock, most, began)) {
    return Refused(ErrorCode::kTimeout, "terminate of " + name +
                                            " is still running; the new version takes over when "
                                            "it ends");
  }
  if (swap.began->what == SwapNews::What::kRefused) return swap.began->why;
  return number;
}

Outcome Host::GoBack(const std::string& name, const std::string& by) {
  const Entry* entry = Find(name);
  if (entry == nullptr) return Unknown(name);
  const auto outcome = std::make_shared<std::optional<Outcome>>();
  std::uint64_t then = 0;
  {
    const std::lock_guard lock(mutex_);
    then = swaps_[entry->id].rolled_back;
  }
  OnLane(*entry,
         [outcome, by](Lane& lane) { outcome->emplace(lane.GoBack(by + " asked for it")); });
  if (!*outcome) return Refused(ErrorCode::kTimeout, name + " does not answer");
  if (!**outcome) return **outcome;
  std::unique_lock lock(mutex_);
  const Swapping& swap = swaps_[entry->id];
  const std::chrono::nanoseconds most((limits::kSwapWithin + kTerminateMargin).ns);
  if (reported_.wait_for(lock, most, [&] { return swap.rolled_back != then; })) return Ok();
  return Refused(ErrorCode::kTimeout, "an entry point of " + name +
                                          " is still running; it is rolled back when that ends");
}

Outcome Host::SetPin(const std::string& name, std::optional<Pin> pin, const std::string& by) {
  const Entry* entry = Find(name);
  if (entry == nullptr) return Unknown(name);
  const std::optional<LaneView> view = View(name);
  HistoryEntry note;
  if (view) {
    note.policy = view->policy;
    note.version = view->version;
    note.digest = view->digest;
  }
  note.by = by;
  note.time = WallClock();
  note.outcome = pin ? "pinned" : "unpinned";
  if (pin) note.why = pin->why;
  return versions_->Change(name, [&](VersionRecord& record) {
    record.pin = pin;
    if (record.configured.empty()) record.configured = entry->configured;
    record.history.push_back(note);
  });
}

Result<VersionRecord> Host::HistoryOf(const std::string& name) {
  if (Find(name) == nullptr) return Unknown(name);
  return versions_->Of(name);
}

}  // namespace tidegate
