// With which version of its policy a resource begins: what the configuration names, what an
// operator swapped in since, or, where the configuration's cannot be used, what served last.
#include <utility>

#include "host/apps/shared/policy_file.h"
#include "host/apps/tidegate/host.h"

namespace tidegate {
namespace {

std::string ShortName(const KeptState& kept) {
  return tidegate::ShortName(kept.policy, kept.digest);
}

HistoryEntry EntryOf(const KeptState& kept, std::string outcome, std::string why) {
  HistoryEntry entry;
  entry.policy = kept.policy;
  entry.version = kept.version;
  entry.digest = kept.digest;
  entry.outcome = std::move(outcome);
  entry.why = std::move(why);
  return entry;
}

HistoryEntry Started(const NewVersion& version, std::string why) {
  HistoryEntry entry = version.EntryBy("the host");
  entry.outcome = "started";
  entry.why = std::move(why);
  return entry;
}

}  // namespace

HistoryEntry NewVersion::EntryBy(std::string who) const {
  HistoryEntry entry;
  entry.policy = program->name();
  entry.digest = program->digest();
  entry.file = policy.empty() ? "" : AbsolutePolicy(policy).string();
  entry.by = std::move(who);
  return entry;
}

Result<NewVersion> Host::ReadVersion(const std::filesystem::path& policy,
                                     const std::string& digest) {
  NewVersion version;
  version.policy = policy;
  if (options_.guarded) {
    if (const Outcome guarded = CheckPolicyGuarded(policy); !guarded) return guarded.error();
  }
  Result<PolicySource> source = ReadPolicy(policy);
  if (!source) return source.error();
  version.source = std::move(*source);
  Result<std::shared_ptr<const CompiledPolicy>> program = CompileSource(version.source);
  if (!program) return program.error();
  version.program = std::move(*program);
  if (!digest.empty() && digest != version.program->digest()) {
    return Error{ErrorCode::kRevisionMismatch, "",
                 policy.string() + " has changed since it was tried: then " + digest.substr(0, 8) +
                     ", now " + version.program->digest().substr(0, 8) +
                     "; swap again to try what is there now"};
  }
  return version;
}

Outcome Host::Keep(const NewVersion& version) {
  return versions_->Keep(version.source, version.program->digest());
}

std::optional<NewVersion> Host::Kept(const VersionRecord& record, const std::string& digest) {
  if (const auto known = kept_.find(digest); known != kept_.end()) return known->second;
  std::optional<NewVersion> version = ReadKept(record, digest);
  if (version) kept_.emplace(digest, *version);
  return version;
}

std::optional<NewVersion> Host::ReadKept(const VersionRecord& record,
                                         const std::string& digest) const {
  for (auto it = record.history.rbegin(); it != record.history.rend(); ++it) {
    if (it->digest != digest || it->file.empty()) continue;
    const auto program = CompilePolicy(it->file);
    if (!program || (*program)->digest() != digest) break;
    return NewVersion{it->file, {}, *program};
  }
  const Result<PolicySource> source = versions_->Find(digest);
  if (!source) return std::nullopt;
  const auto program = CompileSource(*source);
  if (!program || (*program)->digest() != digest) return std::nullopt;
  return NewVersion{{}, {}, *program};
}

Result<std::vector<Host::Start>> Host::WaysToStart(const ResourceConfig& config, bool last) {
  const Result<NewVersion> configured = Read(config.policy);
  if (!options_.monitored) {
    if (!configured) return configured.error();
    return std::vector<Start>{{.version = {config.policy, {}, configured->program}}};
  }
  const VersionRecord record = versions_->Load(config.name).value_or(VersionRecord());
  const std::optional<StateFile> state = versions_->StateOf(config.name);
  std::vector<Start> ways;
  if (configured) {
    Start start{.version = {config.policy, {}, configured->program}};
    start.configured = configured->program->digest();
    start.policy = configured->program->name();
    ways.push_back(state ? Continue(start, record, *state) : start);
    if (ways[0].version.program->digest() != start.configured) ways.push_back(std::move(start));
  }
  if (std::optional<Start> served; last && (served = ServedLast(record, state))) {
    served->configured = configured ? configured->program->digest() : record.configured;
    if (configured) served->policy = configured->program->name();
    if (!configured) served->trouble = configured.error();
    ways.push_back(std::move(*served));
  }
  if (ways.empty()) return configured.error();
  return ways;
}

// Where a host left a state: what it says, unless the configuration says something new since.
Host::Start Host::Continue(Start configured, const VersionRecord& record, const StateFile& state) {
  const std::string& digest = configured.version.program->digest();
  const std::string was = ShortName(state.now);
  const std::string is = tidegate::ShortName(configured.version.program->name(), digest);
  const bool same = state.now.digest == digest;
  // A host that was killed soon after its start left the state of the version before.
  const bool replaced = state.before && state.before->digest == digest;
  if (!same && !replaced && record.serving == digest) return configured;
  if (!same && record.configured != digest) {
    const std::string why = "the configuration has changed since " + was + " ran";
    configured.said.emplace_back(Level::kInformation, is + " serves: " + why);
    configured.notes.push_back(Started(configured.version, why));
    return configured;
  }
  Start start = configured;
  if (!same) {
    std::optional<NewVersion> now = Kept(record, state.now.digest);
    if (!now) return GivenUp(std::move(configured), record, state);
    start.version = std::move(*now);
    start.said.emplace_back(Level::kInformation,
                            was + " serves, as the last host left it; the configuration has " + is);
  }
  if (state.before) OnProbationAgain(start, configured, record, state);
  return start;
}

// What was on probation when the last host ended is on probation again.
void Host::OnProbationAgain(Start& start, const Start& configured, const VersionRecord& record,
                            const StateFile& state) {
  const bool named = configured.version.program != nullptr &&
                     configured.version.program->digest() == state.before->digest;
  start.before = named ? configured.version : Kept(record, state.before->digest);
  const std::string now = ShortName(state.now);
  const std::string before = ShortName(*state.before);
  if (start.before) {
    start.said.emplace_back(Level::kInformation, now + " is on probation again: the last host " +
                                                     "ended before that was over; before it " +
                                                     before);
    start.notes.push_back(EntryOf(state.now, "resumed", "the host ended during its probation"));
    return;
  }
  const std::string why = before +
                          ", the version before it, is neither where it was nor among the "
                          "copies that are kept: there is nothing to go back to";
  start.said.emplace_back(Level::kError, now + " serves without probation: " + why);
  start.notes.push_back(EntryOf(state.now, "unproved", why));
}

// Nobody has what served last.
Host::Start Host::GivenUp(Start configured, const VersionRecord& record, const StateFile& state) {
  const std::string why =
      ShortName(state.now) + " is neither where it was nor among the copies that are kept";
  if (state.before && state.before->digest != configured.version.program->digest()) {
    if (std::optional<NewVersion> before = Kept(record, state.before->digest)) {
      configured.version = std::move(*before);
    }
  }
  const std::string is =
      tidegate::ShortName(configured.version.program->name(), configured.version.program->digest());
  configured.said.emplace_back(Level::kError, is + " serves: " + why);
  configured.notes.push_back(EntryOf(state.now, "given up", why));
  configured.notes.push_back(Started(configured.version, why));
  return configured;
}

std::optional<Host::Start> Host::ServedLast(const VersionRecord& record,
                                            const std::optional<StateFile>& state) {
  Start start;
  std::optional<NewVersion> version;
  if (state) version = Kept(record, state->now.digest);
  const bool now = version.has_value();
  if (!version && state && state->before) version = Kept(record, state->before->digest);
  if (!version && !record.serving.empty()) version = Kept(record, record.serving);
  if (!version) return std::nullopt;
  start.version = std::move(*version);
  if (now && state->before) OnProbationAgain(start, start, record, *state);
  return start;
}

}  // namespace tidegate
