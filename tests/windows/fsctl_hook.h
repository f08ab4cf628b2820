// The FSCTL hook lets FSCTL_LOCK_VOLUME and its like reach a driver under Wine.
//
// Wine's NtFsControlFile answers lock, unlock and "is mounted" by itself, and unmounts a Unix file
// system after a dismount; NtDeviceIoControlFile passes the same codes on. So test programs turn
// the former into the latter, in kernelbase's import table. The code under test is not touched, and
// on Windows nothing is done.
#pragma once

#include "host/env/windows/system.h"

namespace tidegate::test {

void InstallFsctlHook();  // once, before the first volume is opened

}  // namespace tidegate::test
