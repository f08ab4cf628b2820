// A resource's versions: the swap, the probation after it, what the history is told.
#include <utility>

#include "host/apps/resource_dll/resource_instance.h"
#include "host/core/limits.h"
#include "host/core/text.h"

namespace tidegate {

// A new lane, made for an Online. What was never swapped has no history and gets none; else a file
// that was replaced, or another PolicyPath, belongs into it.
void ResourceInstance::Serves(const Hosted& hosted) {
  const Manifest& manifest = hosted.policy->manifest;
  HistoryEntry entry = EntryOf(manifest, "online");
  entry.outcome = "started";
  const VersionRecord record = parts_.host->versions().Recall(parts_.name);
  if (!record.history.empty() && LastServing(record) != manifest.digest) {
    parts_.host->versions().Note(parts_.name, entry);
  }
  const std::scoped_lock lock(mutex_);
  succession_ = {};
  succession_.serving = std::move(entry);
}

// The lane is gone. What was on probation is what PolicyPath names by now.
void ResourceInstance::NotProved() {
  HistoryEntry entry;
  {
    const std::scoped_lock lock(mutex_);
    before_.reset();
    if (std::exchange(on_roll_back_, nullptr) == nullptr) return;
    entry = std::exchange(succession_, {}).serving;
  }
  entry.outcome = "unproved";
  entry.why = "the resource was closed, or given other properties, before its probation was over";
  parts_.host->versions().Note(parts_.name, std::move(entry));
}

void ResourceInstance::Swap(SwapOrder order) {
  std::optional<Hosted> hosted;
  {
    const std::scoped_lock lock(mutex_);
    if (hosted_ && !swap_) {
      hosted = hosted_;
      succession_.offered = order.entry;
      swap_ = order;
    }
  }
  if (!hosted) return order.done(Error{ErrorCode::kBusy, "", "another swap is under way"});
  SwapTerms terms;
  terms.within = limits::kSwapWithin;
  terms.asks = !maintenance_;  // what is looked after by hand may look ill
  parts_.host->Run(hosted->id, [self = shared_from_this(), lane = hosted->lane,
                                program = order.policy->program, terms] {
    const Result<std::uint64_t> offered = lane->Offer(program, terms);
    if (!offered) self->Swapped(offered.error());
  });
}

void ResourceInstance::OnSwap(const SwapNews& news) {
  HistoryEntry entry;
  std::function<void()> undo;
  {
    const std::scoped_lock lock(mutex_);
    entry = succession_.Hear(news);
    const bool back = news.what == SwapNews::What::kRolledBack;
    const bool over = back || news.what == SwapNews::What::kProved;
    if (over) undo = std::exchange(on_roll_back_, nullptr);
    if (back && hosted_) hosted_->policy = before_;
    if (over) before_.reset();
    // The next poll is for the version that serves now.
    for (LastVerdict& last : last_) last.Clear();
  }
  parts_.host->versions().Note(parts_.name, std::move(entry));  // before anybody is answered
  if (news.what == SwapNews::What::kSwitched) return Swapped(Ok());
  if (undo != nullptr && news.what == SwapNews::What::kRolledBack) (void)jobs().Start(undo);
  if (news.what != SwapNews::What::kRefused) return;
  if (news.why.code != ErrorCode::kTimeout) return Swapped(news.why);
  Swapped(Error{ErrorCode::kTimeout, "",
                "an entry point is still running after " + Text(limits::kSwapWithin) +
                    "; swap again when it has ended"});
}

void ResourceInstance::Swapped(const Outcome& outcome) {
  std::unique_lock lock(mutex_);
  const std::optional<SwapOrder> order = std::exchange(swap_, std::nullopt);
  if (!order) return;
  if (outcome) Switched(*order);
  lock.unlock();
  order->done(outcome);
}

// With the lock held.
void ResourceInstance::Switched(const SwapOrder& order) {
  if (!hosted_) return;
  const auto before = std::exchange(hosted_->policy, order.policy);
  const auto earlier = std::exchange(on_roll_back_, order.undone);
  if (earlier == nullptr) {
    before_ = before;
  } else {  // the version before this one was on probation, too
    on_roll_back_ = [undone = order.undone, earlier] {
      undone();
      earlier();
    };
  }
}

}  // namespace tidegate
