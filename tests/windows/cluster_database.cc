// A cluster database for tests: a clusapi.dll that keeps the keys in the registry.
//
// Only the functions that the resource DLL looks up. Keys are the registry's own, so a test makes
// them with RegCreateKeyEx.
#include "host/env/windows/system.h"

extern "C" {

__declspec(dllexport) LONG WINAPI
    ClusterRegCreateKey(HKEY key, LPCWSTR name, DWORD options, REGSAM access,
                        SECURITY_ATTRIBUTES* security, HKEY* result, DWORD* disposition) {
  return RegCreateKeyExW(key, name, 0, nullptr, options, access, security, result, disposition);
}

__declspec(dllexport) LONG WINAPI ClusterRegCloseKey(HKEY key) { return RegCloseKey(key); }

__declspec(dllexport) DWORD WINAPI
    ClusterRegEnumValue(HKEY key, DWORD index, LPWSTR name, DWORD* name_size, DWORD* type,
                        BYTE* data, DWORD* size) {
  return static_cast<DWORD>(RegEnumValueW(key, index, name, name_size, nullptr, type, data, size));
}

__declspec(dllexport) DWORD WINAPI
    ClusterRegSetValue(HKEY key, LPCWSTR name, DWORD type, const BYTE* data, DWORD size) {
  return static_cast<DWORD>(RegSetValueExW(key, name, 0, type, data, size));
}

__declspec(dllexport) DWORD WINAPI ClusterRegDeleteValue(HKEY key, LPCWSTR name) {
  return static_cast<DWORD>(RegDeleteValueW(key, name));
}
}
