// tidegate report: a run under a plan, or a trace, as one HTML file that needs nothing else.
//
// Why no plotting library: lanes, bars and ticks are a few hundred lines of the browser's own SVG,
// and a report that an auditor keeps for years should be readable as it is.
#pragma once

#include <string>

#include "host/apps/tidegate/simulate/simulate.h"

namespace tidegate {

struct ReportCommandOptions {
  SimulateOptions simulate;
  std::string file;    // a plan or a trace
  std::string output;  // default: FILE.html
};
int ReportCommand(const ReportCommandOptions& options);

}  // namespace tidegate
