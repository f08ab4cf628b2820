// A cluster for tests: a clusapi.dll that keeps the database's keys in the registry, and knows of
// two nodes, this one and OTHER, of which this one owns every resource.
//
// Only the functions that the resource DLL looks up. Keys are the registry's own, so a test makes
// them with RegCreateKeyEx.
#include <cwchar>

#include "host/env/windows/system.h"

namespace {

int cluster, nodes, resource, node;  // their addresses are handles

// As the cluster's own functions give names out.
DWORD Give(const wchar_t* name, LPWSTR buffer, DWORD* size) {
  const auto length = static_cast<DWORD>(std::wcslen(name));
  const bool fits = length < *size;
  *size = length;
  if (!fits) return ERROR_MORE_DATA;
  std::wmemcpy(buffer, name, length + 1);
  return ERROR_SUCCESS;
}

struct ThisNode {
  ThisNode() {
    DWORD size = MAX_PATH;
    GetComputerNameW(name, &size);
  }
  wchar_t name[MAX_PATH] = {};
};

}  // namespace

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

__declspec(dllexport) void* WINAPI OpenCluster(LPCWSTR) { return &cluster; }
__declspec(dllexport) BOOL WINAPI CloseCluster(void*) { return TRUE; }
__declspec(dllexport) void* WINAPI ClusterOpenEnum(void*, DWORD) { return &nodes; }
__declspec(dllexport) DWORD WINAPI ClusterCloseEnum(void*) { return ERROR_SUCCESS; }
__declspec(dllexport) DWORD WINAPI
    ClusterEnum(void*, DWORD index, DWORD* type, LPWSTR name, DWORD* size) {
  *type = 1;
  if (index > 1) return ERROR_NO_MORE_ITEMS;
  return Give(index == 0 ? ThisNode().name : L"OTHER", name, size);
}
__declspec(dllexport) void* WINAPI OpenClusterResource(void*, LPCWSTR name) {
  return name[0] != 0 ? &resource : nullptr;
}
__declspec(dllexport) BOOL WINAPI CloseClusterResource(void*) { return TRUE; }
__declspec(dllexport) int WINAPI
    GetClusterResourceState(void*, LPWSTR owner, DWORD* size, LPWSTR, DWORD*) {
  return Give(ThisNode().name, owner, size) == ERROR_SUCCESS ? 2 : -1;
}
__declspec(dllexport) void* WINAPI OpenClusterNode(void*, LPCWSTR) { return &node; }
__declspec(dllexport) BOOL WINAPI CloseClusterNode(void*) { return TRUE; }
__declspec(dllexport) int WINAPI GetClusterNodeState(void*) { return 0; }
}
