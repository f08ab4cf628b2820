// An Agent performs one OCF action on one resource: it loads the policy, acts and ends.
//
// Why a mark: no process outlives an action, so what is known of the resource is a file that goes
// with the node's boot. It is written before online begins and removed when the resource is offline
// for certain; in between a monitor that finds nothing alive says "failed", never "stopped", and
// the cluster does not start a second one while this one may still hold the volume.
//
// Source: OCF Resource Agent API 1.1, "API Definition".
#pragma once

#include <string>

#include "host/apps/tidegate/host.h"
#include "host/apps/tidegate/ocf/environment.h"
#include "host/apps/tidegate/ocf/exit_code.h"
#include "host/env/store.h"

namespace tidegate::ocf {

// What an action came to. The reason is one line, for the cluster's status.
struct Answered {
  Exit exit = Exit::kOk;
  std::string reason;
};

class Agent {
 public:
  explicit Agent(Environment environment) : environment_(std::move(environment)) {}

  Answered Start();
  Answered Stop();
  Answered Monitor();
  Answered Validate();
  // The policy or a reloadable property has changed while the resource runs.
  Answered Reload();
  // Of an action that has ended: the process is to leave by _exit, since the threads that are left
  // have nothing more to do, or are in the kernel for ever.
  void LetGo();

 private:
  struct Loaded {
    Host* host;
    Manifest manifest;
  };

  // What only looks needs no worker threads: it changes nothing, and is given up from outside.
  enum class Uses { kPolls, kAll };
  Result<Loaded> Load(Uses uses = Uses::kAll);
  Answered CannotLoad(const Error& error, bool everywhere) const;
  Result<Answer> Perform(Loaded& loaded, EntryPoint entry);
  Duration Left(const Loaded& loaded) const;
  bool Healthy(const Manifest& manifest, bool alive, std::string& note);

  Outcome OpenStore();
  bool Marked() const;
  Outcome Mark(const std::string& digest);
  Outcome Unmark();

  Environment environment_;
  std::optional<Store> store_;
  std::unique_ptr<Host> host_;
  std::optional<Instant> deadline_;  // of the whole action, ours: before the cluster's
};

}  // namespace tidegate::ocf
