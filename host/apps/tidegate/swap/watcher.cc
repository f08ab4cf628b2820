// Names, times and sizes as one number.
#include "host/apps/tidegate/swap/watcher.h"

#include <algorithm>

#include "host/core/digest.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

void Add(Digest& digest, const fs::path& file) {
  std::error_code error;
  const auto time = fs::last_write_time(file, error);
  if (error) return;
  digest.Add(file.string());
  digest.Add(static_cast<std::uint64_t>(time.time_since_epoch().count()));
  digest.Add(static_cast<std::uint64_t>(fs::file_size(file, error)));
}

// 0: nothing is there.
std::uint64_t Stamp(const fs::path& policy) {
  Digest digest;
  std::error_code error;
  if (fs::is_directory(policy, error)) {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(policy, error)) {
      if (entry.path().extension() == ".lua") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    for (const fs::path& file : files) Add(digest, file);
  } else if (fs::exists(policy, error)) {
    Add(digest, policy);
  } else {
    return 0;
  }
  return digest.value() | 1;
}

}  // namespace

std::vector<fs::path> PolicyWatcher::Changed(const std::vector<fs::path>& policies) {
  std::vector<fs::path> changed;
  for (const fs::path& policy : policies) {
    const std::uint64_t now = Stamp(policy);
    const auto [it, fresh] = seen_.try_emplace(policy, Seen{now, now});
    Seen& seen = it->second;
    const bool rests = now != 0 && now == seen.last;
    seen.last = now;
    if (fresh || !rests || now == seen.answered) continue;
    seen.answered = now;
    changed.push_back(policy);
  }
  return changed;
}

}  // namespace tidegate
