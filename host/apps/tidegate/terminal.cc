// Words for people.
#include "host/apps/tidegate/terminal.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include "host/core/line.h"

namespace tidegate {

int Fail(int exit_code, std::string_view message) {
  // A message of several lines is several errors.
  std::size_t begin = 0;
  while (begin <= message.size()) {
    const std::size_t end = std::min(message.find('\n', begin), message.size());
    const std::string line = PrintableLine(message.substr(begin, end - begin), 4096);
    if (!line.empty()) std::fprintf(stderr, "error: %s\n", line.c_str());
    begin = end + 1;
  }
  return exit_code;
}

bool ColoursOn(int fd) {
  const char* no = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return isatty(fd) == 1 && (no == nullptr || *no == '\0') &&
         (term == nullptr || std::string_view(term) != "dumb");
}

std::string Paint(std::string_view text, Colour colour, bool on) {
  constexpr std::string_view kCodes[] = {"", "32", "33", "31", "2"};
  if (!on || colour == Colour::kPlain) return std::string(text);
  return "\x1b[" + std::string(kCodes[static_cast<int>(colour)]) + "m" + std::string(text) +
         "\x1b[0m";
}

std::string Age(Duration d) {
  const std::int64_t s = std::max<std::int64_t>(d.ns / 1'000'000'000, 0);
  if (s < 60) return std::to_string(s) + "s";
  if (s < 3600) return std::to_string(s / 60) + "m " + std::to_string(s % 60) + "s";
  if (s < 86400) return std::to_string(s / 3600) + "h " + std::to_string(s / 60 % 60) + "m";
  return std::to_string(s / 86400) + "d " + std::to_string(s / 3600 % 24) + "h";
}

std::string Bytes(std::uint64_t bytes) {
  if (bytes < 10'240) return std::to_string(bytes) + " B";
  if (bytes < (10u << 20)) return std::to_string(bytes >> 10) + " KiB";
  return std::to_string(bytes >> 20) + " MiB";
}

std::string Table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out += std::string(widths[i] - row[i].size() + 2, ' ');
    }
    out += "\n";
  }
  return out;
}

}  // namespace tidegate
