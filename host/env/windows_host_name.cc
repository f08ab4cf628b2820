// The name of a Windows host.
#include "host/env/host_name.h"
#include "host/env/windows/system.h"

namespace tidegate {

// The NetBIOS name, which is what a cluster calls its nodes.
std::string HostName() {
  wchar_t name[MAX_COMPUTERNAME_LENGTH + 1] = {};
  DWORD size = MAX_COMPUTERNAME_LENGTH + 1;
  if (!GetComputerNameW(name, &size) || size == 0) return "localhost";
  return Utf8({name, size});
}

}  // namespace tidegate
