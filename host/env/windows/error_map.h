// The error map says which error a policy meets for one of the system's: mostly the same number.
#pragma once

#include <string>

#include "host/core/result.h"

namespace tidegate {

// Different are those that mean one thing to a policy on every system: a device that is gone is
// ERROR_NOT_READY, a control code that it does not know is ERROR_NOT_SUPPORTED.
ErrorCode CodeOfSystemError(unsigned long error);

// {code, "", "ERROR_NO_SUCH_DEVICE (433): what"}
Error SystemError(unsigned long error, const std::string& what);

}  // namespace tidegate
