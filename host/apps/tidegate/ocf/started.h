// A Started is what a start has decided: the policy, read and found good then, and its settings. It
// is the resource's mark, which says "this may be up here", and what every later action goes by.
//
// Why kept: between start and stop a file changes, a pack's key is revoked, a license ends,
// somebody mistypes a parameter. None of that may keep what runs from being monitored and stopped.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/core/result.h"
#include "host/lua/compiled_policy.h"

namespace tidegate::ocf {

// Properties as text, by name.
using Settings = std::map<std::string, std::string, std::less<>>;

struct Started {
  std::string policy;  // PolicyPath
  std::string digest;
  Settings settings;
  bool promoted = false;
};

std::string TextOf(const Started& started);
// None: it is not what TextOf made.
std::optional<Started> StartedIn(std::string_view text);

// The policies of one resource, whole, by digest; they go with the node's boot, as mounts do.
class StartedPolicies {
 public:
  StartedPolicies(const std::string& state_dir, const std::string& resource);
  // On disk when it answers.
  Outcome Keep(const PolicySource& source, const std::string& digest) const;
  Result<std::shared_ptr<const CompiledPolicy>> Find(const std::string& digest) const;
  void Clear() const;

 private:
  const std::string folder_;
};

}  // namespace tidegate::ocf
