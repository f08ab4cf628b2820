// The entry points of the DLL: what Startup and StartupEx hand out.
#pragma once

#include "host/apps/resource_dll/abi.h"

namespace tidegate {

// The exports, by another name: see Startup and StartupEx of the cluster's API.
abi::Dword StartV1(const abi::WideChar* type, abi::Dword least, abi::Dword most,
                   abi::SetResourceStatus set_status, abi::LogEvent log,
                   abi::FunctionTable** table);
abi::Dword StartEx(const abi::WideChar* type, abi::Dword least, abi::Dword most,
                   abi::Callbacks* callbacks, abi::FunctionTable** table);

}  // namespace tidegate
