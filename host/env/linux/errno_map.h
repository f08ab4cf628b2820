// The errno map says which Win32 error a Linux errno is to a policy; the errno itself stays in the
// detail ("EBUSY: /mnt/data").
#pragma once

#include <string>

#include "host/core/result.h"

namespace tidegate {

ErrorCode CodeOfErrno(int number);

// "EBUSY", or "errno 4711" for a number that the C library has no name for.
std::string ErrnoName(int number);

// {CodeOfErrno(number), "", "EBUSY: /mnt/data"}
Error ErrnoError(int number, const std::string& what);
// The same with a code that the caller knows better than the table.
Error ErrnoError(ErrorCode code, int number, const std::string& what);

}  // namespace tidegate
