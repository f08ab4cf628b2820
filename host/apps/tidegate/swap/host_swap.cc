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

Error Refused(ErrorCode code, std::string why) { return {code, "", std::move(why)}; }

}  // namespace

HistoryEntry NewVersion::EntryBy(std::string who) const {
  HistoryEntry entry;
  entry.policy = program->name();
  entry.digest = program->digest();
  entry.file = AbsolutePolicy(policy).string();
  entry.by = std::move(who);
  return entry;
}

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
        ShortName(state->now.policy, state->now.digest) +
            " was on probation when the host ended: the version before it serves");
  }
  const KeptState& kept = state->before ? *state->before : state->now;
  entry = version.EntryBy("the host");
  entry.outcome = "started";
  if (kept.digest == version.program->digest()) {
    if (state->before) versions_->Note(name, entry);
    return version;
  }
  const std::string was = ShortName(kept.policy, kept.digest);
  if (record->configured != version.program->digest()) {
    entry.why = "the configuration has changed since " + was + " ran";
    Log(Level::kInformation, name,
        ShortName(version.program->name(), version.program->digest()) + " serves: " + entry.why);
    versions_->Note(name, entry);
    return version;
  }
  std::filesystem::path file = version.policy;
  if (auto program = Kept(*record, kept, file)) {
    Log(Level::kInformation, name,
        was + " serves, as the last host left it; the configuration has " +
            ShortName(version.program->name(), version.program->digest()));
    return {file, {}, std::move(program)};
  }
  entry.why = was + " is neither where it was nor among the copies that are kept";
  Log(Level::kError, name,
      ShortName(version.program->name(), version.program->digest()) + " serves: " + entry.why);
  versions_->Note(name, entry);
  return version;
}

Outcome Host::Keep(const NewVersion& version) {
  if (version.source.permissions != nullptr) return Ok();  // a pack's own store keeps it
  return versions_->Keep(version.source, version.program->digest());
}

// On the lane's thread.
void Host::OnSwap(Entry& of, const SwapNews& news) {
  HistoryEntry entry;
  {
    const std::lock_guard lock(mutex_);
    Swapping& swap = of.swap;
    entry = swap.Hear(news);
    const bool began =
        news.what == SwapNews::What::kRefused || news.what == SwapNews::What::kSwitched;
    if (began) swap.began = news;
    if (news.what == SwapNews::What::kRolledBack) swap.rolled_back = news.number;
    policy_files_[of.id] = swap.serving.file;
    ++reports_;
  }
  reported_.notify_all();
  versions_->Note(of.name, std::move(entry));
}

