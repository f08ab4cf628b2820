// Versions is what a host remembers of its resources' policies, in its state directory: the history
// of each resource, pins, rollbacks, and a copy of every version that was swapped in, so that a
// host that was killed finds the version that it ran even where the file has changed since.
//
// What a resource runs is not decided here but by its state file (host/engine/state_file.h), which
// is replaced as a whole; this says where that version is, who asked for it, and what came of it.
//
// Threading: any. Notes are written by a thread of its own: a slow disk delays no lane.
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

#include "host/core/effect.h"
#include "host/engine/state_file.h"
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

struct Pin {
  std::string time;
  std::string by;
  std::string why;
};

struct VersionRecord {
  std::string configured;  // digest of the configuration's policy when another was swapped in
  std::optional<Pin> pin;
  std::map<std::string, int> rollbacks;  // by digest, since that was lifted
  std::vector<HistoryEntry> history;     // oldest first
};

nlohmann::json HistoryJson(const VersionRecord& record);  // a list
nlohmann::json PinJson(const VersionRecord& record);      // null: it is not pinned

class Versions {
 public:
  using Told = std::function<void(Level, const std::string& resource, const std::string& text)>;

  static Result<std::unique_ptr<Versions>> Open(const std::string& state_dir, Told told);
  ~Versions();  // writes what waits

  // Reads what an earlier host left. None: nothing was ever swapped or pinned here.
  std::optional<VersionRecord> Load(const std::string& resource);
  VersionRecord Of(const std::string& resource) const;
  // Written soon.
  void Note(const std::string& resource, HistoryEntry entry);
  // Written when it answers.
  Outcome Change(const std::string& resource, const std::function<void(VersionRecord&)>& change);

  // Which version the resource's state is of; none where there is no state.
  std::optional<StateFile> StateOf(const std::string& resource);

  // On disk when it answers. A pack's own store keeps what came from a pack.
  Outcome Keep(const PolicySource& source, const std::string& digest);
  Result<PolicySource> Find(const std::string& digest) const;

 private:
  Versions(Store store, Told told);
  void Main();
  Outcome Write(const std::string& resource, const std::string& text);
  void Prune();
  std::string Folder() const { return store_.directory() + "/.versions"; }

  const Store store_;
  const Told told_;
  mutable std::mutex mutex_;
  std::condition_variable some_;
  std::map<std::string, VersionRecord, std::less<>> records_;
  std::set<std::string> waiting_;
  bool ending_ = false;
  std::optional<Thread> thread_;
};

}  // namespace tidegate
