// Files of a Linux host.
//
// Why a named temporary file and not O_TMPFILE: linkat cannot replace a file, so a name is needed
// in any case.
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>

#include "host/env/fd.h"
#include "host/env/files.h"

namespace tidegate {
namespace {

Error FromErrno(int error, const std::string& what) {
  ErrorCode code = ErrorCode::kIoDevice;
  if (error == ENOENT) code = ErrorCode::kNotFound;
  if (error == ENOSPC || error == EDQUOT) code = ErrorCode::kDiskFull;
  if (error == EROFS || error == EACCES || error == EPERM) code = ErrorCode::kWriteProtect;
  const char* name = strerrorname_np(error);
  return {code, "", std::string(name != nullptr ? name : "?") + ": " + what};
}

bool WriteAll(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = write(fd, data.data(), data.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) data.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool Sync(const std::string& directory) {
  const Fd fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd && fsync(fd.get()) == 0;
}

}  // namespace

Outcome MakeDirectory(const std::string& path, const std::string& parent) {
  if (mkdir(path.c_str(), 0700) == 0) {
    if (Sync(parent)) return Ok();
    return FromErrno(errno, path);
  }
  struct stat status {};
  if (errno != EEXIST || stat(path.c_str(), &status) != 0) return FromErrno(errno, path);
  if (!S_ISDIR(status.st_mode)) return FromErrno(ENOTDIR, path);
  return Ok();
}

Outcome MakeDirectories(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return Ok();  // as it mostly is
  for (std::size_t end = 0; end != std::string::npos;) {
    const std::size_t begin = end;
    end = path.find('/', end + 1);
    const std::string parent = begin == 0 ? (path[0] == '/' ? "/" : ".") : path.substr(0, begin);
    Outcome made = MakeDirectory(path.substr(0, end), parent);
    if (!made) return made;
  }
  return Ok();
}

Outcome CheckWritable(const std::string& directory) {
  if (access(directory.c_str(), R_OK | W_OK | X_OK) == 0) return Ok();
  return FromErrno(errno, directory);
}

// A file, device or link of another kind is not ours, and opening it must not block.
Result<std::string> ReadPlain(const std::string& path, std::size_t most) {
  const Fd file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file) return FromErrno(errno, path);
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return FromErrno(errno, path);
  if (!S_ISREG(status.st_mode)) return FromErrno(EINVAL, path);
  // One byte more than it has, to see its end; what has no size, below /proc, has any.
  const auto known = static_cast<std::size_t>(status.st_size);
  std::string data(known == 0 ? most : std::min(most, known + 1), '\0');
  std::size_t size = 0;
  while (size < data.size()) {
    const ssize_t n = read(file.get(), data.data() + size, data.size() - size);
    if (n == 0) break;
    if (n < 0 && errno != EINTR) return FromErrno(errno, path);
    if (n > 0) size += static_cast<std::size_t>(n);
  }
  data.resize(size);
  return data;
}

Outcome WriteWhole(const std::string& directory, const std::string& name, std::string_view data) {
  static std::atomic<unsigned> number{0};
  const std::string path = directory + "/" + name;
  const std::string temporary = path + "." + std::to_string(getpid()) + "." +
                                std::to_string(++number) + std::string(kTemporaryFile);
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const Fd file(open(temporary.c_str(), flags, 0600));
  if (!file) return FromErrno(errno, path);
  if (WriteAll(file.get(), data) && fsync(file.get()) == 0 &&
      rename(temporary.c_str(), path.c_str()) == 0) {
    if (Sync(directory)) return Ok();
    return FromErrno(errno, path);
  }
  const int error = errno;
  unlink(temporary.c_str());
  return FromErrno(error, path);
}

Outcome RemoveForGood(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name;
  if (unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return Ok();
    return FromErrno(errno, path);
  }
  if (Sync(directory)) return Ok();
  return FromErrno(errno, path);
}

bool FileExists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

bool RenameFile(const std::string& from, const std::string& to) {
  return rename(from.c_str(), to.c_str()) == 0;
}

void RemoveFile(const std::string& path) { unlink(path.c_str()); }

bool RemoveFolder(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return false;
  ForEachFile(path, [&](std::string_view name) { RemoveFile(path + "/" + std::string(name)); });
  return rmdir(path.c_str()) == 0;
}

void ForEachFile(const std::string& directory, const std::function<void(std::string_view)>& visit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(directory.c_str()), closedir);
  if (dir == nullptr) return;
  while (const dirent* entry = readdir(dir.get())) visit(std::string_view(entry->d_name));
}

}  // namespace tidegate
