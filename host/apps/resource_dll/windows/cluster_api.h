// Functions of clusapi.dll, looked up at run time: the DLL must load where no cluster is installed.
#pragma once

#include "host/env/windows/system.h"

namespace tidegate {

// Null where there is none. Not before STARTING_PHASE2.
template <class F>
F ClusterFunction(const char* name) {
  constexpr wchar_t kModule[] = L"clusapi.dll";
  if (GetModuleHandleW(kModule) == nullptr) {
    (void)LoadLibraryExW(kModule, nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
  }
  return Function<F>(kModule, name);
}

}  // namespace tidegate
