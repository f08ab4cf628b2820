// PolicyCopies are the versions of policies that a state directory keeps, a file for each, by
// digest: whole, with what a pack may touch, so that a version runs as it ran when its file is
// another one by then, or its pack is gone or trusted no more.
//
// Threading: any.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "host/core/result.h"
#include "host/lua/compiled_policy.h"

namespace tidegate {

class PolicyCopies {
 public:
  explicit PolicyCopies(std::string state_dir) : state_dir_(std::move(state_dir)) {}

  // On disk when it answers. Past limits::kVersionsKept the oldest go, but none of those in use.
  Outcome Keep(const PolicySource& source, const std::string& digest,
               const std::function<std::set<std::string>()>& in_use) const;
  Result<PolicySource> Find(const std::string& digest) const;

 private:
  void Prune(const std::function<std::set<std::string>()>& in_use) const;
  std::string Folder() const { return state_dir_ + "/versions"; }

  const std::string state_dir_;
};

}  // namespace tidegate
