// Versions is what a host remembers of its resources' policies, in its state directory: the history
// of each resource, pins, rollbacks, and a copy of every version that served, so that a host that
// was killed finds the version that it ran even where the file has changed since, or the pack is
// gone.
//
// What a resource runs is not decided here but by its state file (host/engine/state_file.h), which
// is replaced as a whole, or by the cluster's PolicyPath; this says where that version is, who
// asked for it, and what came of it.
//
// Threading: any. Notes are written by a thread of its own, which begins with the first of them: a
// slow disk delays no lane.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/apps/shared/policy_copies.h"
#include "host/core/effect.h"
#include "host/engine/state_file.h"
#include "host/engine/swap.h"
#include "host/env/store.h"
#include "host/env/thread.h"
#include "host/lua/compiled_policy.h"

namespace tidegate {

struct HistoryEntry {
  std::string time;     // "2026-11-20T13:15:00Z"
  std::string policy;   // "volume.lua"
  std::string version;  // the policy's own text
  std::string digest;
  std::string file;
  std::string by;       // who asked for it
  std::string outcome;  // "switched", "proved", "rolled back", "refused", "pinned" ...
  std::string why;
};

HistoryEntry EntryOf(const Manifest& manifest, std::string by);

struct Pin {
  std::string time;
  std::string by;
  std::string why;
};

struct VersionRecord {
  std::string configured;  // digest of the configuration's policy, as it was last read
  std::string serving;     // the one that served last, where no state file says it
  std::optional<Pin> pin;
  std::map<std::string, int> rollbacks;  // by digest, since that was lifted
  std::vector<HistoryEntry> history;     // oldest first
};

nlohmann::json HistoryJson(const VersionRecord& record);  // a list
nlohmann::json PinJson(const VersionRecord& record);      // null: it is not pinned
// Both as one line of text.
std::string HistoryText(const std::string& resource, const VersionRecord& record);

// "volume.lua@0f2c6b11"
std::string ShortName(const std::string& policy, const std::string& digest);
// The digest that the resource ran last, as far as its history tells; empty: it does not.
std::string LastServing(const VersionRecord& record);
// Refuses a version that was rolled back `limit` times; `remedy` ends the sentence that says so.
Outcome CheckQuarantine(const VersionRecord& record, const std::string& resource,
                        const CompiledPolicy& policy, int limit, std::string_view remedy);

// Which version of a resource serves, which served before it while it is on probation, and which is
// offered: what news of a swap are about. No threading.
struct Succession {
  HistoryEntry offered;
  HistoryEntry serving;
  HistoryEntry before;  // no digest: nothing is on probation

  // Goes along, and says what the history gets.
  HistoryEntry Hear(const SwapNews& news);
};

class Versions {
 public:
  using Tell = std::function<void(Level, const std::string& resource, const std::string& text)>;

  static Result<std::unique_ptr<Versions>> Open(const std::string& state_dir, Tell tell);
  ~Versions();  // writes what waits

  // Writes what waits and ends the thread; what is noted from then on is not kept.
  void End();

  // Reads what an earlier host left. None: nothing was ever swapped or pinned here.
  std::optional<VersionRecord> Load(const std::string& resource);
  // What is known, or else what an earlier host left.
  VersionRecord Recall(const std::string& resource);
  // Another host may write from now on; what waits is written first.
  void Forget(const std::string& resource);
  VersionRecord Of(const std::string& resource) const;
  // Written soon; Flush() says when.
  void Note(const std::string& resource, HistoryEntry entry);
  void Amend(const std::string& resource, const std::function<void(VersionRecord&)>& change);
  // Written when it answers.
  Outcome Change(const std::string& resource, const std::function<void(VersionRecord&)>& change);
  // All that is known of the resource is on disk when it answers; the error says why it is not.
  Outcome Flush(const std::string& resource);
  bool Written(const std::string& resource) const;

  // Which version the resource's state is of; none where there is no state.
  std::optional<StateFile> StateOf(const std::string& resource);

  // On disk when it answers.
  Outcome Keep(const PolicySource& source, const std::string& digest);
  Result<PolicySource> Find(const std::string& digest) const { return copies_.Find(digest); }

 private:
  Versions(Store store, Tell tell);
  void Main();
  void WriteNext();
  void Soon(const std::string& resource);
  void Told(const std::string& resource, const Outcome& written) const;
  Outcome Wrote(const std::string& resource, const std::string& text);
  Outcome Write(const std::string& resource, const std::string& text);
  std::set<std::string> InUse() const;

  const Store store_;
  const Tell tell_;
  const PolicyCopies copies_;
  std::mutex writing_;  // one reads or writes at a time; taken before mutex_
  mutable std::mutex mutex_;
  std::condition_variable some_;
  std::map<std::string, VersionRecord, std::less<>> records_;
  std::set<std::string> waiting_;
  std::set<std::string> unwritten_;  // the disk did not take them
  std::string at_;                   // being written by the thread
  bool ending_ = false;
  std::optional<Thread> thread_;
};

}  // namespace tidegate
