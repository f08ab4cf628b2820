// A cluster wait is how long a Windows cluster is kept waiting by the entry points that must not
// come back before what they say is so: Terminate and Close.
//
// The resource DLL waits no longer, and the simulator's cluster reckons with no less: both take it
// from here.
//
// Why as long as the policy gives its terminate: from the return of either on, another node may use
// the volume. "Implementing Close" asks that the resource is offline by then; "Implementing
// Terminate" recommends 300 ms, and says that the cluster service copes when they are exceeded.
// What still runs after that is stuck, in a driver that ignores cancellation; to wait on would hold
// up what the cluster could do about it.
#pragma once

#include "host/core/manifest.h"

namespace tidegate {

// Terminate at most, and Close.
inline Duration ClusterWait(const Manifest& manifest) {
  return manifest.Timeout(EntryPoint::kTerminate);
}

}  // namespace tidegate
