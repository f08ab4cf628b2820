// GetVolumeInformation and its neighbours.
#include "host/env/windows/file_system.h"

#include "host/env/windows/system.h"
#include "host/env/windows/volume_name.h"

namespace tidegate {
namespace {

constexpr auto kBadPathname = static_cast<ErrorCode>(ERROR_BAD_PATHNAME);

// \\?\Volume{...} with a backslash at its end; empty when there is none.
std::wstring RootOf(const std::string& volume) {
  const Result<VolumeName> name = ParseVolumeName(volume);
  if (!name) return {};
  const std::wstring guid = GuidNameOf(name->device);
  return guid.empty() ? guid : guid + L"\\";
}

}  // namespace

FileSystemFacts FactsOf(const std::string& volume) {
  FileSystemFacts facts;
  const std::wstring root = RootOf(volume);
  wchar_t label[MAX_PATH + 1] = {};
  wchar_t name[MAX_PATH + 1] = {};
  DWORD serial = 0;
  DWORD longest = 0;
  DWORD flags = 0;
  if (root.empty() || !GetVolumeInformationW(root.c_str(), label, MAX_PATH, &serial, &longest,
                                             &flags, name, MAX_PATH)) {
    return facts;
  }
  ULARGE_INTEGER free{};
  (void)GetDiskFreeSpaceExW(root.c_str(), nullptr, nullptr, &free);
  return {Utf8(name), Utf8(label), serial, longest, flags, free.QuadPart};
}

ErrorCode HoldsPath(const std::string& volume, const std::string& path) {
  const std::wstring wide = Wide(path);
  wchar_t mounted_at[MAX_PATH + 1] = {};
  wchar_t its_volume[64] = {};
  const std::wstring ours = RootOf(volume);
  const bool known = !ours.empty() && !wide.empty() &&
                     GetVolumePathNameW(wide.c_str(), mounted_at, MAX_PATH) &&
                     GetVolumeNameForVolumeMountPointW(mounted_at, its_volume, 64);
  if (!known || CompareStringOrdinal(its_volume, -1, ours.c_str(), -1, TRUE) != CSTR_EQUAL) {
    return kBadPathname;
  }
  const bool there = GetFileAttributesW(wide.c_str()) != INVALID_FILE_ATTRIBUTES;
  return there ? ErrorCode::kSuccess : ErrorCode::kPathNotFound;
}

}  // namespace tidegate
