// Probes.
#include "host/env/linux/read.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <memory>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "host/core/limits.h"
#include "host/env/linux/errno_map.h"

namespace tidegate {
namespace {

constexpr std::int64_t kSector = 512;
constexpr std::size_t kAlignment = 4096;
constexpr std::size_t kProbeFileBytes = 4096;
constexpr char kProbeMagic[] = "tidegate write probe ";

struct Free {
  void operator()(unsigned char* p) const { std::free(p); }
};
using Buffer = std::unique_ptr<unsigned char, Free>;

Buffer Aligned(std::size_t bytes) {
  const std::size_t whole = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  auto* p = static_cast<unsigned char*>(std::aligned_alloc(kAlignment, whole));
  if (p != nullptr) std::memset(p, 0, whole);
  return Buffer(p);
}

ssize_t ReadAt(int fd, unsigned char* to, std::size_t bytes, std::int64_t offset) {
  for (;;) {
    const ssize_t n = pread(fd, to, bytes, offset);
    if (n >= 0 || errno != EINTR) return n;
  }
}

// A name that openat2 may try: it is what keeps the probe inside.
Outcome CheckName(const std::string& name) {
  const bool bad = name.empty() || name.front() == '/' || name.size() >= limits::kPathBytes ||
                   name.find('\0') != std::string::npos ||
                   ("/" + name + "/").find("/../") != std::string::npos;
  if (!bad) return Ok();
  return Error{ErrorCode::kInvalidParameter, "",
               "write_file must be a name below the mount point, without \"..\""};
}

Result<Fd> OpenBelow(int directory, const std::string& name, std::uint64_t flags) {
  open_how how = {};
  how.flags = flags | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW;
  how.mode = (flags & O_CREAT) != 0 ? 0600 : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  Fd fd(static_cast<int>(syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how)));
  if (fd) return fd;
  const int number = errno;
  const bool hostile = number == ELOOP || number == EXDEV || number == EISDIR ||
                       number == ENOTDIR || number == ENOENT || number == ENXIO;
  return ErrnoError(hostile ? ErrorCode::kInvalidParameter : CodeOfErrno(number), number, name);
}

// The text of this probe: unlike every other one's, also of one that runs at the same time.
std::string NewLine() {
  static std::atomic<std::uint64_t> count = 0;
  std::string line = kProbeMagic + std::to_string(getpid()) + " " + std::to_string(++count) + " ";
  timespec now = {};
  clock_gettime(CLOCK_REALTIME, &now);
  line += std::to_string(now.tv_sec) + "." + std::to_string(now.tv_nsec);
  line.resize(128, ' ');
  line.back() = '\n';
  return line;
}

std::string Content() {
  const std::string line = NewLine();
  std::string content;
  while (content.size() < kProbeFileBytes) content += line;
  return content;
}

bool IsProbe(const std::string& content) {
  if (content.size() != kProbeFileBytes || !content.starts_with(kProbeMagic)) return false;
  const std::size_t line = content.find('\n') + 1;
  if (line == 0 || kProbeFileBytes % line != 0) return false;
  return content.compare(line, std::string::npos, content, 0, content.size() - line) == 0;
}

Result<std::string> ReadBack(int directory, const std::string& name, bool direct) {
  const std::uint64_t flag = direct ? O_DIRECT : 0;
  Result<Fd> fd = OpenBelow(directory, name, O_RDONLY | flag);
  if (!fd && direct) return ReadBack(directory, name, false);
  if (!fd) return fd.error();
  if (!direct) posix_fadvise(fd->get(), 0, 0, POSIX_FADV_DONTNEED);
  const Buffer buffer = Aligned(kProbeFileBytes);
  if (buffer == nullptr) return ErrnoError(ENOMEM, name);
  const ssize_t n = ReadAt(fd->get(), buffer.get(), kProbeFileBytes, 0);
  if (n < 0 && errno == EINVAL && direct) return ReadBack(directory, name, false);
  if (n < 0) return ErrnoError(errno, name);
  return std::string(reinterpret_cast<const char*>(buffer.get()), static_cast<std::size_t>(n));
}

}  // namespace

