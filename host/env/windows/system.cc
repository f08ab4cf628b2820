// Texts to and from the Windows API.
#include "host/env/windows/system.h"

#include "host/core/error_code.h"

namespace tidegate {

std::wstring Wide(std::string_view text) {
  const int size = static_cast<int>(text.size());
  std::wstring out(
      static_cast<std::size_t>(MultiByteToWideChar(CP_UTF8, 0, text.data(), size, nullptr, 0)),
      L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.data(), size, out.data(), static_cast<int>(out.size()));
  return out;
}

std::string Utf8(std::wstring_view text) {
  const int size = static_cast<int>(text.size());
  std::string out(static_cast<std::size_t>(WideCharToMultiByte(CP_UTF8, 0, text.data(), size,
                                                               nullptr, 0, nullptr, nullptr)),
                  '\0');
  WideCharToMultiByte(CP_UTF8, 0, text.data(), size, out.data(), static_cast<int>(out.size()),
                      nullptr, nullptr);
  return out;
}

std::string SystemErrorText(DWORD error) {
  const std::string_view name = Name(static_cast<ErrorCode>(error));
  if (name == "ERROR_UNKNOWN") return "error " + std::to_string(error);
  return std::string(name) + " (" + std::to_string(error) + ")";
}

}  // namespace tidegate
