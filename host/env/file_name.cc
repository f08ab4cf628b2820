// Names as file names.
#include "host/env/file_name.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace tidegate {
namespace {

// NAME_MAX is 255; callers append a suffix such as ".lock".
constexpr std::size_t kNameBytes = 200;

// Windows takes "VOL1" for "vol1", and drops a dot at the end. Source: "Naming Files, Paths, and
// Namespaces".
#if defined(_WIN32)
constexpr bool kAsWindows = true;
#else
constexpr bool kAsWindows = false;
#endif

bool Keeps(std::string_view name, std::size_t at) {
  const char c = name[at];
  if (c >= 'A' && c <= 'Z') return !kAsWindows;
  if (c == '.') return at > 0 && !(kAsWindows && at + 1 == name.size());
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::uint64_t Fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// A folder of such a name is made by "\\?\" alone, and hardly any tool can remove it.
bool IsWindowsDevice(std::string_view name) {
  std::string base(name.substr(0, name.find('.')));
  for (char& c : base) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  constexpr std::string_view kDevices[] = {"con", "prn", "aux", "nul"};
  if (std::ranges::find(kDevices, base) != std::end(kDevices)) return true;
  const bool numbered = base.size() == 4 && base[3] >= '0' && base[3] <= '9';
  return numbered && (base.starts_with("com") || base.starts_with("lpt"));
}

// As a resource is called where its name is not known (names.h). Such folders are swept
// (Store::Sweep), so that of a resource whose name that really is must be another one.
bool IsNumber(std::string_view name) {
  return name.starts_with('#') && name.size() > 1 &&
         std::ranges::all_of(name.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string FileName(std::string_view name) {
  std::string out;
  char buffer[24];
  const bool number = IsNumber(name);
  const bool device = kAsWindows && IsWindowsDevice(name);
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (Keeps(name, i) && !number && !(device && i == 0)) {
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
