// One-line attributes of /sys, and what is in a folder of it or of /proc.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace tidegate {

// The folder of a block device, be it there or not.
std::string SysOf(dev_t device);
// Without its newline; empty when there is no such attribute or it cannot be read.
std::optional<std::string> ReadAttribute(const std::string& path);
// 0 or an errno.
int WriteAttribute(const std::string& path, const std::string& text);
// Empty when it cannot be read.
std::vector<std::string> NamesIn(const std::string& folder);

}  // namespace tidegate
