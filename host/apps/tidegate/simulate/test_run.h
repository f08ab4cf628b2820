// A test run is a policy's scenarios tried one after the other, with their golden timelines.
//
// The golden timeline of a scenario is scenarios/NAME.CLUSTER.txt beside scenarios.lua, if it is
// there: what happened when somebody last looked. Update writes all of them.
#pragma once

#include <filesystem>
#include <functional>

#include "host/apps/tidegate/simulate/test.h"
#include "host/core/result.h"

namespace tidegate {

inline constexpr const char* kScenarios = "scenarios.lua";

// `policy` is a folder with a scenarios.lua in it, or a policy's file in one. The error says why
// none of them could be tried.
Outcome RunScenarios(const std::filesystem::path& policy, const TestCommandOptions& options,
                     const std::function<void(Tested)>& tell);

}  // namespace tidegate
