// FileSystemFacts are what a mounted file system says of itself.
#pragma once

#include <cstdint>
#include <string>

namespace tidegate {

struct FileSystemFacts {
  std::string name;  // "NTFS"; empty: nothing is mounted, and the rest says nothing
  std::string label;
  std::uint32_t serial = 0;
  std::uint32_t longest_name = 0;  // characters of one component of a path
  std::uint32_t flags = 0;         // as GetVolumeInformation has them
  std::uint64_t free_bytes = 0;
};

}  // namespace tidegate
