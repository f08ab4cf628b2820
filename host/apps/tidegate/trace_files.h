// TraceFiles keeps the traces that a host takes by itself, in a folder of its state directory.
//
// Why bounded as it is: of one resource the first failures of a bad night and the last ones matter,
// so beyond limits::kTraceDumps the one in the middle goes; a resource that fails in a loop is
// dumped once a minute, which loses nothing that its ring still holds.
//
// Threading: any. Writing happens on a thread of its own: a slow disk delays no lane.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "host/core/trace.h"
#include "host/env/clock.h"
#include "host/env/thread.h"

namespace tidegate {

class TraceFiles {
 public:
  // Told what was written, or why not.
  using Told = std::function<void(Level, const std::string& resource, const std::string& text)>;

  TraceFiles(std::filesystem::path folder, Told told);
  ~TraceFiles();  // writes what waits

  // A resource has failed: written soon, unless it was just now.
  bool WantsFailure(const std::string& resource, Instant now);
  void Failed(Trace trace);
  // The host ends: one file per resource, which the next end replaces.
  void Ended(const Trace& trace);

 private:
  void Write(const std::filesystem::path& file, const Trace& trace);
  void Prune(const std::string& resource);
  void Main();

  const std::filesystem::path folder_;
  const Told told_;
  std::mutex mutex_;
  std::condition_variable some_;
  std::deque<Trace> waiting_;
  std::map<std::string, Instant> dumped_;
  bool ending_ = false;
  std::optional<Thread> thread_;
};

}  // namespace tidegate
