// Folders by the names that the system has for them.
#include "host/env/windows/off_limits.h"

#include "host/env/windows/system.h"

namespace tidegate {
namespace {

// With links and junctions resolved, and without short names. Source: GetFinalPathNameByHandle.
std::wstring FinalName(const std::string& path) {
  const SystemHandle folder(
      CreateFileW(Wide(path).c_str(), 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                  nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  if (!folder) return {};
  std::wstring name(32'768, L'\0');
  const DWORD size = GetFinalPathNameByHandleW(folder.get(), name.data(),
                                               static_cast<DWORD>(name.size()), VOLUME_NAME_DOS);
  name.resize(size < name.size() ? size : 0);
  return name;
}

bool IsIn(std::wstring_view path, std::wstring_view folder) {
  const int size = static_cast<int>(folder.size());
  return !folder.empty() && path.size() >= folder.size() &&
         CompareStringOrdinal(path.data(), size, folder.data(), size, TRUE) == CSTR_EQUAL &&
         (path.size() == folder.size() || path[folder.size()] == L'\\');
}

}  // namespace

Outcome CheckMountPoint(const std::string& where, const std::string& own) {
  if (!IsIn(FinalName(where), FinalName(own))) return Ok();
  return Error{ErrorCode::kAccessDenied, "",
               where + " is in " + own +
                   ", which is this host's own; mount volumes at a folder of their own"};
}

}  // namespace tidegate
