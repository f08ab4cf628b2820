// Values in files.
//
// Why a named temporary file and not O_TMPFILE: linkat cannot replace a file, so a name is needed
// in any case.
#include "host/env/store.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <sys/stat.h>

#include "host/core/limits.h"
#include "host/env/fd.h"
#include "host/env/file_name.h"

namespace tidegate {
namespace {

constexpr std::string_view kTemporary = ".tmp~";
constexpr std::string_view kCorrupt = ".corrupt~";
constexpr std::size_t kHeaderBytes = 64;  // more than any header has

constexpr std::array<std::uint32_t, 256> Crc32cTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0u);
    table[i] = crc;
  }
  return table;
}

std::uint32_t Crc32c(std::string_view data) {
  static constexpr auto kTable = Crc32cTable();
  std::uint32_t crc = ~0u;
  for (const char c : data) crc = crc >> 8 ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 255];
  return ~crc;
}

std::string Header(std::string_view value) {
  char header[kHeaderBytes];
  std::snprintf(header, sizeof header, "tidegate-store 1 %08x %zu\n", Crc32c(value), value.size());
  return header;
}

// The value, if the file is what Header() began.
std::optional<std::string> Parse(std::string_view file) {
  const std::size_t end = file.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view value = file.substr(end + 1);
  if (file.substr(0, end + 1) != Header(value)) return std::nullopt;
  return std::string(value);
}

bool IsKey(std::string_view key) {
  if (key.empty() || key.size() > limits::kStoreKeyBytes || key == "." || key == "..") return false;
  for (const char c : key) {
    const bool good =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    if (!good) return false;
  }
  return true;
}

Reply NotAKey() {
  return Failure(ErrorCode::kInvalidParameter,
                 "a key is 1 to " + std::to_string(limits::kStoreKeyBytes) + " of a-z 0-9 _ . -");
}

// Only what store.get and store.set declare that they can fail with.
Reply FromErrno(int error, const std::string& what) {
  ErrorCode code = ErrorCode::kIoDevice;
  if (error == ENOSPC || error == EDQUOT) code = ErrorCode::kDiskFull;
  if (error == EROFS || error == EACCES || error == EPERM) code = ErrorCode::kWriteProtect;
  const char* name = strerrorname_np(error);
  return Failure(code, std::string(name != nullptr ? name : "?") + ": " + what);
}

bool WriteAll(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = write(fd, data.data(), data.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) data.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

// One byte more than may be there is enough to know that it is too long.
bool ReadAll(int fd, std::string& data) {
  data.resize(kHeaderBytes + limits::kStoreValueBytes + 1);
  std::size_t size = 0;
  while (size < data.size()) {
    const ssize_t n = read(fd, data.data() + size, data.size() - size);
    if (n == 0) break;
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) size += static_cast<std::size_t>(n);
  }
  data.resize(size);
  return true;
}

// A file, device or link of another kind is not ours, and opening it must not block.
Fd OpenRegular(const std::string& path) {
  Fd file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (file && (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))) {
    errno = EINVAL;
    return Fd();
  }
  return file;
}

bool Sync(const std::string& directory) {
  const Fd fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd && fsync(fd.get()) == 0;
}

bool MakeDirectory(const std::string& path, const std::string& parent) {
  if (mkdir(path.c_str(), 0700) == 0) return Sync(parent);
  struct stat status {};
  if (errno != EEXIST || stat(path.c_str(), &status) != 0) return false;
  if (!S_ISDIR(status.st_mode)) errno = ENOTDIR;
  return S_ISDIR(status.st_mode);
}

template <class F>
void ForEachFile(const std::string& directory, F visit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(directory.c_str()), closedir);
  if (dir == nullptr) return;
  while (const dirent* entry = readdir(dir.get())) visit(std::string_view(entry->d_name));
}

int KeysIn(const std::string& directory) {
  int keys = 0;
  ForEachFile(directory, [&](std::string_view name) { keys += IsKey(name) ? 1 : 0; });
  return keys;
}

