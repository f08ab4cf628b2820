// An Agent performs one OCF action on one resource: it loads the policy, acts and ends.
//
// Why a mark (started.h): no process outlives an action, so what is known of the resource is a file
// that goes with the node's boot. It is written before online begins, or when a monitor finds alive
// what nobody marked, and removed when the resource is offline for certain. In between a monitor
// that finds nothing alive says "failed", never "stopped", and the cluster does not start a second
// one while this one may still hold the volume.
//
// Start, validate and reload read what is configured now, and complain of it. All others go by what
// was started; where nothing was, and nothing that is configured can be loaded, nothing runs.
//
// Source: OCF Resource Agent API 1.1, "API Definition".
#pragma once

#include <string>

#include "host/apps/tidegate/host.h"
#include "host/apps/tidegate/ocf/environment.h"
#include "host/apps/tidegate/ocf/exit_code.h"
#include "host/apps/tidegate/ocf/look.h"
#include "host/apps/tidegate/ocf/started.h"
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
      : environment_(std::move(environment)),
        faults_(std::move(faults)),
        policies_(environment_.state_dir, environment_.instance) {}

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
  // What an action goes by: what was started, or what is configured now.
  struct Chosen {
    NewVersion version;
    Settings settings;
  };
  struct Loaded {
    Host* host;  // null: it is only looked at
    Manifest manifest;
    Chosen by;
  };

  enum class Uses { kPolls, kAll };
  Result<Loaded> Load(Uses uses = Uses::kAll);
  Result<Loaded> LoadToBegin();
  Result<Chosen> Choose(const std::string& mark) const;
  Result<Chosen> Configured() const;
  Result<Loaded> LoadAs(Result<Chosen> chosen, Uses uses);
  Result<Loaded> LoadToLook(Chosen chosen);
  Result<Loaded> LoadToAct(Chosen chosen);
  std::function<Reply(ResourceId, const Call&)> Cluster() const;
  Answered CannotLoad(const Error& error, bool everywhere) const;
  // Gives it the time that is left, or a share of that: one in `share`.
  Result<Answer> Perform(Loaded& loaded, EntryPoint entry, int share = 1);
  Duration Left() const;
  Duration Patience() const;
  bool Healthy(const Manifest& manifest, bool alive, std::string& note);
  Answered NotAlive(const Verdict& verdict, std::string reason) const;
  Answered TakeOver();

  Answered ChangeRole(EntryPoint entry);
  void DemoteFirst(Loaded& loaded);
  void AskForPromotion(const Manifest& manifest);
  void ForgetScore(const Manifest& manifest);

  Outcome OpenStore();
  std::string MarkText() const;  // empty: there is none
  bool Marked() const;
  bool Promoted() const;
  Outcome MarkPromoted(const Chosen& by, bool promoted);
  Outcome Mark(const Chosen& by, bool promoted = false);
  Outcome Unmark();

  Environment environment_;
  const Plan faults_;
  const StartedPolicies policies_;
  std::optional<Store> store_;
  std::unique_ptr<Host> host_;
  std::unique_ptr<Look> look_;
  bool begins_ = false;
  std::optional<Instant> deadline_;  // of the whole action, ours: before the cluster's
};

}  // namespace tidegate::ocf
