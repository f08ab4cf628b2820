// A guarded path leads to what nobody can change but we and the system's administrators: no other
// user owns it, may write it, or may put something else in its place on the way to it.
//
// Why: what a host reads decides what is done with the host's rights. Whoever can write a policy,
// or the list of whose packs are trusted, has those rights, too.
//
// On Linux root and we may own a path, and neither group nor others may write it; a folder with the
// sticky bit (/tmp) is no harm on the way, where others cannot rename what is not theirs. Whoever
// owns the program's own file, or a folder on the way to that, is trusted like root: what the
// program refuses him he could allow himself. So a checkout works for whoever builds and runs in
// it, root included.
// On Windows SYSTEM, the administrators, TrustedInstaller and we may do anything, others may read.
// Sources: Access Mask, "Well-known SIDs"; sticky bit: path_resolution, chmod(2).
//
// Threading: any. May block.
#pragma once

#include <string>

#include "host/core/result.h"

namespace tidegate {

// ERROR_ACCESS_DENIED says who could change what, and the command that mends it. What is not there
// is no matter of guarding.
Outcome CheckGuarded(const std::string& path);

// The same, of a folder that is made if it is not there, with access for nobody but us and the
// administrators. On Windows nothing is inherited from above.
Outcome MakeGuarded(const std::string& folder);

}  // namespace tidegate