Result<std::vector<unsigned char>> ReadStart(const Device& device, std::size_t bytes) {
  const Result<Fd> fd = device.OpenForProbe();
  if (!fd) return fd.error();
  const Buffer buffer = Aligned(bytes);
  if (buffer == nullptr) return ErrnoError(ENOMEM, device.Node());
  const ssize_t n = ReadAt(fd->get(), buffer.get(), bytes, 0);
  if (n < 0) return ErrnoError(errno, device.Node());
  return std::vector<unsigned char>(buffer.get(), buffer.get() + n);
}

Result<std::int64_t> ReadSectors(const Device& device, const Sectors& sectors) {
  if (sectors.size() > limits::kProbeSectors) {
    return Error{ErrorCode::kInvalidParameter, "",
                 "more than " + std::to_string(limits::kProbeSectors) + " sectors"};
  }
  const Result<Geometry> geometry = device.Measure();
  if (!geometry) return geometry.error();
  for (const std::int64_t sector : sectors) {
    if (sector >= 0 && sector < geometry->size / kSector) continue;
    return Error{
        ErrorCode::kInvalidParameter, "",
        "sector " + std::to_string(sector) + " of " + std::to_string(geometry->size / kSector)};
  }
  const Result<Fd> fd = device.OpenForProbe();
  if (!fd) return fd.error();
  const auto block = static_cast<std::size_t>(geometry->block);
  const Buffer buffer = Aligned(block);
  if (buffer == nullptr) return ErrnoError(ENOMEM, device.Node());
  std::int64_t total = 0;
  for (const std::int64_t sector : sectors) {
    const std::int64_t at = sector * kSector / geometry->block * geometry->block;
    const ssize_t n = ReadAt(fd->get(), buffer.get(), block, at);
    const std::string where = device.Node() + ", sector " + std::to_string(sector);
    if (n < 0) return ErrnoError(errno, where);
    if (at + n < (sector + 1) * kSector) {
      return Error{ErrorCode::kIoDevice, "", where + ": it ends before; it was truncated"};
    }
    total += n;
  }
  return total;
}

Result<std::int64_t> WriteProbe(const Device& device, const std::string& where,
                                const std::string& short_name) {
  if (Outcome good = CheckName(short_name); !good) return good.error();
  const std::string name = device.ProbePrefix() + short_name;
  if (name.ends_with(".mounted_at") && name.size() > short_name.size()) {
    return Error{ErrorCode::kInvalidParameter, "", name + " is where the image says it is mounted"};
  }
  const Result<Fd> directory = device.ProbeDirectory(where);
  if (!directory) return directory.error();
  Result<Fd> fd = OpenBelow(directory->get(), name, O_RDWR | O_CREAT);
  if (!fd) return fd.error();
  struct stat s = {};
  if (fstat(fd->get(), &s) != 0) return ErrnoError(errno, name);
  if (!S_ISREG(s.st_mode)) return Error{ErrorCode::kInvalidParameter, "", name + " is no file"};

  std::string old;
  if (s.st_size != 0) {
    const Result<std::string> read = ReadBack(directory->get(), name, true);
    if (!read) return read.error();
    old = *read;
    if (!old.starts_with(kProbeMagic)) {
      return Error{ErrorCode::kInvalidParameter, "",
                   name + " is not a probe file; it was not touched"};
    }
  }
  const std::string content = Content();
  const ssize_t n = pwrite(fd->get(), content.data(), content.size(), 0);
  if (n < 0) return ErrnoError(errno, name);
  if (static_cast<std::size_t>(n) < content.size()) return ErrnoError(ENOSPC, name);
  if (fsync(fd->get()) != 0) return ErrnoError(errno, name);

  const Result<std::string> back = ReadBack(directory->get(), name, true);
  if (!back) return back.error();
  // Another probe of the same file at the same time is not a fault of the disk.
  if (*back != content && (!IsProbe(*back) || *back == old)) {
    return Error{ErrorCode::kCrc, "", name + " reads differently from what was written"};
  }
  return static_cast<std::int64_t>(back->size());
}

}  // namespace tidegate
