// Guarded paths of a Windows host: the DACL of what is there, and of every folder on the way.
//
// A path that leads elsewhere by a junction or link is looked at twice: as it is written, where the
// link itself counts, and where it ends. Sources: GetSecurityInfo, GetFinalPathNameByHandle; the
// commands are icacls's.
#include <memory>
#include <vector>

#include "host/env/access_list.h"
#include "host/env/files.h"
#include "host/env/guarded.h"
#include "host/env/windows/account.h"
#include "host/env/windows/descriptor.h"

// Needs windows.h before it.
#include <aclapi.h>

namespace tidegate {
namespace {

struct FreeLocal {
  void operator()(void* memory) const { LocalFree(memory); }
};
using Local = std::unique_ptr<void, FreeLocal>;

// Whose rights this process has.
std::string Us() {
  HANDLE token = nullptr;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return {};
  const SystemHandle closes(token);
  return SidOf(token);
}

AccessList ListOf(void* owner, const ACL* acl) {
  AccessList list{SidText(owner), acl == nullptr, {}};
  for (DWORD n = 0; acl != nullptr && n < acl->AceCount; ++n) {
    void* ace = nullptr;
    if (!GetAce(const_cast<ACL*>(acl), n, &ace)) continue;
    const auto* header = static_cast<const ACE_HEADER*>(ace);
    const bool allows = header->AceType == ACCESS_ALLOWED_ACE_TYPE ||
                        header->AceType == ACCESS_ALLOWED_CALLBACK_ACE_TYPE;
    if (!allows) continue;  // those for objects are no file's, and denials do not count
    auto* allowed = static_cast<ACCESS_ALLOWED_ACE*>(ace);
    list.entries.push_back({SidText(&allowed->SidStart), allowed->Mask, true,
                            (header->AceFlags & INHERIT_ONLY_ACE) == 0});
  }
  return list;
}

SystemHandle OpenToLook(const std::wstring& path, DWORD flags) {
  return SystemHandle(CreateFileW(path.c_str(), READ_CONTROL,
                                  FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                  OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | flags, nullptr));
}

bool IsGone(DWORD error) {
  return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND ||
         error == ERROR_INVALID_NAME;
}

std::string RemedyFor(const AccessList& list, const std::string& who, GuardedPart part,
                      const std::string& path) {
  const std::string icacls = "icacls \"" + path + "\" ";
  if (list.owner == who) return icacls + "/setowner *S-1-5-32-544 /T";
  if (part == GuardedPart::kOnTheWay) return icacls + "/inheritance:d /remove:g *" + who;
  return icacls + "/reset /T, then " + icacls +
         "/inheritance:r /grant:r \"*S-1-5-18:(OI)(CI)F\" \"*S-1-5-32-544:(OI)(CI)F\"";
}

Outcome Look(const std::wstring& path, GuardedPart part, bool& gone) {
  const std::string shown = Utf8(path);
  const SystemHandle handle = OpenToLook(path, FILE_FLAG_OPEN_REPARSE_POINT);
  if (!handle) {
    const DWORD error = GetLastError();
    gone = IsGone(error);
    if (gone) return Ok();
    return Error{ErrorCode::kAccessDenied, "",
                 shown + ": who may change it cannot be read: " + SystemErrorText(error)};
  }
  void* owner = nullptr;
  ACL* acl = nullptr;
  void* descriptor = nullptr;
  const DWORD error = GetSecurityInfo(handle.get(), SE_FILE_OBJECT,
                                      OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                                      &owner, nullptr, &acl, nullptr, &descriptor);
  const Local owned(descriptor);
  if (error != ERROR_SUCCESS) {
    return Error{ErrorCode::kAccessDenied, "",
                 shown + ": who may change it cannot be read: " + SystemErrorText(error)};
  }
  static const std::string us = Us();
  const AccessList list = ListOf(owner, acl);
  const std::optional<std::string> stranger = StrangerIn(list, part, us);
  if (!stranger) return Ok();
  return Error{ErrorCode::kAccessDenied, "",
               AccountOf(*stranger) + " (" + *stranger + ") could change " + shown +
                   "; look at what is there, then: " + RemedyFor(list, *stranger, part, shown)};
}

// Behind "C:\", "\\server\share\" or "\\?\C:\".
std::size_t RootOf(const std::wstring& path) {
  if (!path.starts_with(L"\\\\")) return path.find(L'\\') + 1;
  const std::size_t share = path.find(L'\\', 2);
  const std::size_t end = share == path.npos ? share : path.find(L'\\', share + 1);
  return end == path.npos ? path.size() : end + 1;
}

Outcome LookAlong(const std::wstring& path) {
  bool gone = false;
  for (std::size_t end = RootOf(path);; end = path.find(L'\\', end + 1)) {
    const bool itself = end == path.npos || end >= path.size();
    const GuardedPart part = itself ? GuardedPart::kItself : GuardedPart::kOnTheWay;
    Outcome looked = Look(path.substr(0, end), part, gone);
    if (!looked || gone || itself) return looked;
  }
}

std::wstring Absolute(const std::string& path) {
  const std::wstring wide = Wide(path);
  std::wstring full(GetFullPathNameW(wide.c_str(), 0, nullptr, nullptr), L'\0');
  full.resize(
      GetFullPathNameW(wide.c_str(), static_cast<DWORD>(full.size()), full.data(), nullptr));
  while (full.size() > 3 && full.back() == L'\\') full.pop_back();
  return full;
}

// Where it ends when links are followed; empty: nowhere.
std::wstring EndOf(const std::wstring& path) {
  const SystemHandle handle = OpenToLook(path, 0);
  if (!handle) return {};
  std::wstring end(32768, L'\0');
  end.resize(GetFinalPathNameByHandleW(handle.get(), end.data(), static_cast<DWORD>(end.size()),
                                       FILE_NAME_NORMALIZED | VOLUME_NAME_DOS));
  constexpr std::wstring_view kShare = LR"(\\?\UNC\)";
  constexpr std::wstring_view kPlain = LR"(\\?\)";
  if (end.starts_with(kShare)) return LR"(\\)" + end.substr(kShare.size());
  return end.starts_with(kPlain) ? end.substr(kPlain.size()) : end;
}

}  // namespace

Outcome CheckGuarded(const std::string& path) {
  const std::wstring written = Absolute(path);
  if (Outcome looked = LookAlong(written); !looked) return looked;
  const std::wstring end = EndOf(written);
  return end.empty() || end == written ? Ok() : LookAlong(end);
}

Outcome MakeGuarded(const std::string& folder) {
  const std::wstring path = Absolute(folder);
  if (GetFileAttributesW(path.c_str()) == INVALID_FILE_ATTRIBUTES) {
    const std::string above = Utf8(path.substr(0, path.rfind(L'\\')));
    if (Outcome made = MakeDirectories(above); !made) return made;
    Descriptor descriptor(kOnlySystemAndAdministrators);
    if (!descriptor) {
      return Error{ErrorCode::kNotEnoughMemory, "", folder + ": no memory for its access list"};
    }
    if (!CreateDirectoryW(path.c_str(), descriptor.attributes()) &&
        GetLastError() != ERROR_ALREADY_EXISTS) {
      return Error{ErrorCode::kAccessDenied, "",
                   folder + ": cannot be made: " + SystemErrorText(GetLastError())};
    }
  }
  return CheckGuarded(folder);
}

}  // namespace tidegate
