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
#include "host/apps/tidegate/ocf/look.h"
#include "host/env/store.h"

namespace tidegate::ocf {

// What an action came to. The reason is one line, for the cluster's status.
struct Answered {
  Exit exit = Exit::kOk;
  std::string reason;
};

// On standard error, which goes into Pacemaker's log.
void Log(Level level, std::string_view text);

class Agent {
 public:
  // `faults` are what goes wrong with the policy's operations on purpose.
  explicit Agent(Environment environment, Plan faults = {})
      : environment_(std::move(environment)), faults_(std::move(faults)) {}

  Answered Start();
  Answered Stop();
  Answered Monitor();
  Answered Validate();
  // The policy or a reloadable property has changed while the resource runs.
  Answered Reload();
  // The roles of a promotable clone: role.cc.
  Answered Promote();
  Answered Demote();
  // Of an action that has ended: the process is to leave by _exit, since the threads that are left
  // have nothing more to do, or are in the kernel for ever.
  void LetGo();

 private:
  struct Loaded {
    Host* host;  // null: it is only looked at
    Manifest manifest;
  };

  enum class Uses { kPolls, kAll };
  Result<Loaded> Load(Uses uses = Uses::kAll);
  Result<Loaded> LoadToBegin(Uses uses = Uses::kAll);
  Result<std::shared_ptr<const CompiledPolicy>> Compile() const;
  Result<Loaded> LoadToLook(std::shared_ptr<const CompiledPolicy> program);
  Result<Loaded> LoadToAct(const std::shared_ptr<const CompiledPolicy>& program);
  std::function<Reply(ResourceId, const Call&)> Cluster() const;
  Answered CannotLoad(const Error& error, bool everywhere) const;
  Result<Answer> Perform(Loaded& loaded, EntryPoint entry);
  Duration Left() const;
  bool Healthy(const Manifest& manifest, bool alive, std::string& note);

  Answered ChangeRole(EntryPoint entry);
  void DemoteFirst(Loaded& loaded);
  void AskForPromotion(const Manifest& manifest);
  void ForgetScore(const Manifest& manifest);

  Outcome OpenStore();
  std::string MarkText() const;  // empty: there is none
  bool Marked() const;
  bool Promoted() const;
  Outcome MarkPromoted(const std::string& digest, bool promoted);
  Outcome Mark(const std::string& digest);
  Outcome Unmark();

  Environment environment_;
  const Plan faults_;
  std::optional<Store> store_;
  std::unique_ptr<Host> host_;
  std::unique_ptr<Look> look_;
  std::optional<Instant> deadline_;  // of the whole action, ours: before the cluster's
};

}  // namespace tidegate::ocf
