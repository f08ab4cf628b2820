// A file name for any text, such as a resource's name: one path component, and another one for
// another text.
#pragma once

#include <string>
#include <string_view>

namespace tidegate {

// Letters, digits, '_', '-' and inner '.' stay, other bytes become "%2f", on Windows also upper
// case letters, for its file systems do not tell them from lower case ones; a name too long for a
// file keeps its beginning and ends in a hash of the whole. At most 200 bytes. Of "#7" nothing
// stays.
std::string FileName(std::string_view name);

}  // namespace tidegate
