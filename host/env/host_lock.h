// A HostLock is the right of this process to host one resource: no second process has it meanwhile.
//
// Why flock(2): the kernel lets go of it when the process ends, however it ends, so nothing is ever
// stale. Ownership: held until destroyed. Threading: none.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "host/core/result.h"
#include "host/env/fd.h"

namespace tidegate {

// /run/tidegate for root; $XDG_RUNTIME_DIR/tidegate or /tmp/tidegate-UID for others.
std::string RuntimeDirectory();

// Makes `directory` with mode 0700 if need be, and refuses one that is a link, another user's, or
// writable by others: what lies in it could not be trusted.
Outcome PrepareRuntimeDirectory(const std::string& directory);

class HostLock {
 public:
  // ERROR_SHARING_VIOLATION names the process that holds it.
  static Result<HostLock> Take(const std::string& runtime_directory, std::string_view resource);

  HostLock(HostLock&& other) noexcept = default;
  HostLock& operator=(HostLock&& other) noexcept {
    std::swap(directory_, other.directory_);
    std::swap(file_, other.file_);
    std::swap(name_, other.name_);
    return *this;
  }
  ~HostLock();

 private:
  HostLock(Fd directory, Fd file, std::string name)
      : directory_(std::move(directory)), file_(std::move(file)), name_(std::move(name)) {}

  Fd directory_;
  Fd file_;
  std::string name_;
};

}  // namespace tidegate
