// Following them.
#include "host/apps/tidegate/changes.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/apps/tidegate/swap/trial.h"
#include "host/apps/tidegate/systemd.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

// Between two looks at the policies' files.
constexpr std::chrono::seconds kLook{1};
constexpr Duration kLetsGo = Seconds(180);

}  // namespace

Result<std::unique_ptr<Changes>> Changes::Follow(Host& host, Log& log,
                                                 std::optional<PolicyWatcher> watcher, Read read) {
  std::unique_ptr<Changes> changes(new Changes(host, log, std::move(watcher), std::move(read)));
  auto thread = StartThread("changes", [self = changes.get()] { self->Main(); });
  if (!thread) return Error{ErrorCode::kNotEnoughMemory, "", "no thread to follow changes"};
  changes->thread_ = std::move(*thread);
  return changes;
}

Changes::~Changes() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  told_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Changes::ReadAgain() {
  {
    const std::lock_guard lock(mutex_);
    again_ = true;
  }
  told_.notify_all();
}

void Changes::Main() {
  std::unique_lock lock(mutex_);
  const auto told = [this] { return again_ || ending_; };
  while (true) {
    if (watcher_) {
      told_.wait_for(lock, kLook, told);
    } else {
      told_.wait(lock, told);
    }
    if (ending_) return;
    const bool again = std::exchange(again_, false);
    lock.unlock();
    if (again) Reload();
    if (watcher_) SwapChanged();
    lock.lock();
  }
}

// New resources are added, missing ones removed, policies swapped, timing changed. A file that is
// wrong changes nothing, and what is wrong with one resource leaves that one as it is.
void Changes::Reload() {
  NotifySystemd("RELOADING=1");
  const Result<Config> config = read_();
  // What has no name may be any of those that run.
  if (!config || !config->nameless.empty()) {
    log_.Line(Level::kError, "",
              "not reloaded: " + (config ? config->nameless : config.error().detail));
    return NotifySystemd("READY=1");
  }
  std::set<std::string> fresh;
  for (const std::string& name : host_.names()) {
    const bool kept = std::ranges::any_of(config->resources,
                                          [&](const ResourceConfig& r) { return r.name == name; });
    if (kept) continue;
    if (const Outcome removed = host_.Remove(name, kLetsGo); !removed) {
      log_.Line(Level::kError, name, "not removed: " + removed.error().detail);
    }
  }
  for (const std::string& name : host_.Admit(config->resources)) fresh.insert(name);
  for (const ResourceConfig& resource : config->resources) {
    if (fresh.contains(resource.name)) {
      host_.Begin(resource.name);
    } else if (host_.Hosts(resource.name)) {
      const Outcome done = host_.Change(resource);
      if (!done) log_.Line(Level::kError, resource.name, "not changed: " + done.error().detail);
    }
  }
  log_.Line(Level::kInformation, "", "configuration read again" + host_.Troubles());
  NotifySystemd("READY=1");
}

// Files that have changed are tried and swapped in, as an operator would.
void Changes::SwapChanged() {
  std::map<fs::path, std::vector<std::string>> users;
  for (const std::string& name : host_.names()) {
    if (const auto config = host_.ConfigOf(name)) users[config->policy].push_back(name);
  }
  std::vector<fs::path> policies;
  for (const auto& [policy, names] : users) policies.push_back(policy);
  for (const fs::path& policy : watcher_->Changed(policies)) {
    const Result<Trace> trace = host_.TakeTrace(users[policy].front(), "its policy has changed");
    const Result<Trial> trial = Try(policy, trace ? &*trace : nullptr);
    if (!trial || !trial->passed()) {
      log_.Line(Level::kError, "",
                policy.string() + " has changed, and is not swapped in: " +
                    (trial ? trial->failures.front() : trial.error().detail));
      continue;
    }
    const Result<NewVersion> version = host_.ReadVersion(policy, trial->digest);
    for (const std::string& name : users[policy]) {
      const auto swapped = version ? host_.Swap(name, *version, {.by = "a changed file"})
                                   : Result<std::uint64_t>(version.error());
      if (!swapped) log_.Line(Level::kError, name, "not swapped: " + swapped.error().detail);
    }
  }
}

}  // namespace tidegate
