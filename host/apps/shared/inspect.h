// An inspected policy is one that was loaded only to be looked at: its manifest, its properties.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/core/manifest.h"
#include "host/lua/policy.h"

namespace tidegate {

struct Inspected {
  std::shared_ptr<const CompiledPolicy> compiled;
  Manifest manifest;
  Policy::Usage usage;
};

Result<Inspected> Inspect(const std::filesystem::path& policy, const SandboxLimits& limits = {});
Result<Inspected> Inspect(std::shared_ptr<const CompiledPolicy> compiled,
                          const SandboxLimits& limits = {});

// "Name=value" texts as the policy's property types.
Result<Properties> ParseSettings(const Manifest& manifest,
                                 const std::vector<std::string>& settings);

}  // namespace tidegate
