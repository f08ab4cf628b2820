// One-line attributes of /sys.
#pragma once

#include <optional>
#include <string>

namespace tidegate {

// Without its newline; empty when there is no such attribute or it cannot be read.
std::optional<std::string> ReadAttribute(const std::string& path);
// 0 or an errno.
int WriteAttribute(const std::string& path, const std::string& text);

}  // namespace tidegate
