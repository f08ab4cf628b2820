// A Policy is one policy in one sandbox: its entry points run as coroutines, which either ask for
// an operation and wait, or end with a verdict.
//
// Why a turn is a value: whoever drives a policy (the engine, the simulator, a test) gets a Call or
// a Verdict back and decides what time and which world lie between two turns.
//
// A policy that exceeds a limit is killed: its verdict says which limit, how much and where, its
// memory is gone at once, and it is dead for ever. A new one comes from the same CompiledPolicy.
//
// Threading: one thread at a time; which one may change between turns. Needs 512 KiB of C stack.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "host/core/event.h"
#include "host/core/manifest.h"
#include "host/core/result.h"
#include "host/lua/compiled_policy.h"
#include "host/lua/limits.h"
#include "host/lua/policy_host.h"

namespace tidegate {

// What a policy may know of the resource that it serves.
struct PolicyContext {
  std::string resource;
  std::string node;
  Properties properties;
  Capabilities granted = Capabilities::None();
  bool promoted = false;  // only Pacemaker promotes
};

// What a policy did with its turn: asked for an operation, or ended the task.
using Turn = std::variant<Call, Verdict>;

class Understudy;

class Policy {
 public:
  struct Usage {
    std::size_t memory_bytes = 0;  // taken from the system, not only in use
    std::size_t memory_peak = 0;
    std::int64_t fuel = 0;  // spent since the load began
  };

  // Runs the policy's chunk within the limits and checks the table that it returns. The error lists
  // everything that is wrong with it, a line each. Operations are not allowed during the load.
  static Result<std::unique_ptr<Policy>> Create(std::shared_ptr<const CompiledPolicy> compiled,
                                                const SandboxLimits& limits, PolicyHost& host);
  virtual ~Policy() = default;
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;

  virtual const Manifest& manifest() const = 0;
  virtual const std::shared_ptr<const CompiledPolicy>& compiled() const = 0;

  // Before the first Start, and again when properties change. Of `granted`, the policy has what its
  // manifest asks for.
  virtual void Bind(PolicyContext context) = 0;

  // Begins a task. `cause` is what terminate is told; migrate gets `arguments.input` as `from`. An
  // entry point that the policy does not have succeeds at once. What it did can be read until its
  // next turn.
  virtual const Turn& Start(Task task, EntryPoint entry, const Arguments& arguments,
                            const Cause& cause, Instant deadline) = 0;
  // Begins a watch that the policy asked for by resource:watch(fn).
  virtual const Turn& StartWatch(Task task) = 0;
  virtual const Turn& Resume(Task task, const Reply& reply) = 0;
  // Forgets the task: it is never resumed again and its handles are dead.
  virtual void Cancel(Task task) = 0;
  virtual bool Running(Task task) const = 0;  // begun and not ended
  // "volume.lua:42": the line of the policy at which the task waits; empty when it does not.
  virtual std::string Where(Task task) const = 0;
  virtual Task latest() const = 0;  // that had a turn

  virtual bool dead() const = 0;
  virtual Usage usage() const { return {}; }

  // resource.state as JSON text: plain data only, keys in order, within limits::kStateDepth and
  // limits::kStateBytes. The error names the path of what cannot be exported.
  virtual Result<std::string> ExportState() = 0;
  virtual Outcome ImportState(std::string_view json) = 0;
  // False: there is nothing to export. Cheap, for most policies keep no state and are asked after
  // every entry point.
  virtual bool HasState() const = 0;

  // Everything that it can come back to, as one number; nullopt if that cannot be told. Two
  // policies with the same one go on in the same way.
  struct Memory {
    std::uint64_t digest = 0;
    std::uint32_t handles = 0;  // the highest number of a volume that the script can still name
  };
  virtual std::optional<Memory> Remember() const { return std::nullopt; }
  // What is otherwise made at its first use is made now, so that what was used so far is no part of
  // what it remembers. A policy that looks into the tables of libraries by pairs sees all names.
  virtual void FillLibraries() {}

  virtual Understudy* understudy() { return nullptr; }  // itself, if it is one

 protected:
  Policy() = default;
};

// An Understudy takes a policy's turns without a sandbox: the simulator's knowledge of what one
// did.
class Understudy : public Policy {
 public:
  Understudy* understudy() final { return this; }
  // Two of the same policy with the same number go on in the same way.
  virtual std::uint64_t Standing() const = 0;
  virtual std::unique_ptr<Understudy> Copy() const = 0;
  virtual void Become(const Understudy& other) = 0;  // of the same lane
};

}  // namespace tidegate
