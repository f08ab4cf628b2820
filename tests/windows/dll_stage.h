// What the stage offers where the DLL itself is loaded.
#pragma once

#include "host/env/windows/system.h"
#include "tests/apps/resource_dll/stage.h"

namespace tidegate::test {

HMODULE LoadDll();  // one more reference to tidegate.dll, which lies beside the test program
Exports ExportsOf(HMODULE dll);

}  // namespace tidegate::test
