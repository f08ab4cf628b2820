// OffLimits on Windows: where nothing is mounted, whatever a policy asks for. What may be opened as
// a volume is narrower there (volume_name.h): a device and never a file.
#pragma once

#include <string>

#include "host/core/result.h"

namespace tidegate {

// Refuses a folder that is in, or is, the host's `own`, by whatever name or junction it is called.
// One that is not there is not objected to: nothing can be mounted at it either.
Outcome CheckMountPoint(const std::string& where, const std::string& own);

}  // namespace tidegate
