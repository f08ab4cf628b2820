// What a lane does about its versions: swap.h says when.
#include <utility>

#include "host/core/text.h"
#include "host/engine/lane.h"
#include "host/engine/lane_tickets.h"

namespace tidegate {
namespace {

std::string Short(const Manifest& manifest) {
  return manifest.name + " " + manifest.digest.substr(0, 8);
}

}  // namespace

Result<std::uint64_t> Lane::Offer(std::shared_ptr<const CompiledPolicy> policy,
                                  const SwapTerms& terms) {
  Result<std::unique_ptr<Policy>> made = MakePolicy(policy);
  if (!made) return made.error();
  if ((*made)->manifest().Has(EntryPoint::kMigrate)) {
    // In a sandbox of its own: the one that will serve must not have migrated before.
    if (const Result<std::string> carried = Rehearse(policy); !carried) return carried.error();
  }
  if (swap_ == nullptr) swap_ = std::make_unique<PolicySwap>();
  if (swap_->waiting()) Refuse({ErrorCode::kBusy, "", "another version was offered since"});
  swap_->course.watched = watches_ != 0 || (swap_->on_trial() && swap_->course.watched);
  swap_->Offer({std::move(policy), std::move(*made)}, terms);
  const std::uint64_t number = swap_->course.number;
  if (terms.within.ns > 0) {
    env_.Arm(spec_.id, SwapDueTicket(number), env_.Now() + terms.within);
  }
  Handle(Event{env_.Now(), PolicyReady{}});
  return number;
}

Outcome Lane::ResumeProbation(const std::shared_ptr<const CompiledPolicy>& before, int healthy) {
  Result<std::unique_ptr<Policy>> made = MakePolicy(before);
  if (!made) return made.error();
  swap_ = std::make_unique<PolicySwap>();
  swap_->Resume({before, std::move(*made)}, healthy, policy_->manifest());
  return Ok();
}

// What a resumed probation goes back to: as the host before kept it, if that is still what is kept.
bool Lane::TakeProbation(const StateFile& file) {
  if (swap_ == nullptr || !swap_->on_trial()) return false;
  PolicySwap::Version& before = swap_->before;
  const bool ours = file.before && file.before->digest == before.program->digest() &&
                    file.now.digest == policy_->manifest().digest;
  if (!ours) {
    swap_->End();
    return false;
  }
  PolicySwap::Course& course = swap_->course;
  course.same_shape = file.before->json.empty();
  course.before_state = course.same_shape ? file.now.json : file.before->json;
  course.watched = file.before->watched;
  (void)before.policy->ImportState(course.before_state);
  return true;
}

Result<std::string> Lane::Rehearse(const std::shared_ptr<const CompiledPolicy>& policy) {
  Result<std::unique_ptr<Policy>> made = MakePolicy(policy);
  if (!made) return made.error();
  Result<std::string> state =
      policy_->dead() ? Result<std::string>(saved_state_) : policy_->ExportState();
  if (!state) return state;
  std::uint32_t watches = 0;
  return Carry(**made, *state, policy_->manifest().version, watches);
}

Outcome Lane::GoBack(std::string why) {
  if (swap_ == nullptr || !swap_->on_trial()) {
    return Error{ErrorCode::kInvalidState, "",
                 spec_.name +
                     " has no version on probation; give it the version that it is to "
                     "have: tidegate history " +
                     spec_.name + " lists them"};
  }
  if (swap_->waiting()) Refuse({ErrorCode::kOperationAborted, "", "swaps were rolled back"});
  swap_->GoBack({.kind = CauseKind::kOperator, .message = std::move(why)});
  Handle(Event{env_.Now(), PolicyReady{}});
  return Ok();
}

Result<std::string> Lane::Carry(Policy& to, const std::string& state, const std::string& from,
                                std::uint32_t& watches) {
  if (!state.empty() && state != "{}") {
    if (const Outcome imported = to.ImportState(state); !imported) return imported.error();
  }
  if (!to.manifest().Has(EntryPoint::kMigrate)) return state.empty() ? "{}" : state;
  const Arguments arguments{0, from};
  migrating_ = &watches;
  const Turn turn = to.Start(Task::kEntry, EntryPoint::kMigrate, arguments, {},
                             now_ + to.manifest().Timeout(EntryPoint::kMigrate));
  migrating_ = nullptr;
  const auto* verdict = std::get_if<Verdict>(&turn);
  if (verdict == nullptr) {
    to.Cancel(Task::kEntry);
    return Error{ErrorCode::kInvalidFunction, "", "migrate waits, and may not"};
  }
  if (!verdict->ok) return Error{verdict->cause.code, "", Text(verdict->cause)};
  return to.ExportState();
}

// Nothing is in flight. One that goes back does so first: what comes after it is on its own. A
// watch that was registered but has not begun does so before it is ended with its version.
void Lane::Perform(const Swap&) {
  if (swap_ == nullptr) return;
  if (watches_ == 0 && swap_->going_back()) GiveBack();
  if (watches_ != 0) {
    if (swap_->going_back() || swap_->waiting()) Enqueue(PolicyReady{});
    return;
  }
  if (swap_->waiting()) TakeOver();
}

void Lane::TakeOver() {
  PolicySwap::Version next = std::exchange(swap_->next, {});
  const std::string from = policy_->manifest().digest;
  const std::string from_name = Short(policy_->manifest());
  const std::string to = next.policy->manifest().digest;
  Result<std::string> state =
      policy_->dead() ? Result<std::string>(saved_state_) : policy_->ExportState();
  std::uint32_t watches = 0;
  const Result<std::string> carried =
      state ? Carry(*next.policy, *state, policy_->manifest().version, watches) : state;
  if (!carried) {
    // Watches are over, as Resource ends them before: what this costs is checked when it is
    // offered.
    env_.Log(spec_.id, Level::kError, "policy not swapped: " + carried.error().detail);
    return Tell(SwapNews::What::kRefused, swap_->course.number, from, to, carried.error());
  }
  if (swap_->on_trial()) {
    Tell(SwapNews::What::kSuperseded, swap_->course.serving,
         swap_->before.policy->manifest().digest, from);
  }
  const bool same_shape = !next.policy->manifest().Has(EntryPoint::kMigrate);
  swap_->Begin({program_, std::move(policy_)}, std::move(*state), same_shape,
               next.policy->manifest());
  Serve(std::move(next), watches);
  if (swap_->course.needed == 0) swap_->End();
  KeepState(*carried);
  env_.Log(spec_.id, Level::kInformation,
           "policy swapped: " + from_name + " -> " + to.substr(0, 8));
  const std::uint64_t number = swap_->course.number;
  Tell(SwapNews::What::kSwitched, number, from, to);
  if (!swap_->on_trial()) return Tell(SwapNews::What::kProved, number, from, to);
  AskOwed();
}

// A poll that the version has not answered yet is asked now.
void Lane::AskOwed() {
  if (resource_->status().state != ResourceState::kOnline) return;
  const std::optional<EntryPoint> poll = swap_->Owed();
  if (!poll) return;
  if (monitor_) return PerformAll(monitor_->Look(*poll, now_));
  Enqueue(Requested{*poll, {}, true});
}

// The version before serves again. What the new one wrote goes with it if it reads that, else it
// has what it had.
void Lane::GiveBack() {
  PolicySwap::Version back = std::exchange(swap_->before, {});
  const PolicySwap::Course course = swap_->course;
  const std::string from = policy_->manifest().digest;
  const std::string from_name = Short(policy_->manifest());
  const std::string to = back.policy->manifest().digest;
  std::string version = back.policy->manifest().version;
  std::string state = course.before_state;
  if (course.same_shape) {
    const Result<std::string> now =
        policy_->dead() ? Result<std::string>(saved_state_) : policy_->ExportState();
    if (now) {
      state = *now;
      version = policy_->manifest().version;
    }
  }
  if (state.empty()) state = "{}";
  if (back.policy->dead()) {
    if (Result<std::unique_ptr<Policy>> fresh = MakePolicy(back.program)) {
      back.policy = std::move(*fresh);
    }
  }
  std::uint32_t watches = 0;
  Outcome given = back.policy->ImportState(state);
  if (given && course.watched && back.policy->manifest().Has(EntryPoint::kMigrate)) {
    const Result<std::string> carried = Carry(*back.policy, state, version, watches);
    if (carried) {
      state = *carried;
    } else {
      given = carried.error();
    }
  }
  swap_->End();
  Serve(std::move(back), watches);
  KeepState(std::move(state));
  env_.Log(
      spec_.id, Level::kError,
      "policy rolled back: " + from_name + " -> " + to.substr(0, 8) + ": " + Text(course.doubt));
  if (!given) {
    env_.Log(spec_.id, Level::kError, "its resource.state: " + given.error().detail);
  }
  Tell(SwapNews::What::kRolledBack, course.serving, to, from,
       {course.doubt.code, "", Text(course.doubt)});
}

void Lane::Serve(PolicySwap::Version version, std::uint32_t watches) {
  policy_ = std::move(version.policy);
  program_ = std::move(version.program);
  resource_->Adopt(policy_->manifest());
  TellRecorder(policy_->manifest());
  const bool online = resource_->status().state == ResourceState::kOnline;
  for (int n = 0; n < limits::kWatches; ++n) {
    if ((watches >> n & 1u) == 0) continue;
    if (online) {
      watches_ |= 1u << n;
      Enqueue(WatchStarted{Watch(n)});
    } else {
      policy_->Cancel(Watch(n));  // online starts its own
    }
  }
}

// Whether the answer is for nobody yet.
bool Lane::Withheld(const Answer& answer) {
  PolicySwap& swap = *swap_;
  // A watch that ended answers in is_alive's name, while the version before is still at it.
  if (swap.asking() && resource_->Running(answer.entry)) return false;
  if (swap.waiting() && watches_ != 0) swap.course.watched = true;
  const bool filtered = answer.verdict.ok && answer.entry == EntryPoint::kIsAlive;
  const Verdict& raw = filtered ? resource_->raw_verdict() : answer.verdict;
  const bool counts = policy_->manifest().Has(answer.entry);
  const bool busy = resource_->Running(Task::kEntry) || resource_->Running(Task::kTerminate);
  const bool asked = swap.asking();
  const std::string doubt = asked ? Text(swap.course.doubt) : std::string();
  const PolicySwap::Ruling ruling = swap.Judge(answer, raw, counts, busy);
  if (asked && !swap.asking()) TellRecorder(policy_->manifest());
  const auto ask = [&] {
    if (answer.entry == EntryPoint::kIsAlive) resource_->Forgive();  // no other is filtered
    const bool same = swap.course.poll == answer.entry;
    const bool online = resource_->status().state == ResourceState::kOnline;
    Enqueue(Requested{answer.entry, same ? swap.course.poll_arguments : Arguments(), online});
    return true;
  };
  switch (ruling) {
    case PolicySwap::Ruling::kPass:
      return false;
    case PolicySwap::Ruling::kProved: {
      const std::string from = swap.before.program->digest();
      swap.End();
      save_again_ = true;
      env_.Log(spec_.id, Level::kInformation,
               "policy proved: " + Short(policy_->manifest()) +
                   ", healthy verdicts: " + std::to_string(swap.course.healthy));
      Tell(SwapNews::What::kProved, swap.course.serving, from, policy_->manifest().digest);
      return false;
    }
    case PolicySwap::Ruling::kAskBefore:
      env_.Log(spec_.id, Level::kWarning, Text(raw.cause) + "; the version before is asked, too");
      return ask();
    case PolicySwap::Ruling::kAskAgain:
      return ask();
    case PolicySwap::Ruling::kGoBack:
      Enqueue(PolicyReady{});
      return false;
    case PolicySwap::Ruling::kGoBackAndAsk:
      Enqueue(PolicyReady{});
      return ask();
    default:
      env_.Log(spec_.id, Level::kInformation, "the version before says the same: " + doubt);
      return false;
  }
}

// The poll that begins goes to the version before.
void Lane::AskBefore() {
  PolicySwap::Version& before = swap_->before;
  if (before.policy->dead()) {
    if (Result<std::unique_ptr<Policy>> fresh = MakePolicy(before.program)) {
      before.policy = std::move(*fresh);
      (void)before.policy->ImportState(swap_->course.before_state);
    }
  }
  TellRecorder(before.policy->manifest());
}

void Lane::SwapDue(Ticket ticket) {
  if (swap_ == nullptr || !swap_->waiting()) return;
  if (ticket != SwapDueTicket(swap_->course.number)) return;  // of an offer before it
  const SwapTerms& terms = swap_->course.terms;
  if (!terms.force) {
    if (!swap_->going_back()) resource_->Withdraw();
    return Refuse({ErrorCode::kTimeout, "",
                   "an entry point of " + spec_.name + " is still running after " +
                       Text(terms.within) + "; --within waits longer, --force cancels it"});
  }
  if (!resource_->Running(Task::kEntry)) return;  // terminate's own time bounds it
  At(Task::kEntry).Cancel(Task::kEntry);
  swap_->Cancelled();
  Cause cause{.kind = CauseKind::kOperator, .code = ErrorCode::kOperationAborted};
  cause.message = "cancelled to swap the policy";
  Enqueue(Returned{Task::kEntry, {false, std::move(cause)}});
}

void Lane::Refuse(Error why) {
  const std::string to = swap_->next.policy->manifest().digest;
  swap_->next = {};
  env_.Log(spec_.id, Level::kError, "policy not swapped: " + why.detail);
  Tell(SwapNews::What::kRefused, swap_->course.number, policy_->manifest().digest, to,
       std::move(why));
}

void Lane::Tell(SwapNews::What what, std::uint64_t number, const std::string& from,
                const std::string& to, Error why) {
  news_ = SwapNews{what, number, from, to, std::move(why)};
  if (on_swap_) on_swap_(*news_);
}

}  // namespace tidegate
