// A HeldVolume is what a policy holds of an open volume: a number in a userdata that only the host
// can make. Whether the number still names anything, and for whom, the Runtime knows.
#pragma once

#include "host/core/value.h"

namespace tidegate {

struct HeldVolume {
  VolumeHandle volume;
};

inline constexpr char kVolumeMeta[] = "volume";

}  // namespace tidegate
