// Asking a token, and the system's accounts.
#include "host/env/windows/account.h"

#include <cstddef>

// Needs windows.h before it.
#include <sddl.h>

namespace tidegate {

std::string SidText(void* sid) {
  wchar_t* text = nullptr;
  if (sid == nullptr || !ConvertSidToStringSidW(sid, &text)) return {};
  std::string shown = Utf8(text);
  LocalFree(text);
  return shown;
}

std::string SidOf(HANDLE token) {
  alignas(TOKEN_USER) std::byte buffer[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  DWORD size = 0;
  if (token == nullptr || !GetTokenInformation(token, TokenUser, buffer, sizeof buffer, &size)) {
    return {};
  }
  return SidText(reinterpret_cast<TOKEN_USER*>(buffer)->User.Sid);
}

std::string AccountOf(const std::string& sid) {
  void* binary = nullptr;
  if (!ConvertStringSidToSidW(Wide(sid).c_str(), &binary)) return sid;
  wchar_t name[256] = {};
  wchar_t domain[256] = {};
  DWORD name_size = 256;
  DWORD domain_size = 256;
  SID_NAME_USE use = SidTypeUnknown;
  const bool known =
      LookupAccountSidW(nullptr, binary, name, &name_size, domain, &domain_size, &use) != 0;
  LocalFree(binary);
  return known ? Utf8(domain) + "\\" + Utf8(name) : sid;
}

}  // namespace tidegate
