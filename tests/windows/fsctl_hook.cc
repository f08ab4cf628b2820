// Patching an import table.
#include "tests/windows/fsctl_hook.h"

#include <cstring>

namespace tidegate::test {
namespace {

using Io = LONG(WINAPI*)(HANDLE, HANDLE, void*, void*, void*, ULONG, void*, ULONG, void*, ULONG);

Io fs_control = nullptr;
Io device_control = nullptr;

LONG WINAPI Hooked(HANDLE file, HANDLE event, void* apc, void* context, void* status, ULONG code,
                   void* in, ULONG in_size, void* out, ULONG out_size) {
  constexpr ULONG kCodes[] = {0x00090018, 0x0009001c, 0x00090020, 0x00090028, 0x00090078};
  bool ours = false;
  for (const ULONG known : kCodes) ours = ours || code == known;
  return (ours ? device_control : fs_control)(file, event, apc, context, status, code, in, in_size,
                                              out, out_size);
}

template <class T>
T* At(HMODULE module, DWORD offset) {
  return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(module) + offset);
}

// Where `module` keeps the address of `function`; null if it does not import it.
ULONG_PTR* ImportOf(HMODULE module, ULONG_PTR function) {
  const auto* dos = At<IMAGE_DOS_HEADER>(module, 0);
  const auto* nt = At<IMAGE_NT_HEADERS>(module, static_cast<DWORD>(dos->e_lfanew));
  const DWORD table = nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;
  for (auto* dll = At<IMAGE_IMPORT_DESCRIPTOR>(module, table); dll->Name != 0; ++dll) {
    for (auto* slot = At<ULONG_PTR>(module, dll->FirstThunk); *slot != 0; ++slot) {
      if (*slot == function) return slot;
    }
  }
  return nullptr;
}

}  // namespace

void InstallFsctlHook() {
  const auto wine = Function<void (*)()>(L"ntdll.dll", "wine_get_version");
  if (wine == nullptr || fs_control != nullptr) return;
  fs_control = Function<Io>(L"ntdll.dll", "NtFsControlFile");
  device_control = Function<Io>(L"ntdll.dll", "NtDeviceIoControlFile");
  ULONG_PTR* slot =
      ImportOf(GetModuleHandleW(L"kernelbase.dll"), reinterpret_cast<ULONG_PTR>(fs_control));
  DWORD before = 0;
  if (slot == nullptr || !VirtualProtect(slot, sizeof *slot, PAGE_READWRITE, &before)) return;
  *slot = reinterpret_cast<ULONG_PTR>(&Hooked);
  VirtualProtect(slot, sizeof *slot, before, &before);
}

}  // namespace tidegate::test
