// A StderrCapture takes what the process writes to standard error for as long as it lives. What a
// sanitizer reports still goes where it went.
#pragma once

#include <cstdio>
#include <string>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#include <sanitizer/common_interface_defs.h>
#define TIDEGATE_REPORTS_TO(fd) __sanitizer_set_report_fd(reinterpret_cast<void*>(fd))
#else
#define TIDEGATE_REPORTS_TO(fd) ((void)(fd))
#endif

namespace tidegate::test {

class StderrCapture {
 public:
  StderrCapture() : file_(std::tmpfile()) {
    static const long real = dup(STDERR_FILENO);
    TIDEGATE_REPORTS_TO(real);
    real_ = static_cast<int>(real);
    std::fflush(stderr);
    dup2(fileno(file_), STDERR_FILENO);
  }
  ~StderrCapture() {
    Restore();
    std::fclose(file_);
  }
  StderrCapture(const StderrCapture&) = delete;
  StderrCapture& operator=(const StderrCapture&) = delete;

  // Ends the capture.
  std::string Take() {
    Restore();
    std::string text;
    std::rewind(file_);
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) text += static_cast<char>(c);
    return text;
  }

 private:
  void Restore() {
    if (real_ < 0) return;
    std::fflush(stderr);
    dup2(real_, STDERR_FILENO);
    real_ = -1;
  }

  std::FILE* file_;
  int real_ = -1;
};

}  // namespace tidegate::test
