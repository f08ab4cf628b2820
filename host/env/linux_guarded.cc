// Guarded paths of a Linux host.
//
// A path is followed as the kernel follows it, component by component, so that each folder that
// decides where it leads is looked at: also those that only a link is in. Once a folder is known to
// be ours alone, what is in it can be looked at by name: nobody exchanges it meanwhile.
#include <cerrno>
#include <climits>
#include <cstdio>
#include <deque>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

#include "host/env/files.h"
#include "host/env/guarded.h"

namespace tidegate {
namespace {

constexpr int kLinks = 40;  // as the kernel: path_resolution(7)

// Who may change a path without harm.
struct Keepers {
  std::set<uid_t> users;
  std::set<gid_t> groups;
};

std::deque<std::string> PartsOf(const std::string& path) {
  std::deque<std::string> parts;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    if (!part.empty() && part != ".") parts.push_back(part);
    begin = end + 1;
  }
  return parts;
}

std::string TargetOf(const std::string& link) {
  std::string target(PATH_MAX, '\0');
  const ssize_t size = readlink(link.c_str(), target.data(), target.size());
  target.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return target;
}

// Those who can exchange the program that runs.
Keepers OfProgram() {
  Keepers keepers{{0, geteuid()}, {}};
  std::string path;
  struct stat status {};
  for (const std::string& part : PartsOf(TargetOf("/proc/self/exe"))) {
    path += "/" + part;
    if (stat(path.c_str(), &status) != 0) break;
    keepers.users.insert(status.st_uid);
    if ((status.st_mode & S_IWGRP) != 0) keepers.groups.insert(status.st_gid);
  }
  return keepers;
}

Error Unguarded(const std::string& path, const std::string& who, const std::string& remedy) {
  return {ErrorCode::kAccessDenied, "",
          path + " " + who + ", who could change what this host does with its rights; look at " +
              "what is there, then: " + remedy};
}

class Walk {
 public:
  Walk(const Keepers& keepers, const std::string& path) : keepers_(keepers), parts_(PartsOf(path)) {
    if (!path.starts_with('/')) {
      char folder[PATH_MAX] = {};
      const std::deque<std::string> above =
          PartsOf(getcwd(folder, sizeof folder) == nullptr ? "" : folder);
      parts_.insert(parts_.begin(), above.begin(), above.end());
    }
  }

  Outcome Go() {
    if (Outcome top = Look("/"); !top) return top;
    while (!parts_.empty()) {
      const std::string part = parts_.front();
      parts_.pop_front();
      if (part == "..") {
        at_.resize(at_.empty() ? 0 : at_.rfind('/'));
        continue;
      }
      if (Outcome step = Step(at_ + "/" + part); !step || gone_) return step;
    }
    return Look(at_.empty() ? "/" : at_);  // a ".." or a link may have led to it
  }

 private:
  Outcome Step(const std::string& next) {
    struct stat status {};
    if (lstat(next.c_str(), &status) != 0) {
      gone_ = errno == ENOENT || errno == ENOTDIR;
      if (gone_) return Ok();
      return Error{ErrorCode::kAccessDenied, "", next + ": cannot be looked at"};
    }
    if (!S_ISLNK(status.st_mode)) {
      at_ = next;
      return Look(next);
    }
    if (!keepers_.users.contains(status.st_uid)) return Owned(next, status);
    if (++links_ > kLinks)
      return Error{ErrorCode::kInvalidParameter, "", next + ": links in a circle"};
    const std::string target = TargetOf(next);
    if (target.starts_with('/')) at_.clear();
    const std::deque<std::string> further = PartsOf(target);
    parts_.insert(parts_.begin(), further.begin(), further.end());
    return Ok();
  }

  Outcome Look(const std::string& path) const {
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0) {
      return Error{ErrorCode::kAccessDenied, "", path + ": cannot be looked at"};
    }
    if (!keepers_.users.contains(status.st_uid)) return Owned(path, status);
    const bool on_the_way = !parts_.empty();
    if (on_the_way && S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0) return Ok();
    const bool others = (status.st_mode & S_IWOTH) != 0;
    const bool group = (status.st_mode & S_IWGRP) != 0 && !keepers_.groups.contains(status.st_gid);
    if (!others && !group) return Ok();
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", status.st_mode & 07777u);
    return Unguarded(path,
                     "has mode " + std::string(mode) + " and may be written by " +
                         (others ? "every user" : "group " + std::to_string(status.st_gid)),
                     "chmod go-w " + path);
  }

  static Outcome Owned(const std::string& path, const struct stat& status) {
    const std::string ours = geteuid() == 0 ? "root" : std::to_string(geteuid());
    return Unguarded(path, "belongs to user " + std::to_string(status.st_uid),
                     "chown -h " + ours + " " + path);
  }

  const Keepers& keepers_;
  std::deque<std::string> parts_;  // still to go
  std::string at_;                 // empty: /
  int links_ = 0;
  bool gone_ = false;
};

}  // namespace

Outcome CheckGuarded(const std::string& path) {
  static const Keepers keepers = OfProgram();
  return Walk(keepers, path).Go();
}

Outcome MakeGuarded(const std::string& folder) {
  if (Outcome made = MakeDirectories(folder); !made) return made;
  return CheckGuarded(folder);
}

}  // namespace tidegate