// Puts `data` in place of `path`, whole or not at all. On failure errno tells why.
bool Replace(const std::string& directory, const std::string& path, std::string_view data) {
  static std::atomic<unsigned> number{0};
  const std::string temporary = path + "." + std::to_string(getpid()) + "." +
                                std::to_string(++number) + std::string(kTemporary);
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const Fd file(open(temporary.c_str(), flags, 0600));
  if (!file) return false;
  if (WriteAll(file.get(), data) && fsync(file.get()) == 0 &&
      rename(temporary.c_str(), path.c_str()) == 0) {
    return Sync(directory);
  }
  const int error = errno;
  unlink(temporary.c_str());
  errno = error;
  return false;
}

}  // namespace

Result<Store> Store::Open(std::string directory) {
  while (directory.size() > 1 && directory.back() == '/') directory.pop_back();
  if (directory.empty()) {
    return Error{ErrorCode::kInvalidParameter, "store", "the state directory has no name"};
  }
  for (std::size_t end = 0; end != std::string::npos;) {
    const std::size_t begin = end;
    end = directory.find('/', end + 1);
    const std::string parent = directory.substr(0, begin);
    const std::string path = directory.substr(0, end);
    if (MakeDirectory(path, begin == 0 ? (path[0] == '/' ? "/" : ".") : parent)) continue;
    const Reply why = FromErrno(errno, "cannot make the state directory " + path);
    return Error{why.code, "store", why.detail};
  }
  if (access(directory.c_str(), R_OK | W_OK | X_OK) != 0) {
    const Reply why = FromErrno(errno, "cannot write to the state directory " + directory);
    return Error{why.code, "store", why.detail};
  }
  return Store(std::move(directory));
}

std::string Store::PathOf(std::string_view resource) const {
  return directory_ + "/" + FileName(resource);
}

Reply Store::Get(std::string_view resource, const StoreGet& call) const {
  if (!IsKey(call.key)) return NotAKey();
  const std::string path = PathOf(resource) + "/" + call.key;
  const Fd file = OpenRegular(path);
  if (!file && errno == ENOENT) return Failure(ErrorCode::kNotFound, "no value for " + call.key);
  std::string data;
  if (!file || !ReadAll(file.get(), data)) {
    Reply reply = FromErrno(errno, path);
    reply.code = ErrorCode::kIoDevice;
    return reply;
  }
  if (auto value = Parse(data)) return Success(std::move(*value));
  const std::string aside = path + std::string(kCorrupt);
  const bool moved = rename(path.c_str(), aside.c_str()) == 0;
  return Failure(ErrorCode::kFileCorrupt,
                 path + " does not fit its checksum; " +
                     (moved ? "it is now " + aside : std::string("it could not be set aside")));
}

Reply Store::Set(std::string_view resource, const StoreSet& call) const {
  if (!IsKey(call.key)) return NotAKey();
  if (call.value.size() > limits::kStoreValueBytes) {
    return Failure(ErrorCode::kInvalidParameter,
                   "a value has at most " + std::to_string(limits::kStoreValueBytes) + " bytes");
  }
  const std::string directory = PathOf(resource);
  if (!MakeDirectory(directory, directory_)) return FromErrno(errno, directory);
  const std::string path = directory + "/" + call.key;
  if (access(path.c_str(), F_OK) != 0 && KeysIn(directory) >= limits::kStoreKeys) {
    return Failure(ErrorCode::kDiskFull,
                   "a resource stores at most " + std::to_string(limits::kStoreKeys) + " values");
  }
  if (!Replace(directory, path, Header(call.value) + call.value)) return FromErrno(errno, path);
  return Success();
}

void Store::Clean(std::string_view resource) const {
  const std::string directory = PathOf(resource);
  ForEachFile(directory, [&](std::string_view name) {
    if (name.ends_with(kTemporary)) unlink((directory + "/" + std::string(name)).c_str());
  });
}

}  // namespace tidegate
