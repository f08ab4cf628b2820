// VolumeName is what a policy's path names on Windows: a device to open.
#pragma once

#include <string>

#include "host/core/result.h"

namespace tidegate {

struct VolumeName {
  std::wstring device;  // \\.\X: or \\?\Volume{...}, without a backslash at the end
};

// Takes X:, \\.\X:, \\?\Volume{...}, a folder that a volume is mounted at, and any other device
// (\\.\PhysicalDrive3). Refuses a file or folder on a device (\\?\Volume{...}\x), and what is never
// taken offline by one node: a path on another machine (SMB) and cluster shared volumes. Source:
// IOCTL_VOLUME_OFFLINE, table of technologies.
Result<VolumeName> ParseVolumeName(const std::string& path);

// \\?\Volume{...} of a device that is a volume; empty when the system has no such name for it.
std::wstring GuidNameOf(const std::wstring& device);

}  // namespace tidegate
