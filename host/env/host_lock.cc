// Locks of resources, as files in the runtime directory.
#include "host/env/host_lock.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "host/env/file_name.h"

namespace tidegate {
namespace {

Error Refused(const std::string& what, const std::string& remedy) {
  return {ErrorCode::kAccessDenied, "runtime directory", what + "; " + remedy};
}

Error FromErrno(const std::string& what) {
  const ErrorCode code = errno == ENOSPC ? ErrorCode::kDiskFull : ErrorCode::kAccessDenied;
  return {code, "runtime directory", what + ": " + std::strerror(errno)};
}

Result<Fd> OpenTrusted(const std::string& directory) {
  Fd fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!fd || fstat(fd.get(), &status) != 0) return FromErrno(directory);
  if (status.st_uid != geteuid()) {
    return Refused(directory + " belongs to user " + std::to_string(status.st_uid),
                   "remove it or name another runtime directory");
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Refused("others may write to " + directory, "chmod 0700 " + directory);
  }
  return fd;
}

std::string Holder(int fd) {
  char text[32] = {};
  const ssize_t n = pread(fd, text, sizeof text - 1, 0);
  const long pid = n > 0 ? std::strtol(text, nullptr, 10) : 0;
  return pid > 0 ? "process " + std::to_string(pid) : "another process";
}

// Whoever ended before us may have removed the file between our open and our lock.
bool StillNamed(int directory, const std::string& name, int fd) {
  struct stat ours {};
  struct stat named {};
  return fstat(fd, &ours) == 0 &&
         fstatat(directory, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
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
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return FromErrno(directory);
  const Result<Fd> opened = OpenTrusted(directory);
  if (!opened) return opened.error();
  return Ok();
}

Result<HostLock> HostLock::Take(const std::string& runtime_directory, std::string_view resource) {
  const Outcome prepared = PrepareRuntimeDirectory(runtime_directory);
  if (!prepared) return prepared.error();
  Result<Fd> directory = OpenTrusted(runtime_directory);
  if (!directory) return directory.error();
  const std::string name = FileName(resource) + ".lock";
  for (;;) {
    const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
    Fd file(openat(directory->get(), name.c_str(), flags, 0600));
    if (!file) return FromErrno(runtime_directory + "/" + name);
    if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EINTR) continue;
      if (errno != EWOULDBLOCK) return FromErrno(runtime_directory + "/" + name);
      return Error{ErrorCode::kSharingViolation, "lock",
                   "resource " + std::string(resource) + " is already hosted by " +
                       Holder(file.get()) + "; end that host or take the resource out of it"};
    }
    if (!StillNamed(directory->get(), name, file.get())) continue;
    // For people only: the lock holds without it, even on a full disk.
    const std::string pid = std::to_string(getpid()) + "\n";
    if (ftruncate(file.get(), 0) == 0) (void)!pwrite(file.get(), pid.data(), pid.size(), 0);
    return HostLock(std::move(*directory), std::move(file), name);
  }
}

// Unlinked while still locked: nobody else can hold the name that goes away.
HostLock::~HostLock() {
  if (file_) unlinkat(directory_.get(), name_.c_str(), 0);
}

}  // namespace tidegate
