// tidegate diff: where two versions of a policy decide otherwise under the same faults.
//
// Exit codes: 0 they decide the same under every plan, 1 they do not, 2 it could not be tried.
#pragma once

#include "host/apps/tidegate/simulate/simulate.h"

namespace tidegate {

struct DiffCommandOptions {
  SimulateOptions simulate;  // its policy is the old one
  std::string newer;
  std::vector<std::string> plans;  // files
  int deviations = 1;
  bool json = false;
};
int DiffCommand(const DiffCommandOptions& options);

}  // namespace tidegate
