// Looking at paths, one after the other, on a thread that may be left behind.
#include "host/apps/tidegate/path_identity.h"

#include <chrono>
#include <condition_variable>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <sys/stat.h>

#include "host/env/thread.h"

namespace tidegate {
namespace {

// A look takes microseconds; this is a server that is gone.
constexpr std::chrono::seconds kStuckAfter{1};
constexpr int kStuckMost = 3;

std::string IdentityOf(const std::string& path) {
  struct stat s {};
  if (path.empty() || fstatat(AT_FDCWD, path.c_str(), &s, AT_NO_AUTOMOUNT) != 0) return {};
  if (S_ISBLK(s.st_mode) || S_ISCHR(s.st_mode)) {
    return std::string(S_ISBLK(s.st_mode) ? "block " : "character ") + std::to_string(s.st_rdev);
  }
  return "file " + std::to_string(s.st_dev) + ":" + std::to_string(s.st_ino);
}

struct Looks {
  std::vector<std::string> paths;
  std::mutex mutex;
  std::condition_variable progress;
  std::vector<std::string> found;
  std::size_t next = 0;
  int worker = 0;  // the one that looks; others have been left behind
  bool done = false;
};

void Look(const std::shared_ptr<Looks>& looks, int me) {
  std::unique_lock lock(looks->mutex);
  while (looks->worker == me && looks->next < looks->paths.size()) {
    const std::size_t at = looks->next++;
    lock.unlock();
    std::string identity = IdentityOf(looks->paths[at]);
    lock.lock();
    if (looks->worker != me) return;
    looks->found[at] = std::move(identity);
    looks->progress.notify_one();
  }
  if (looks->worker != me) return;
  looks->done = true;
  looks->progress.notify_one();
}

}  // namespace

std::vector<std::string> IdentitiesOf(std::vector<std::string> paths) {
  const auto looks = std::make_shared<Looks>();
  looks->found.resize(paths.size());
  looks->paths = std::move(paths);
  std::unique_lock lock(looks->mutex);
  for (; looks->worker < kStuckMost && !looks->done; ++looks->worker) {
    auto thread = StartThread("paths", [looks, me = looks->worker] { Look(looks, me); });
    if (!thread) break;
    thread->detach();
    for (std::size_t seen = looks->next + 1; !looks->done && seen != looks->next;) {
      seen = looks->next;
      looks->progress.wait_for(lock, kStuckAfter,
                               [&] { return looks->done || looks->next != seen; });
    }
  }
  looks->worker = -1;
  return looks->found;
}

}  // namespace tidegate
