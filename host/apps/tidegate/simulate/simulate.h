// What the simulator's commands have in common: a POLICY in a simulated cluster, and plans in
// files.
#pragma once

#include <string>
#include <vector>

#include "host/core/manifest.h"
#include "host/sim/plan.h"
#include "host/sim/scenario.h"

namespace tidegate {

struct SimulateOptions {
  std::string policy;
  std::vector<std::string> set;
  std::string cluster = "wsfc";  // or "pacemaker"
  int nodes = 2;
  int resources = 1;
  std::string next;  // the POLICY that a swap offers; default: the same again
};

// The standard scenario with it.
Result<sim::Scenario> ScenarioOf(const SimulateOptions& options);

// "Name=value" texts as the policy's properties. A simulated volume has a path of its own, so that
// none has to be given.
Result<Properties> SimulatedProperties(const Manifest& manifest, std::vector<std::string> set);

Result<sim::Plan> ReadPlan(const std::string& file);
bool WriteText(const std::string& file, const std::string& text);

}  // namespace tidegate
