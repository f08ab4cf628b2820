// Reading and writing /sys.
#include "host/env/linux/sysfs.h"

#include <fcntl.h>

#include <cerrno>

#include "host/env/fd.h"

namespace tidegate {

std::optional<std::string> ReadAttribute(const std::string& path) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char text[4096];
  const ssize_t n = fd ? read(fd.get(), text, sizeof text) : -1;
  if (n < 0) return std::nullopt;
  std::string line(text, static_cast<std::size_t>(n));
  while (!line.empty() && line.back() == '\n') line.pop_back();
  return line;
}

int WriteAttribute(const std::string& path, const std::string& text) {
  const Fd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd) return errno;
  return write(fd.get(), text.data(), text.size()) < 0 ? errno : 0;
}

}  // namespace tidegate
