// Wrapped text is golden text whose long lines go on below, indented, as the source wants them.
#pragma once

#include <string>

namespace tidegate::test {

inline std::string Wrapped(const std::string& text, std::size_t columns = 96) {
  std::string out;
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::string line = text.substr(begin, text.find('\n', begin) - begin);
    begin += line.size() + 1;
    while (line.size() > columns) {
      const std::size_t blank = line.rfind(' ', columns);
      if (blank == std::string::npos || blank < 5) break;
      out += line.substr(0, blank) + "\n";
      line = "    " + line.substr(blank + 1);
    }
    out += line + "\n";
  }
  return out;
}

}  // namespace tidegate::test
