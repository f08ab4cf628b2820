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

// A file for each table that `require` answers, which is how the language server finds it, and
// tidegate.lua for the types.
std::vector<AnnotationFile> Annotations();

}  // namespace tidegate
