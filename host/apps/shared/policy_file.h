// A policy file is a POLICY on a command line: a .lua file, or a folder NAME with NAME.lua in it.
#pragma once

#include <filesystem>
#include <memory>

#include "host/core/result.h"
#include "host/lua/compiled_policy.h"

namespace tidegate {

// Reads once, so that what is checked is what runs. Other .lua files beside the entry file of a
// folder are what it may `require`, by name without the ending; scenarios.lua is the tests' and is
// left out.
Result<PolicySource> ReadPolicy(const std::filesystem::path& policy);

// Reads and compiles, with the scripts that are built into the program.
Result<std::shared_ptr<const CompiledPolicy>> CompilePolicy(const std::filesystem::path& policy);

}  // namespace tidegate
