// A Replay runs a policy again against what a trace recorded: the same entry points, the same
// replies to the same decisions, the same times told. It says where the policy decides otherwise.
//
// Why the policy alone and not the state machine around it: what began when, what was cancelled and
// what was answered is in the recording, so a replay can begin anywhere in it, and a fork is the
// policy's own doing. What a policy keeps outside of resource.state before the recording begins is
// not known, and that is said.
//
// Then "what if": a deviation replaces a recorded reply. From there on the recording no longer
// holds. Waiting and closing need no world; a reply to anything else has to be given by a further
// deviation, and where none is, the replay ends with the decision that it came to.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/core/fault.h"
#include "host/core/trace.h"
#include "host/lua/compiled_policy.h"

namespace tidegate {

// "volume.dismount#1 fails ACCESS_DENIED", "volume.is_mounted#2 ok false": the nth of its kind in
// the recording, the policy's own alone.
struct WhatIf {
  std::string op;
  int nth = 1;
  Fault fault;                 // kNominal: `reply` is the answer
  std::optional<Reply> reply;  // of "ok ..."
  std::string text;            // as it was given
};
// Takes a plan's label too ("A vol1 volume.dismount#1 ..."). The error says what is expected.
Result<WhatIf> ParseWhatIf(std::string_view text);

struct ReplayLine {
  enum class Kind { kEvent, kDecision, kReply, kNote, kFork };
  Kind kind = Kind::kEvent;
  Instant at;  // since the recording began
  std::string text;
  std::string where;       // "volume.lua:61"
  bool beyond = false;     // after a deviation
  std::size_t record = 0;  // of the trace that it came from
};

struct Fork {
  std::size_t record = 0;
  Instant at;
  std::string task;
  std::string recorded;
  std::string now;
  std::string where;   // of the policy that was replayed
  bool error = false;  // it raised an error or was killed, as nobody can mean it
};

struct ReplayReport {
  std::vector<ReplayLine> lines;
  std::vector<std::string> notes;  // what could not be replayed, and why
  int entry_points = 0;
  int decisions = 0;  // that were compared and are the same
  bool other_version = false;
  std::string recorded;  // "volume.lua 1593f28f"
  std::string replayed;
  std::optional<Fork> fork;
  std::vector<std::string> not_applied;  // of the deviations
};

// The error says why the policy cannot be run with what was recorded.
Result<ReplayReport> Replay(const Trace& trace, const std::shared_ptr<const CompiledPolicy>& policy,
                            std::vector<WhatIf> what_ifs = {});

}  // namespace tidegate
