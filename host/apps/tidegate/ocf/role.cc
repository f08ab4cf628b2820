// Roles: promote and demote of a promotable clone, and the score by which the cluster chooses whom
// it promotes.
//
// Why the role is part of the mark: both end together, when the resource is offline for certain or
// the node's boot is over. It says promoted from before promote begins until demote has succeeded:
// in between a monitor says so, and the cluster demotes what only half became promoted.
//
// Source: OCF Resource Agent API 1.1, "promote", "demote"; "Promotable Clones", Pacemaker
// Explained.
#include <algorithm>
#include <optional>
#include <string>

#include "host/apps/tidegate/ocf/agent.h"
#include "host/core/text.h"
#include "host/env/linux/pacemaker.h"

namespace tidegate::ocf {
namespace {

constexpr const char* kScore = "score";  // a record of the resource
constexpr const char* kUnknown = "?";
// A node that has it started may be promoted; one that is promoted best stays so.
constexpr int kStartedScore = 10;
constexpr int kPromotedScore = 100;

}  // namespace

Answered Agent::Promote() { return ChangeRole(EntryPoint::kPromote); }
Answered Agent::Demote() { return ChangeRole(EntryPoint::kDemote); }

Answered Agent::ChangeRole(EntryPoint entry) {
  if (const Outcome opened = OpenStore(); !opened) return {Exit::kGeneric, opened.error().detail};
  Result<Loaded> loaded = Load();
  if (!Marked()) return {Exit::kNotRunning, "it is not running here: start it"};
  if (!loaded) return {Exit::kGeneric, loaded.error().detail};
  const Manifest& manifest = loaded->manifest;
  if (!manifest.Has(entry)) {
    return {Exit::kUnimplemented,
            manifest.name + " has no promote and demote: its clone cannot be promotable"};
  }
  const bool promotes = entry == EntryPoint::kPromote;
  if (promotes) {
    const Outcome marked = MarkPromoted(loaded->by, true);
    if (!marked) return {Exit::kGeneric, "nothing was promoted: " + marked.error().detail};
  }
  const Result<Answer> answer = Perform(*loaded, entry);
  if (!answer) return {Exit::kGeneric, answer.error().detail};
  if (!answer->verdict.ok) return {Exit::kGeneric, Text(answer->verdict.cause)};
  if (!promotes) {
    const Outcome marked = MarkPromoted(loaded->by, false);
    if (!marked) return {Exit::kGeneric, marked.error().detail};
  }
  AskForPromotion(manifest);
  return {};
}

// A cluster demotes before it stops. Who stops by hand does not: what demote is for happens all the
// same, and whether the resource is offline then, offline says.
void Agent::DemoteFirst(Loaded& loaded) {
  if (!loaded.manifest.Has(EntryPoint::kDemote) || !Promoted()) return;
  constexpr int kShare = 3;  // offline is what a stop is for
  const Result<Answer> answer = Perform(loaded, EntryPoint::kDemote, kShare);
  if (answer && answer->verdict.ok) return;
  Log(Level::kWarning, answer ? Text(answer->verdict.cause) : answer.error().detail);
}

// Only when it changes: each time is a process. What fails is tried again by the next monitor.
void Agent::AskForPromotion(const Manifest& manifest) {
  if (!manifest.Has(EntryPoint::kPromote) || !environment_.pacemaker) return;
  std::optional<int> score;
  if (Marked()) score = Promoted() ? kPromotedScore : kStartedScore;
  const std::string wanted = score ? std::to_string(*score) : "";
  const Reply stored = store_->Get(environment_.instance, RecordGet{kScore});
  const std::string known = stored.ok() ? std::get<std::string>(stored.value) : std::string();
  if (known == wanted) return;
  Pacemaker cluster({.resource = environment_.resource,
                     .node = environment_.node,
                     .deadline = std::min(Left(), PacemakerOptions().deadline)});
  if (const Outcome set = cluster.SetPromotionScore(score); !set) {
    return Log(Level::kWarning, "the promotion score could not be set: " + set.error().detail);
  }
  (void)store_->Set(environment_.instance, RecordSet{kScore, wanted});
}

// A probe changes nothing. But a cluster that has just begun to look here has forgotten the score.
void Agent::ForgetScore(const Manifest& manifest) {
  if (!manifest.Has(EntryPoint::kPromote)) return;
  (void)store_->Set(environment_.instance, RecordSet{kScore, std::string(kUnknown)});
}

}  // namespace tidegate::ocf
