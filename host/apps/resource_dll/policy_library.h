// A PolicyLibrary reads policies from disk and compiles each text once, however many resources run
// it.
//
// Threading: any. May block: the disk may be anybody's.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "host/apps/resource_dll/private_properties.h"
#include "host/core/manifest.h"
#include "host/lua/compiled_policy.h"

namespace tidegate {

struct LoadedPolicy {
  PolicySource source;
  std::shared_ptr<const CompiledPolicy> program;
  Manifest manifest;
};

// Refuses a policy that is not the one that PolicyDigest, if set, names.
Outcome CheckDigest(const Properties& private_properties, const LoadedPolicy& policy);

// Refuses a policy whose own list asks for more than is granted: better at Online than at the first
// operation.
Outcome CheckGranted(const Grants& grants, const LoadedPolicy& policy);

class PolicyLibrary {
 public:
  // Reads it anew each time; the same text is the same LoadedPolicy. `path` is UTF-8. One that
  // others could change is refused: it would run with the cluster service's rights.
  Result<std::shared_ptr<const LoadedPolicy>> Load(const std::string& path);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const LoadedPolicy>> loaded_;  // the latest, by path
};

}  // namespace tidegate
