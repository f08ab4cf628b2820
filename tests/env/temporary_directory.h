// A TemporaryDirectory exists for one test.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

namespace tidegate::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(MakeName()) {}
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  // Whoever makes the directory has it: two tests at once may think of the same name.
  static std::string MakeName() {
    std::random_device random;
    for (;;) {
      const auto path =
          std::filesystem::temp_directory_path() / ("tidegate-" + std::to_string(random()));
      if (std::filesystem::create_directory(path)) return path.generic_string();
    }
  }
  const std::string path_;
};

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void WriteFile(const std::string& path, const std::string& data) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << data;
}

}  // namespace tidegate::test
