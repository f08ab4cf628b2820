// A timeline is the story of a run in lines that a person reads: time, node, resource, what
// happened.
#pragma once

#include <string>
#include <vector>

#include "host/sim/trace.h"

namespace tidegate::sim {

struct TimelineOptions {
  bool operations = true;  // with the calls and replies of the policy
};

std::string Timeline(const std::vector<Line>& lines, const TimelineOptions& options = {});

}  // namespace tidegate::sim
