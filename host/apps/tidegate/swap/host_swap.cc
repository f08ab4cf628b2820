// What a host does about versions while it runs: swaps, the way back, pins, history.
//
// An order has three steps. The lane is offered the version and takes over when nothing is in
// flight. What it then says is noted. Only when both its state file and the history are on disk is
// the order answered: a host that is killed a moment later leaves what was said to be so.
#include <algorithm>
#include <chrono>
#include <utility>

#include "host/apps/shared/inspect.h"
#include "host/apps/tidegate/host.h"
#include "host/apps/tidegate/trace_files.h"
#include "host/core/text.h"

namespace tidegate {
namespace {

// Past `within` nothing but a running terminate holds a swap up.
constexpr Duration kTerminateMargin = limits::kTerminateTimeout + Seconds(5);
// A disk that takes longer to keep a state counts as one that does not.
constexpr Duration kKept = Seconds(30);

Error Refused(ErrorCode code, std::string why) { return {code, "", std::move(why)}; }

}  // namespace

// On the lane's thread.
void Host::OnSwap(Entry& of, const SwapNews& news) {
  HistoryEntry entry;
  std::string serving;
  {
    const std::lock_guard lock(mutex_);
    entry = of.swap.Hear(news);
    serving = of.swap.serving.digest;
    policy_files_[of.id] = of.swap.serving.file;
  }
  versions_->Note(of.name, std::move(entry));
  versions_->Amend(of.name, [&](VersionRecord& record) { record.serving = serving; });
  {  // whoever waits for it may rely on the note
    const std::lock_guard lock(mutex_);
    const bool began =
        news.what == SwapNews::What::kRefused || news.what == SwapNews::What::kSwitched;
    if (began) of.swap.began = news;
    if (news.what == SwapNews::What::kRolledBack) of.swap.rolled_back = news.number;
    ++reports_;
  }
  reported_.notify_all();
}

// Whether the resource may have the version at all.
Outcome Host::CheckOrder(const std::string& name, const NewVersion& version,
                         const SwapOrder& order) {
  const VersionRecord record = versions_->Recall(name);
  if (record.pin) {
    return Refused(ErrorCode::kAccessDenied,
                   name + " was pinned by " + record.pin->by + " on " + record.pin->time +
                       (record.pin->why.empty() ? "" : " (" + record.pin->why + ")") +
                       "; to swap it: tidegate unpin " + name);
  }
  if (order.lift) return Ok();
  return CheckQuarantine(
      record, name, *version.program, options_.quarantine,
      " (tidegate history " + name + " says why); to try it all the same: --lift-quarantine");
}

// What the resource would have for itself under the version; nothing where it cannot run it.
std::optional<UniqueValues> Host::UniqueUnder(const Entry& entry, const NewVersion& version) const {
  const Result<Inspected> policy = Inspect(version.program, entry.config.limits);
  if (!policy) return std::nullopt;
  const auto valid = Validate(policy->manifest.properties, entry.config.properties);
  if (!valid) return std::nullopt;
  UniqueValues unique = UniqueValuesOf(entry.name, policy->manifest, *valid);
  const std::lock_guard lock(mutex_);
  unique.policies.insert(entry.unique.policies.begin(), entry.unique.policies.end());
  return unique;
}

// A version may declare a property unique that the one before did not.
Outcome Host::CheckUnique(const Entry& entry, const NewVersion& version) const {
  const std::optional<UniqueValues> wanted = UniqueUnder(entry, version);
  if (!wanted) return Ok();  // the lane says why
  {
    const std::lock_guard lock(mutex_);
    if (std::ranges::includes(entry.unique.values, wanted->values)) return Ok();
  }
  std::vector<UniqueValues> taken;
  for (UniqueValues& other : Unique()) {
    if (other.resource != entry.name) taken.push_back(std::move(other));
  }
  return UniqueIndex(taken, {*wanted}).Take(*wanted);
}

Result<std::string> Host::Rehearse(const std::string& name, const NewVersion& version,
                                   const SwapOrder& order) {
  const std::shared_ptr<Entry> entry = Find(name);
  if (!entry) return Unknown(name);
  if (const Outcome may = CheckOrder(name, version, order); !may) return may.error();
  if (entry->lane == nullptr) return RehearseStart(entry->config, version);
  if (const Outcome unique = CheckUnique(*entry, version); !unique) return unique.error();
  const auto state = std::make_shared<std::optional<Result<std::string>>>();
  OnLane(*entry, [state, program = version.program](Lane& lane) {
    state->emplace(lane.Rehearse(program));
  });
  if (!*state) return Refused(ErrorCode::kTimeout, name + " does not answer");
  return **state;
}

Result<std::uint64_t> Host::Swap(const std::string& name, const NewVersion& version,
                                 const SwapOrder& order) {
  const Result<std::uint64_t> number = Switch(name, version, order);
  if (!number) return number;
  if (const Outcome kept = Settle(name, *number); !kept) return kept.error();
  return number;
}

Result<std::uint64_t> Host::Switch(const std::string& name, const NewVersion& version,
                                   const SwapOrder& order) {
  if (const Result<std::string> state = Rehearse(name, version, order); !state) {
    return state.error();
  }
  const std::shared_ptr<Entry> entry = Find(name);
  if (!entry) return Unknown(name);
  if (entry->lane == nullptr) return Mend(*entry, version, order);
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
  std::optional<UniqueValues> unique = number ? UniqueUnder(*entry, version) : std::nullopt;
  const std::lock_guard lock(mutex_);
  entry->swap.asking.clear();
  if (unique) entry->unique = std::move(*unique);
  return number;
}

Result<std::uint64_t> Host::Offer(Entry& entry, const NewVersion& version, const SwapOrder& order) {
  const std::string& name = entry.name;
  const std::string& digest = version.program->digest();
  if (const Outcome kept = Keep(version); !kept) {
    return Refused(kept.error().code, "a copy of it cannot be kept: " + kept.error().detail);
  }
  {
    const std::lock_guard lock(mutex_);
    Swapping& swap = entry.swap;
    swap.offered = version.EntryBy(order.by);
    swap.began.reset();
  }
  if (order.lift) {
    versions_->Amend(name, [&](VersionRecord& record) { record.rollbacks.erase(digest); });
  }
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
  // Now, and not before: what was refused must not be what the next host takes for configured.
  if (version.policy == entry.config.policy) entry.configured = digest;
  entry.instead = false;
  versions_->Amend(name, [&](VersionRecord& record) { record.configured = entry.configured; });
  return number;
}

Outcome Host::Settle(const std::string& name, std::uint64_t number) {
  Outcome kept = Durable(name);
  if (kept) return StillSwapped(name, number);
  if (kept.error().code == ErrorCode::kOperationAborted) return kept;
  const std::string what = name + ": it is not on disk (" + kept.error().detail +
                           "), so that the next host would not run it";
  const Outcome back = TakeBack(name, "it could not be kept;");
  return Refused(kept.error().code, what + (back ? "; it was taken back"
                                                 : "; it runs all the same: see tidegate status"));
}

// The question that probation begins with may have been answered by now.
Outcome Host::StillSwapped(const std::string& name, std::uint64_t number) {
  const std::optional<LaneView> view = View(name);
  if (number == 0 || !view || !view->swap.news || view->swap.news->number != number) return Ok();
  const SwapNews& news = *view->swap.news;
  if (news.what != SwapNews::What::kRolledBack) return Ok();
  return Refused(ErrorCode::kResourceFailed, name + ": rolled back: " + news.why.detail);
}

Outcome Host::Durable(const std::string& name) {
  std::optional<LaneView> view;
  const bool settled = WaitFor(name, kKept, [&](const LaneView& now) {
    view = now;
    return now.saved != LaneView::Saved::kUnderWay &&
           now.status.state != ResourceState::kInitializing;
  });
  if (!settled) {
    const std::lock_guard lock(mutex_);
    return ending_ ? Refused(ErrorCode::kOperationAborted, "the host is ending")
                   : Refused(ErrorCode::kTimeout, "resource.state is still being written");
  }
  if (view->saved == LaneView::Saved::kNo) {
    return Refused(ErrorCode::kIoDevice, "resource.state was not written, the log says why");
  }
  Outcome written = versions_->Flush(name);
  if (!written) return Refused(written.error().code, "its history: " + written.error().detail);
  return written;
}

Result<std::string> Host::RehearseStart(const ResourceConfig& config,
                                        const NewVersion& version) const {
  if (!config.wrong.empty()) return Refused(ErrorCode::kInvalidData, config.wrong);
  const Result<Start> start = Choose(config, {{.version = version}});
  if (!start) return start.error();
  const std::optional<StateFile> state = versions_->StateOf(config.name);
  return state ? state->now.json : std::string("{}");
}

// A resource that is not hosted begins with the version. There is nothing to go back to.
Result<std::uint64_t> Host::Mend(const Entry& entry, const NewVersion& version,
                                 const SwapOrder& order) {
  const std::string& name = entry.name;
  const bool same = version.policy == entry.config.policy;  // it was mended where it is
  if (const Outcome kept = Keep(version); !kept) {
    return Refused(kept.error().code, "a copy of it cannot be kept: " + kept.error().detail);
  }
  {
    const std::lock_guard hosting(hosting_);
    if (Hosts(name)) return Refused(ErrorCode::kBusy, name + " has just been mended; swap again");
    if (const Outcome locked = locks_->Take(name); !locked) return locked.error();
    Start way{.version = version};
    way.configured = same ? version.program->digest() : versions_->Recall(name).configured;
    Result<Start> start = Choose(entry.config, {std::move(way)});
    if (!start) locks_->Release(name);
    if (!start) return start.error();
    UniqueIndex index(Taken(), {start->unique});
    const Outcome entered = EnterInTurn(entry.config, std::move(*start), index);
    if (!entered) return entered.error();
  }
  if (const std::shared_ptr<Entry> now = Find(name); now && !same) {
    const std::lock_guard lock(mutex_);
    now->trouble = entry.trouble;  // the configuration is as wrong as it was
  }
  HistoryEntry note = version.EntryBy(order.by);
  note.outcome = Name(SwapNews::What::kSwitched);
  note.why = "it was not hosted: " + entry.trouble->detail;
  versions_->Note(name, std::move(note));
  if (order.lift) {
    const std::string& digest = version.program->digest();
    versions_->Amend(name, [&](VersionRecord& record) { record.rollbacks.erase(digest); });
  }
  Begin(name);
  return 0;
}

Outcome Host::GoBack(const std::string& name, const std::string& by) {
  Outcome back = TakeBack(name, by);
  if (!back) return back;
  const Outcome kept = Durable(name);
  if (kept) return back;
  return Refused(kept.error().code,
                 name + " is rolled back, but that is not on disk: " + kept.error().detail);
}

Outcome Host::TakeBack(const std::string& name, const std::string& by) {
  const Result<std::shared_ptr<Entry>> hosted = Hosted(name);
  if (!hosted) return hosted.error();
  const std::shared_ptr<Entry>& entry = *hosted;
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
  (void)versions_->Recall(name);
  return versions_->Change(name, [&](VersionRecord& record) {
    record.pin = pin;
    record.history.push_back(note);
  });
}

Result<VersionRecord> Host::HistoryOf(const std::string& name) {
  if (!Find(name)) return Unknown(name);
  return versions_->Recall(name);
}

}  // namespace tidegate
