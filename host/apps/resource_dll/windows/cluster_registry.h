// The cluster database as a ParameterStore: the Parameters key below a resource's own.
//
// Why looked up at run time: the DLL must load where no cluster is installed, and until
// STARTING_PHASE2 nothing of clusapi.dll may be called. Threading: any.
#pragma once

#include <memory>

#include "host/apps/resource_dll/system.h"

namespace tidegate {

// `resource_key` is the Resource Monitor's and stays so; what is opened below it is ours.
Result<std::shared_ptr<ParameterStore>> OpenClusterParameters(abi::Key resource_key);

}  // namespace tidegate