Result<std::string> Host::Rehearse(const std::string& name, const NewVersion& version,
                                   const SwapOrder& order) {
  const std::shared_ptr<Entry> entry = Find(name);
  if (!entry) return Unknown(name);
  const VersionRecord record = versions_->Of(name);
  if (record.pin) {
    return Refused(ErrorCode::kAccessDenied,
                   name + " was pinned by " + record.pin->by + " on " + record.pin->time +
                       (record.pin->why.empty() ? "" : " (" + record.pin->why + ")") +
                       "; to swap it: tidegate unpin " + name);
  }
  if (!order.lift) {
    const Outcome free = CheckQuarantine(
        record, name, *version.program, options_.quarantine,
        " (tidegate history " + name + " says why); to try it all the same: --lift-quarantine");
    if (!free) return free.error();
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
  const std::shared_ptr<Entry> entry = Find(name);
  if (!entry) return Unknown(name);
  {
    const std::lock_guard lock(mutex_);
    std::string& asking = entry->swap.asking;
    if (!asking.empty()) {
      return Refused(ErrorCode::kBusy, "another swap of " + name + " is under way, asked for by " +
                                           asking + "; try again when it has ended");
    }
    asking = order.by;
  }
  Result<std::uint64_t> number = Offer(*entry, version, order);
  const std::lock_guard lock(mutex_);
  entry->swap.asking.clear();
  return number;
}

Result<std::uint64_t> Host::Offer(Entry& entry, const NewVersion& version, const SwapOrder& order) {
  const std::string& name = entry.name;
  const std::string& digest = version.program->digest();
  if (const Outcome kept = Keep(version); !kept) {
    return Refused(kept.error().code, "a copy of it cannot be kept: " + kept.error().detail);
  }
  std::string configured;
  {
    const std::lock_guard lock(mutex_);
    if (version.policy == entry.config.policy) entry.configured = digest;
    configured = entry.configured;
    Swapping& swap = entry.swap;
    swap.offered = version.EntryBy(order.by);
    swap.began.reset();
  }
  const Outcome noted = versions_->Change(name, [&](VersionRecord& record) {
    record.configured = configured;
    if (order.lift) record.rollbacks.erase(digest);
  });
  if (!noted) return Refused(noted.error().code, "its history: " + noted.error().detail);
  const SwapTerms terms{order.within, order.force, options_.healthy};
  const auto offered = std::make_shared<std::optional<Result<std::uint64_t>>>();
  OnLane(entry, [offered, program = version.program, terms](Lane& lane) {
    offered->emplace(lane.Offer(program, terms));
  });
  if (!*offered) return Refused(ErrorCode::kTimeout, name + " does not answer");
  if (!**offered) return (**offered).error();
  const std::uint64_t number = ***offered;
  std::unique_lock lock(mutex_);
  const Swapping& swap = entry.swap;
  const auto began = [&] { return swap.began && swap.began->number == number; };
  const std::chrono::nanoseconds most((order.within + kTerminateMargin).ns);
  if (!reported_.wait_for(lock, most, [&] { return began() || ending_; })) {
    return Refused(ErrorCode::kTimeout, "terminate of " + name +
                                            " is still running; the new version takes over when "
                                            "it ends");
  }
  if (!began()) return Refused(ErrorCode::kOperationAborted, "the host is ending");
  if (swap.began->what == SwapNews::What::kRefused) return swap.began->why;
  return number;
}

Outcome Host::GoBack(const std::string& name, const std::string& by) {
  const std::shared_ptr<Entry> entry = Find(name);
  if (!entry) return Unknown(name);
  const auto outcome = std::make_shared<std::optional<Outcome>>();
  std::uint64_t then = 0;
  {
    const std::lock_guard lock(mutex_);
    then = entry->swap.rolled_back;
  }
  OnLane(*entry,
         [outcome, by](Lane& lane) { outcome->emplace(lane.GoBack(by + " asked for it")); });
  if (!*outcome) return Refused(ErrorCode::kTimeout, name + " does not answer");
  if (!**outcome) return **outcome;
  std::unique_lock lock(mutex_);
  const Swapping& swap = entry->swap;
  const std::chrono::nanoseconds most((limits::kSwapWithin + kTerminateMargin).ns);
  const auto back = [&] { return swap.rolled_back != then; };
  (void)reported_.wait_for(lock, most, [&] { return back() || ending_; });
  if (back()) return Ok();
  if (ending_) return Refused(ErrorCode::kOperationAborted, "the host is ending");
  return Refused(ErrorCode::kTimeout, "an entry point of " + name +
                                          " is still running; it is rolled back when that ends");
}

Outcome Host::SetPin(const std::string& name, std::optional<Pin> pin, const std::string& by) {
  const std::shared_ptr<Entry> entry = Find(name);
  if (!entry) return Unknown(name);
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
  std::string configured;
  {
    const std::lock_guard lock(mutex_);
    configured = entry->configured;
  }
  return versions_->Change(name, [&](VersionRecord& record) {
    record.pin = pin;
    if (record.configured.empty()) record.configured = configured;
    record.history.push_back(note);
  });
}

Result<VersionRecord> Host::HistoryOf(const std::string& name) {
  if (!Find(name)) return Unknown(name);
  return versions_->Of(name);
}

}  // namespace tidegate
