// Reading and writing /sys.
#include "host/env/linux/sysfs.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/sysmacros.h>
#include <system_error>

#include "host/env/fd.h"

namespace tidegate {

std::string SysOf(dev_t device) {
  return "/sys/dev/block/" + std::to_string(major(device)) + ":" + std::to_string(minor(device));
}

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
  const std::string line = text + "\n";  // the SCSI layer takes no state without its newline
  return write(fd.get(), line.data(), line.size()) < 0 ? errno : 0;
}

std::vector<std::string> NamesIn(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    names.push_back(it->path().filename());
  }
  return names;
}

}  // namespace tidegate
