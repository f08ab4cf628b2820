// What to make of what a version says while it is on probation.
#include "host/engine/swap.h"

#include <algorithm>
#include <utility>

namespace tidegate {
namespace {

// Stopped from outside: it says nothing of the version.
bool Aborted(const Verdict& verdict) {
  const CauseKind kind = verdict.cause.kind;
  return !verdict.ok &&
         (kind == CauseKind::kOperator || kind == CauseKind::kShutdown ||
          (kind != CauseKind::kOperation && verdict.cause.code == ErrorCode::kOperationAborted));
}

// A look at the disk that ends badly may be the disk's doing; these are nobody's but the version's.
bool IsOwnFault(const Cause& cause) {
  return IsKill(cause.kind) || cause.kind == CauseKind::kPolicyError ||
         cause.kind == CauseKind::kProtocol || cause.kind == CauseKind::kDeadline;
}

constexpr std::uint8_t BitOf(EntryPoint poll) { return poll == EntryPoint::kIsAlive ? 1 : 2; }

std::uint8_t PollsOf(const Manifest& manifest) {
  return manifest.Has(EntryPoint::kLooksAlive) ? 3 : 1;
}

}  // namespace

std::string_view Name(SwapNews::What what) {
  switch (what) {
    case SwapNews::What::kRefused:
      return "refused";
    case SwapNews::What::kSwitched:
      return "switched";
    case SwapNews::What::kProved:
      return "proved";
    case SwapNews::What::kRolledBack:
      return "rolled back";
    default:
      return "superseded";
  }
}

void PolicySwap::Offer(Version offered, const SwapTerms& terms) {
  next = std::move(offered);
  course.terms = terms;
  ++course.number;
}

void PolicySwap::Begin(Version replaced, std::string state, bool same_shape,
                       const Manifest& serving) {
  course.owed = PollsOf(serving);
  course.asked = 0;
  course.asks = course.terms.asks;
  course.asking = course.lent = false;
  course.serving = course.number;
  course.needed = course.terms.healthy;
  course.healthy = 0;
  course.doubt = {};
  if (on_trial()) {
    course.same_shape = course.same_shape && same_shape;
  } else {
    before = std::move(replaced);
    course.before_state = std::move(state);
    course.same_shape = same_shape;
  }
  course.phase = Phase::kProbation;
}

void PolicySwap::Resume(Version replaced, int healthy, const Manifest& serving) {
  course.number = 1;
  course.terms.healthy = healthy;
  Begin(std::move(replaced), {}, true, serving);
}

std::optional<EntryPoint> PolicySwap::Owed() {
  if (course.phase != Phase::kProbation || !course.asks) return std::nullopt;
  for (const EntryPoint poll : {EntryPoint::kIsAlive, EntryPoint::kLooksAlive}) {
    const std::uint8_t bit = BitOf(poll);
    if ((course.owed & bit) == 0) continue;
    if ((course.asked & bit) != 0) return std::nullopt;
    course.asked |= bit;
    return poll;
  }
  return std::nullopt;
}

void PolicySwap::End() {
  before = {};
  course.phase = Phase::kNone;
  course.asking = course.lent = false;
  course.before_state.clear();
}

void PolicySwap::Describe(Digest& digest) const {
  digest.Add(static_cast<std::uint64_t>(course.phase) | (course.asking ? 8u : 0u) |
             (course.cancelling ? 16u : 0u) | (course.watched ? 32u : 0u) |
             (course.same_shape ? 64u : 0u) | (waiting() ? 128u : 0u) |
             (static_cast<std::uint64_t>(course.poll) << 8) | (course.lent ? 4096u : 0u) |
             (static_cast<std::uint64_t>(std::max(course.needed - course.healthy, 0)) << 16) |
             (static_cast<std::uint64_t>(course.owed) << 48) |
             (static_cast<std::uint64_t>(course.asked) << 52) | (course.asks ? 1ull << 56 : 0));
  digest.Add(course.before_state);
  for (const Version* version : {&next, &before}) {
    digest.Add(reinterpret_cast<std::uintptr_t>(version->program.get()));
    if (version->policy != nullptr) digest.Add(version->policy->understudy()->Standing());
  }
}

void PolicySwap::GoBack(Cause why) {
  course.phase = Phase::kGoingBack;
  course.asking = false;
  course.doubt = std::move(why);
}

void PolicySwap::Cancelled() {
  course.cancelling = true;
  course.asking = false;
  if (course.phase == Phase::kDoubted) course.phase = Phase::kProbation;
}

bool PolicySwap::Begins(const Run& run) {
  if (run.task != Task::kEntry) return false;
  const bool asked = course.phase == Phase::kDoubted && run.entry == course.poll;
  // Something else came first: it is not settled, and the next bad poll will ask again.
  if (course.phase == Phase::kDoubted && !asked) course.phase = Phase::kProbation;
  if (IsPoll(run.entry)) {
    course.poll = run.entry;
    course.poll_arguments = run.arguments;
  }
  course.lent = asked;
  return course.asking = asked;
}

PolicySwap::Ruling PolicySwap::Judge(const Answer& answer, const Verdict& raw, bool counts,
                                     bool busy) {
  if (course.cancelling && answer.entry != EntryPoint::kTerminate) {
    course.cancelling = false;
    if (IsPoll(answer.entry) && !answer.verdict.ok && !busy) return Ruling::kAskAgain;
  }
  if (course.phase == Phase::kDoubted) {
    if (!course.asking || answer.entry != course.poll) return Ruling::kPass;
    course.asking = false;
    course.phase = Phase::kProbation;
    if (raw.ok) {
      GoBack(std::move(course.doubt));
      return Ruling::kGoBack;
    }
    return Aborted(raw) ? Ruling::kPass : Ruling::kAgreed;
  }
  if (course.phase != Phase::kProbation || Aborted(raw)) return Ruling::kPass;
  if (IsPoll(answer.entry)) return JudgePoll(answer, raw, counts, busy);
  if (raw.ok) return Ruling::kPass;
  GoBack(raw.cause);
  return Ruling::kGoBack;
}

void PolicySwap::Prove(EntryPoint poll) {
  if ((course.owed & BitOf(poll)) == 0) {
    ++course.healthy;
  } else {
    course.owed &= static_cast<std::uint8_t>(~BitOf(poll));
  }
}

PolicySwap::Ruling PolicySwap::JudgePoll(const Answer& answer, const Verdict& raw, bool counts,
                                         bool busy) {
  if (raw.ok) {
    if (counts) Prove(answer.entry);
    const bool proved = course.owed == 0 && course.healthy >= course.needed;
    return proved ? Ruling::kProved : Ruling::kPass;
  }
  if (raw.cause.kind == CauseKind::kDeadlock) {  // terminate is on its way
    GoBack(raw.cause);
    return Ruling::kGoBack;
  }
  if (IsOwnFault(raw.cause)) {
    GoBack(raw.cause);
    return busy ? Ruling::kGoBack : Ruling::kGoBackAndAsk;
  }
  if (busy) return Ruling::kPass;
  course.phase = Phase::kDoubted;
  course.poll = answer.entry;
  course.doubt = raw.cause;
  return Ruling::kAskBefore;
}

}  // namespace tidegate
