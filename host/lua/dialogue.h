// A Dialogue is a Lua file that is no policy: one coroutine in a sandbox of its own, which asks its
// host, in words, for everything that it wants from outside. Scenarios of the simulator are that.
//
// Why words and not operations: what a test may ask is not what a policy may ask, and an operation
// would have to be implemented by every Env.
//
// The file finds `ask` in the module "host". It waits until the host resumes with an answer:
//
//     local host = require "host"
//     local owner = host.ask("owner", "vol1")
//
// Threading: one thread at a time. Nothing in it has a clock: only fuel and memory end it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "host/core/result.h"
#include "host/lua/compiled_policy.h"

namespace tidegate {

using Scalar = std::variant<std::monostate, bool, std::int64_t, std::string>;

// What a script found to be wrong, and where: "scenarios.lua:12".
struct DialogueError {
  std::string where;
  std::string message;
};

class Dialogue {
 public:
  // A function among the words is told as where it is defined, "scenarios.lua:12".
  using Question = std::vector<Scalar>;

  // What to compile it with.
  static BindingList Bindings();

  explicit Dialogue(std::shared_ptr<const CompiledPolicy> compiled,
                    const SandboxLimits& limits = {});
  ~Dialogue();
  Dialogue(const Dialogue&) = delete;
  Dialogue& operator=(const Dialogue&) = delete;

  // Goes on with the answer to its last question, up to the next one; the first call begins it and
  // ignores the answer. An answer that is an error is raised where the script asked. Null: ended.
  const Question* Resume(const Result<Scalar>& answer);
  // Why it ended; nothing when it ended in good order.
  const std::optional<DialogueError>& error() const;
  // "scenarios.lua:12": where it waits.
  std::string Where() const;
  // What it printed since this was last asked, a line each.
  std::vector<std::string> TakePrinted();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tidegate
