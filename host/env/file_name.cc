// Names as file names.
#include "host/env/file_name.h"

#include <cstdint>
#include <cstdio>

namespace tidegate {
namespace {

// NAME_MAX is 255; callers append a suffix such as ".lock".
constexpr std::size_t kNameBytes = 200;

bool Keeps(char c, std::size_t at) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || (c == '.' && at > 0);
}

std::uint64_t Fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

std::string FileName(std::string_view name) {
  std::string out;
  char buffer[24];
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (Keeps(name[i], i)) {
      out += name[i];
    } else {
      std::snprintf(buffer, sizeof buffer, "%%%02x", static_cast<unsigned char>(name[i]));
      out += buffer;
    }
  }
  if (out.empty()) return "%";
  if (out.size() <= kNameBytes) return out;
  std::snprintf(buffer, sizeof buffer, "%%%%%016llx", static_cast<unsigned long long>(Fnv1a(name)));
  return out.substr(0, kNameBytes - 18) + buffer;
}

}  // namespace tidegate
