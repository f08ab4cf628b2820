// The tree's own files, as the tidy tests read them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/rules.h"

namespace tidegate::tidy {

struct File {
  std::string path;  // relative to the repository
  std::string text;
};

inline std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Every file below the folders whose name ends in one of `ends`, sorted by path.
inline std::vector<File> Tree(std::initializer_list<std::string_view> folders,
                              std::initializer_list<std::string_view> ends) {
  namespace fs = std::filesystem;
  const fs::path root = TIDEGATE_SOURCE_DIR;
  std::vector<File> files;
  for (std::string_view folder : folders) {
    if (!fs::exists(root / folder)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file() || !IsAny(entry.path().extension().string(), ends)) continue;
      files.push_back({fs::relative(entry.path(), root).generic_string(), ReadAll(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.path < b.path; });
  return files;
}

inline std::string Join(const Offences& offences) {
  std::string all;
  for (const std::string& offence : offences) all += offence + "\n";
  return all;
}

}  // namespace tidegate::tidy
