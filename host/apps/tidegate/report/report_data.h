// Report data is what a report's page shows, as the JSON that its script reads.
//
// An event is {t: seconds, n: node, r: resource, k: kind, x: text} and, where it has one, w: the
// policy's line, p: the plan's line, o: the operation, bad, cut. Kinds: entry, end, call, reply,
// state, fault, violation, told, note, gone.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/core/fault.h"
#include "host/core/trace.h"
#include "host/engine/replay.h"
#include "host/lua/compiled_policy.h"
#include "host/sim/simulation.h"

namespace tidegate {

nlohmann::json RunEvents(const std::vector<sim::Line>& lines, const Plan& plan);
// `replay`: of the same trace, for the lines of the policy; may be null.
nlohmann::json TraceEvents(const Trace& trace, const ReplayReport* replay);
nlohmann::json InvariantsOf(const sim::RunResult& result);
nlohmann::json SourceOf(const std::string& name, const std::string& text, bool plan = false);

// The page with the data in it.
std::string ReportPage(const nlohmann::json& data);

}  // namespace tidegate
