// The search through /proc.
#include "host/env/linux/holders.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "host/core/limits.h"
#include "host/env/fd.h"
#include "host/env/linux/sysfs.h"

namespace tidegate {
namespace {

bool Matches(const HolderQuery& query, const std::string& link) {
  struct statx s = {};
  // DONT_SYNC: a dead network file system that somebody has open must not stop the search.
  if (statx(AT_FDCWD, link.c_str(), AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE | STATX_INO,
            &s) != 0) {
    return false;
  }
  const dev_t dev = makedev(s.stx_dev_major, s.stx_dev_minor);
  if (query.file_system != 0 && dev == query.file_system) return true;
  if (query.image_ino != 0 && dev == query.image_dev && s.stx_ino == query.image_ino) return true;
  return query.device != 0 && S_ISBLK(s.stx_mode) &&
         makedev(s.stx_rdev_major, s.stx_rdev_minor) == query.device;
}

bool Holds(const HolderQuery& query, const std::string& process, std::size_t& links_left) {
  for (const char* link : {"/cwd", "/root", "/exe"}) {
    if (Matches(query, process + link)) return true;
  }
  for (const std::string& fd : NamesIn(process + "/fd")) {
    if (links_left == 0) return false;
    --links_left;
    if (Matches(query, process + "/fd/" + fd)) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> FindHolders(const HolderQuery& query) {
  std::vector<std::string> found;
  std::size_t links_left = limits::kHolderLinks;
  const std::string self = std::to_string(getpid());
  for (const std::string& pid : NamesIn("/proc")) {
    const bool is_pid = pid.find_first_not_of("0123456789") == std::string::npos;
    if (!is_pid || (query.skip_self && pid == self)) continue;
    const std::string process = "/proc/" + pid;
    if (!Holds(query, process, links_left)) continue;
    const std::string command = ReadAttribute(process + "/comm").value_or("?");
    found.push_back("pid " + pid + " (" + command + ")");
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
