// Locks of resources, as bytes of a file in the runtime directory.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>

#include "host/core/limits.h"
#include "host/env/clock.h"
#include "host/env/file_name.h"
#include "host/env/host_locks.h"

namespace tidegate {
namespace {

// The kernel wakes who waits for a lock, but not in time to give up.
constexpr std::chrono::milliseconds kLooksAgain{5};

Error Refused(const std::string& what, const std::string& remedy) {
  return {ErrorCode::kAccessDenied, "runtime directory", what + "; " + remedy};
}

Error FromErrno(const std::string& what) {
  const ErrorCode code = errno == ENOSPC ? ErrorCode::kDiskFull : ErrorCode::kAccessDenied;
  return {code, "runtime directory", what + ": " + std::strerror(errno)};
}

Result<Fd> OpenTrusted(const std::string& directory, bool any_mode = false) {
  Fd fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!fd || fstat(fd.get(), &status) != 0) return FromErrno(directory);
  if (status.st_uid != geteuid()) {
    return Refused(directory + " belongs to user " + std::to_string(status.st_uid),
                   "remove it or name another runtime directory");
  }
  if (!any_mode && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Refused("others may write to " + directory, "chmod 0700 " + directory);
  }
  return fd;
}

// Beside the lock file, for people: who holds it. The lock holds without it, even on a full disk.
std::string NoteName(std::string_view resource) { return FileName(resource) + ".host"; }

off_t ByteOf(std::string_view resource) {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
  for (const char c : resource) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return static_cast<off_t>(hash >> 1 >> 1);  // the range's end must fit too
}

Outcome Make(const std::string& directory) {
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return FromErrno(directory);
  return Ok();
}

}  // namespace

std::string RuntimeDirectory() {
  if (geteuid() == 0) return "/run/tidegate";
  const char* base = std::getenv("XDG_RUNTIME_DIR");
  if (base != nullptr && base[0] == '/' && access(base, W_OK) == 0) {
    return std::string(base) + "/tidegate";
  }
  return "/tmp/tidegate-" + std::to_string(geteuid());
}

Outcome PrepareRuntimeDirectory(const std::string& directory) {
  if (Outcome made = Make(directory); !made) return made;
  const Result<Fd> opened = OpenTrusted(directory);
  if (!opened) return opened.error();
  return Ok();
}

Result<HostLocks> HostLocks::Open(const std::string& runtime_directory, bool any_mode) {
  if (const Outcome made = Make(runtime_directory); !made) return made.error();
  Result<Fd> directory = OpenTrusted(runtime_directory, any_mode);
  if (!directory) return directory.error();
  const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
  Fd file(openat(directory->get(), "locks", flags, 0600));
  if (!file) return FromErrno(runtime_directory + "/locks");
  return HostLocks(runtime_directory, std::move(*directory), std::move(file));
}

HostLocks::~HostLocks() {
  for (const std::string& name : names_) {
    unlinkat(directory_.get(), NoteName(name).c_str(), 0);  // while it is still ours
  }
}

int HostLocks::Set(std::string_view resource, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = ByteOf(resource);
  lock.l_len = 1;
  while (fcntl(file_.get(), F_OFD_SETLK, &lock) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

std::string HostLocks::Holder(std::string_view resource) const {
  const Fd fd(openat(directory_.get(), NoteName(resource).c_str(),
                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  char text[32] = {};
  const ssize_t n = fd ? read(fd.get(), text, sizeof text - 1) : 0;
  const long pid = n > 0 ? std::strtol(text, nullptr, 10) : 0;
  return pid > 0 ? "process " + std::to_string(pid) : "another process";
}

Outcome HostLocks::Take(std::string_view resource, Duration patience) {
  const auto set = [&] { return names_.contains(resource) ? EAGAIN : Set(resource, F_WRLCK); };
  const Instant until = MonotonicNow() + std::min(patience, limits::kDurationMax);
  int failed = set();
  while ((failed == EAGAIN || failed == EACCES) && MonotonicNow() < until) {
    std::this_thread::sleep_for(kLooksAgain);
    failed = set();
  }
  if (failed == EAGAIN || failed == EACCES) {
    return Error{ErrorCode::kSharingViolation, "lock",
                 "resource " + std::string(resource) + " is already hosted by " + Holder(resource) +
                     "; end that host or take the resource out of it"};
  }
  if (failed != 0) {
    errno = failed;
    return FromErrno(path_ + "/locks");
  }
  names_.emplace(resource);
  const Fd note(openat(directory_.get(), NoteName(resource).c_str(),
                       O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
  const std::string pid = std::to_string(getpid()) + "\n";
  if (note) (void)!write(note.get(), pid.data(), pid.size());
  return Ok();
}

void HostLocks::Release(std::string_view resource) {
  const auto it = names_.find(resource);
  if (it == names_.end()) return;
  unlinkat(directory_.get(), NoteName(resource).c_str(), 0);
  (void)Set(resource, F_UNLCK);
  names_.erase(it);
}

void HostLocks::LetGo() const { close(file_.get()); }

}  // namespace tidegate
