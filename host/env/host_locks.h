// HostLocks is the right of this process to host resources: of each name there is one holder in a
// runtime directory.
//
// Why one file with a locked byte a resource: a file each would cost a descriptor each, and
// thousands of resources more than a process is usually given. Which byte is a 63-bit hash of the
// name. The kernel lets go of everything when the process ends, however it ends, so nothing is ever
// stale. Source: "Open file description locks", fcntl(2). Threading: none.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "host/core/result.h"
#include "host/core/time.h"
#include "host/env/fd.h"

namespace tidegate {

// /run/tidegate for root; $XDG_RUNTIME_DIR/tidegate or /tmp/tidegate-UID for others.
std::string RuntimeDirectory();

// Makes `directory` with mode 0700 if need be, and refuses one that is a link, another user's, or
// writable by others: what lies in it could not be trusted.
Outcome PrepareRuntimeDirectory(const std::string& directory);

class HostLocks {
 public:
  // `any_mode`: also in a directory that others may write to by now. For whoever ends what was
  // begun while they could not: a mode that somebody changed must not keep that from being stopped.
  static Result<HostLocks> Open(const std::string& runtime_directory, bool any_mode = false);
  HostLocks(HostLocks&&) = default;
  HostLocks& operator=(HostLocks&&) = delete;
  ~HostLocks();  // lets go of all

  // ERROR_SHARING_VIOLATION names the process that holds it, still after `patience`.
  Outcome Take(std::string_view resource, Duration patience = {});
  void Release(std::string_view resource);
  // Lets go of all, also of what a thread that hangs has taken, for a process that leaves by _exit.
  void LetGo() const;

 private:
  HostLocks(std::string path, Fd directory, Fd file)
      : path_(std::move(path)), directory_(std::move(directory)), file_(std::move(file)) {}
  int Set(std::string_view resource, short type);
  std::string Holder(std::string_view resource) const;

  std::string path_;
  Fd directory_;
  Fd file_;
  std::set<std::string, std::less<>> names_;
};

}  // namespace tidegate
