// The search through /proc.
#include "host/env/linux/holders.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <charconv>
#include <cstring>
#include <memory>

#include "host/core/limits.h"
#include "host/env/fd.h"

namespace tidegate {
namespace {

struct CloseDir {
  void operator()(DIR* dir) const { closedir(dir); }
};
using Dir = std::unique_ptr<DIR, CloseDir>;

bool Matches(const HolderQuery& query, int dir, const char* link) {
  struct statx s = {};
  // DONT_SYNC: a dead network file system that somebody has open must not stop the search.
  if (statx(dir, link, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE | STATX_INO, &s) != 0) {
    return false;
  }
  const dev_t dev = makedev(s.stx_dev_major, s.stx_dev_minor);
  if (query.file_system != 0 && dev == query.file_system) return true;
  if (query.image_ino != 0 && dev == query.image_dev && s.stx_ino == query.image_ino) return true;
  return query.device != 0 && S_ISBLK(s.stx_mode) &&
         makedev(s.stx_rdev_major, s.stx_rdev_minor) == query.device;
}

bool Holds(const HolderQuery& query, int process, std::size_t& links_left) {
  for (const char* link : {"cwd", "root", "exe"}) {
    if (Matches(query, process, link)) return true;
  }
  Fd fds(openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fds) return false;
  const Dir dir(fdopendir(fcntl(fds.get(), F_DUPFD_CLOEXEC, 0)));
  if (dir == nullptr) return false;
  while (const dirent* entry = readdir(dir.get())) {
    if (entry->d_name[0] == '.') continue;
    if (links_left == 0) return false;
    --links_left;
    if (Matches(query, fds.get(), entry->d_name)) return true;
  }
  return false;
}

std::string CommandOf(int process) {
  const Fd fd(openat(process, "comm", O_RDONLY | O_CLOEXEC));
  char text[64];
  const ssize_t n = fd ? read(fd.get(), text, sizeof text) : 0;
  std::string name(text, n > 0 ? static_cast<std::size_t>(n) : 0);
  while (!name.empty() && name.back() == '\n') name.pop_back();
  return name.empty() ? "?" : name;
}

}  // namespace

std::vector<std::string> FindHolders(const HolderQuery& query) {
  std::vector<std::string> found;
  const Dir proc(opendir("/proc"));
  if (proc == nullptr) return found;
  std::size_t links_left = limits::kHolderLinks;
  while (const dirent* entry = readdir(proc.get())) {
    int pid = 0;
    const char* end = entry->d_name + std::strlen(entry->d_name);
    if (std::from_chars(entry->d_name, end, pid).ptr != end) continue;
    if (query.skip_self && pid == getpid()) continue;
    const Fd process(openat(dirfd(proc.get()), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!process || !Holds(query, process.get(), links_left)) continue;
    found.push_back("pid " + std::to_string(pid) + " (" + CommandOf(process.get()) + ")");
    if (found.size() == limits::kHoldersNamed || links_left == 0) break;
  }
  return found;
}

std::string HoldersText(const HolderQuery& query) {
  const std::vector<std::string> holders = FindHolders(query);
  if (holders.empty()) return ", held by no process that can be seen from here";
  std::string text;
  for (const std::string& holder : holders) text += (text.empty() ? ", held by " : ", ") + holder;
  return text;
}

}  // namespace tidegate
