// A Look is one resource's lane with a thread of its own and nothing else, for a process that asks
// a policy a question or two and ends.
//
// Why not a Host: its threads, its tables and its second load of the policy cost more than the
// question. Why a thread at all: a call that hangs holds it, and who asked still gets an answer.
//
// Threading: one thread asks. Once an answer has been given up the process is to leave by _exit.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "host/apps/tidegate/ocf/look_env.h"
#include "host/engine/lane.h"
#include "host/env/host_env.h"

namespace tidegate::ocf {

struct LookOptions {
  std::string name;
  std::string node;  // empty: the system's name
  bool promoted = false;
  std::string state_dir;                                  // its lock is there, too
  std::function<Reply(ResourceId, const Call&)> cluster;  // none: a cluster of this one node
  std::function<void(Level, std::string_view text)> log;
  bool forgets = false;            // what the policy stores
  std::function<Duration()> left;  // of the action
};

class Look final : private EventSink {
 public:
  // Runs the policy's chunk. Nothing is asked of the world yet.
  static Result<std::unique_ptr<Look>> Load(LookOptions options,
                                            std::shared_ptr<const CompiledPolicy> program);
  ~Look() override;
  const Manifest& manifest() const { return policy_->manifest(); }

  // Hosts the policy with these properties. Once, before Perform.
  Outcome Begin(Properties properties);
  // A poll. One that has not answered `within` is given up, and so is every later one.
  Answer Perform(EntryPoint entry, const Arguments& arguments, Duration within);

  // Lets go of the lock, for a process that leaves by _exit.
  void LetGo();

 private:
  class Voice;

  explicit Look(LookOptions options);
  void Post(ResourceId, Event event) override { mail_.push_back(std::move(event)); }
  Answer Ask(EntryPoint entry, const Arguments& arguments);
  void DeliverNext();

  const LookOptions options_;
  std::shared_ptr<const CompiledPolicy> program_;
  std::optional<HostLocks> locks_;
  std::unique_ptr<Voice> voice_;
  std::unique_ptr<Policy> loaded_;  // until the lane takes it
  const Policy* policy_ = nullptr;
  std::unique_ptr<HostEnv> env_;
  std::unique_ptr<LookEnv> world_;
  std::unique_ptr<Lane> lane_;
  std::deque<Event> mail_;
  bool given_up_ = false;
};

}  // namespace tidegate::ocf
