// Paths to devices.
#include "host/env/windows/volume_name.h"

#include "host/env/windows/error_map.h"
#include "host/env/windows/system.h"

namespace tidegate {
namespace {

Error Refused(const std::string& path, const std::string& why) {
  return {ErrorCode::kInvalidParameter, "", path + ": " + why};
}

bool IsDrive(std::wstring_view text) {
  return text.size() >= 2 && text[1] == L':' &&
         ((text[0] >= L'A' && text[0] <= L'Z') || (text[0] >= L'a' && text[0] <= L'z'));
}

bool StartsWithCaseless(std::wstring_view text, std::wstring_view start) {
  return text.size() >= start.size() &&
         CompareStringOrdinal(text.data(), static_cast<int>(start.size()), start.data(),
                              static_cast<int>(start.size()), TRUE) == CSTR_EQUAL;
}

bool IsRemote(std::wstring_view drive) {
  return GetDriveTypeW((std::wstring(drive.substr(0, 2)) + L"\\").c_str()) == DRIVE_REMOTE;
}

// "\\?\Volume{...}" of a folder that ends with a backslash; empty when no volume is mounted there.
std::wstring MountedAt(const std::wstring& folder) {
  wchar_t name[64] = {};
  if (!GetVolumeNameForVolumeMountPointW(folder.c_str(), name, 64)) return {};
  std::wstring guid = name;
  if (guid.ends_with(L'\\')) guid.pop_back();
  return guid;
}

}  // namespace

Result<VolumeName> ParseVolumeName(const std::string& path) {
  std::wstring name = Wide(path);
  for (wchar_t& c : name) {
    if (c == L'/') c = L'\\';
  }
  while (name.size() > 1 && name.ends_with(L'\\')) name.pop_back();
  const bool device = name.starts_with(LR"(\\.\)") || name.starts_with(LR"(\\?\)");
  if (StartsWithCaseless(name, LR"(\\?\UNC\)") || (!device && name.starts_with(LR"(\\)"))) {
    return Refused(path, "a share of another machine (SMB); a volume of this one is needed");
  }
  const std::wstring_view rest = std::wstring_view(name).substr(device ? 4 : 0);
  if (IsDrive(rest) && IsRemote(rest)) {
    return Refused(path, "a share of another machine (SMB); a volume of this one is needed");
  }
  if (IsDrive(rest) && StartsWithCaseless(rest.substr(2), LR"(\ClusterStorage)")) {
    return Refused(path, "a cluster shared volume, which all nodes use at once");
  }
  if (IsDrive(rest) && rest.size() == 2) return VolumeName{LR"(\\.\)" + std::wstring(rest)};
  if (IsDrive(rest)) {
    const std::wstring guid = MountedAt(std::wstring(rest) + L"\\");
    if (!guid.empty()) return VolumeName{guid};
    return Refused(path, SystemErrorText(GetLastError()) + ", no volume is mounted there");
  }
  // What follows a device's name is a file on it, and this is no way to open files: the host's own
  // are among them.
  if (device && rest.find(L'\\') != rest.npos) {
    return Refused(path, "a file or folder on a device; a volume's own name is needed");
  }
  if (device && rest.size() > 0) return VolumeName{name};
  return Refused(path, R"(not a volume's name: X:, \\.\X:, \\?\Volume{...} or a mount point)");
}

std::wstring GuidNameOf(const std::wstring& device) {
  if (StartsWithCaseless(device, LR"(\\?\Volume{)")) return device;
  // \\.\X: asks for X:\ and everything else for itself, to be refused by the system.
  const std::wstring name = device.substr(4);
  return MountedAt((IsDrive(name) ? name : LR"(\\?\)" + name) + L"\\");
}

}  // namespace tidegate
