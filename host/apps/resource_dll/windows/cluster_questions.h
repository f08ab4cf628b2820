// The cluster table of policies, answered by the cluster that the resource is in.
//
// Why only on worker threads: calls into clusapi.dll may wait for the cluster service, and that for
// the Resource Monitor. Source: "Function Calls to Avoid in Resource DLLs". Threading: any.
#pragma once

#include <string>

#include "host/core/call.h"

namespace tidegate {

// ERROR_NOT_SUPPORTED where clusapi.dll or one of its functions is missing.
Reply AskCluster(const std::string& resource, const Call& call);

}  // namespace tidegate
