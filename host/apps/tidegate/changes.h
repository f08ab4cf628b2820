// Changes is what follows, while a host serves, the configuration and the files of policies.
//
// Why on a thread of its own: a resource that is to leave or to be swapped may take minutes to let
// go, and the main thread must hear SIGTERM meanwhile. What waits ends with Host::End().
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "host/apps/tidegate/config.h"
#include "host/apps/tidegate/host.h"
#include "host/apps/tidegate/swap/watcher.h"
#include "host/env/log.h"
#include "host/env/thread.h"

namespace tidegate {

class Changes {
 public:
  using Read = std::function<Result<Config>()>;

  // A policy whose file changes is tried and swapped in, if there is a watcher: one that saw the
  // files before the host read them. Host and log outlive it.
  static Result<std::unique_ptr<Changes>> Follow(Host& host, Log& log,
                                                 std::optional<PolicyWatcher> watcher, Read read);
  ~Changes();  // the host has been told to end
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;

  // SIGHUP: the configuration is read again, soon.
  void ReadAgain();

 private:
  Changes(Host& host, Log& log, std::optional<PolicyWatcher> watcher, Read read)
      : host_(host), log_(log), watcher_(std::move(watcher)), read_(std::move(read)) {}
  void Main();
  void Reload();
  void SwapChanged();

  Host& host_;
  Log& log_;
  std::optional<PolicyWatcher> watcher_;
  const Read read_;
  std::mutex mutex_;
  std::condition_variable told_;
  bool again_ = false;
  bool ending_ = false;
  Thread thread_;
};

}  // namespace tidegate
