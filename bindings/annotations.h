// The annotations describe to lua-language-server everything that a policy can call: the operations
// from the same fields that check their arguments, the rest from one table.
#pragma once

#include <string>
#include <vector>

namespace tidegate {

struct AnnotationFile {
  std::string name;  // "volume.lua", below scripts/library
  std::string text;
};

// A file for each table that `require` answers, which is how the language server finds it,
// tidegate.lua for the types, and open_volume.lua for the methods of a volume.
std::vector<AnnotationFile> Annotations();

}  // namespace tidegate
