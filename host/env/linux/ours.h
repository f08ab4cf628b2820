// Ours is a volume that a resource has up here: marked when it was brought up, or found at the
// resource's own mount point.
//
// Why the second: a resource can be taken over while it runs (from another agent, after the marks
// were lost). The volume that its name leads to, mounted where the resource mounts it, is its own.
// In doubt nothing is: what cannot be told is an error, and no error allows touching anything.
#pragma once

#include <string>

#include "host/core/op.h"
#include "host/env/linux/mark.h"

namespace tidegate {

struct Ours {
  Target target;
  std::string where;  // its mount point; empty: it has none
};

// ERROR_NOT_FOUND: nothing that this resource brought up is up. A mark of what is gone for good is
// removed; `adopts`: what is found without a mark gets one.
// What `off_limits` knows was never brought up.
Result<Ours> FindOurs(Marks& marks, const OffLimits& off_limits, ResourceId id,
                      const VolumeOurs& op, bool adopts);

// Another volume that the same name led to when it was brought up, and that is up still.
std::optional<Mark> LeftBehind(const Marks& marks, ResourceId id, const std::string& name,
                               const Identity& now);

}  // namespace tidegate
