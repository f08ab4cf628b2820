// A Program is one run of the built tidegate program, as a shell would run it.
#pragma once

#include <string>
#include <vector>

namespace tidegate::test {

struct Ended {
  int code = -1;       // exit code; -signal when a signal ended it
  std::string output;  // standard output and error, in order
};

const char* ProgramPath();

// Runs to the end. Kills it after two minutes.
Ended RunProgram(const std::vector<std::string>& arguments);

inline bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A running program; killed and waited for when it goes out of scope.
class Background {
 public:
  explicit Background(const std::vector<std::string>& arguments,
                      const std::string& program = ProgramPath());
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // Waits until `text` was printed; false when it did not come within half a minute.
  bool Prints(const std::string& text);
  bool Runs();
  void Signal(int signal) const;
  Ended Wait();

 private:
  void Read(int timeout_ms);
  int pid_ = -1;
  int fd_ = -1;
  std::string output_;
};

// A folder of this test alone, removed with all that is in it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  std::string Write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

}  // namespace tidegate::test
