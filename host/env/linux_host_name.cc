// The name of a Linux host.
#include <unistd.h>

#include "host/env/host_name.h"

namespace tidegate {

std::string HostName() {
  char name[256] = {};
  if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "localhost";
  return name;
}

}  // namespace tidegate
