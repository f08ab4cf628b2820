// A path's identity is what the path names: two links to one device have the same.
#pragma once

#include <string>
#include <vector>

namespace tidegate {

// One for each path; empty where it names nothing, or where nobody says in time what.
//
// Why with a time: a look at a path below a dead server does not come back, and may keep no other
// resource down. The thread that looks is left behind then.
std::vector<std::string> IdentitiesOf(std::vector<std::string> paths);

}  // namespace tidegate
