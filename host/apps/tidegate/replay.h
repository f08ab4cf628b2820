// tidegate replay: a plan in the simulator, or a trace against a policy.
#pragma once

#include <string>
#include <vector>

#include "host/apps/tidegate/simulate/simulate.h"
#include "host/core/trace.h"

namespace tidegate {

struct ReplayCommandOptions {
  SimulateOptions simulate;          // its policy is needed for a plan
  std::string file;                  // a plan or a trace: the first line tells
  std::vector<std::string> deviate;  // "volume.dismount#1 fails BUSY"
  bool all = false;                  // every decision, not only what matters
  bool json = false;
  std::string output;
};
// Of a trace: 0 the same decisions, or the deviations were applied; 1 it forks; 2 unusable.
int ReplayCommand(const ReplayCommandOptions& options);

// A text trace from a file, its warnings said on standard error.
Result<Trace> ReadTraceFile(const std::string& file);
// What the file is, to tell a trace from a plan.
Result<std::string> ReadTextFile(const std::string& file);
// The policy that is given, or else the one that the trace says it is of, if it is still there.
Result<std::string> PolicyFor(const Trace& trace, const std::string& given);

}  // namespace tidegate
