// Paths, sizes and digests of a pack's files.
#include "host/apps/shared/pack/pack_files.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "host/core/limits.h"
#include "host/core/line.h"
#include "host/lua/sha256.h"

namespace tidegate {
namespace {

constexpr std::size_t kDigestLetters = 64;
constexpr std::size_t kNameBytes = 100;  // what a tar's header has room for

Error Bad(std::string detail) { return {ErrorCode::kInvalidData, "", std::move(detail)}; }

std::string Shown(std::string_view path) { return PrintableLine(path, 200); }

std::string Folded(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return folded;
}

// Source: "Naming Files, Paths, and Namespaces".
bool IsReservedOnWindows(std::string_view component) {
  const std::string base = Folded(component.substr(0, component.find('.')));
  constexpr std::array<std::string_view, 4> kDevices = {"con", "prn", "aux", "nul"};
  if (std::ranges::find(kDevices, base) != kDevices.end()) return true;
  return base.size() == 4 && (base.starts_with("com") || base.starts_with("lpt")) &&
         base[3] >= '0' && base[3] <= '9';
}

Outcome CheckComponent(std::string_view component, const std::string& path) {
  if (component.empty()) return Bad(path + ": the path has an empty part");
  if (component == "." || component == "..") {
    return Bad(path + ": the path leads out of the pack or around in it");
  }
  if (component.size() > kNameBytes) {
    return Bad(path + ": a name in the path is longer than " + std::to_string(kNameBytes) +
               " bytes");
  }
  if (component.front() == '.') {
    return Bad(path + ": a pack has no hidden files");
  }
  if (component.back() == '.') {
    return Bad(path + ": a name that ends in a dot is another one on Windows");
  }
  if (IsReservedOnWindows(component)) {
    return Bad(path + ": " + std::string(component) + " is a device's name on Windows");
  }
  return Ok();
}

struct Line {
  std::string_view digest;
  std::string_view path;
};

std::optional<Line> ParseLine(std::string_view line) {
  if (line.size() <= kDigestLetters + 2) return std::nullopt;
  const Line parsed{line.substr(0, kDigestLetters), line.substr(kDigestLetters + 2)};
  const bool hex = std::ranges::all_of(
      parsed.digest, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!hex || line.substr(kDigestLetters, 2) != "  ") return std::nullopt;
  return parsed;
}

}  // namespace

Outcome CheckPath(std::string_view path) {
  const std::string shown = Shown(path);
  if (path.empty()) return Bad("a file without a name");
  if (!IsUtf8(path)) return Bad(shown + ": the path is not UTF-8");
  if (path.size() > limits::kPackPathBytes) {
    return Bad(shown + ": the path is longer than " + std::to_string(limits::kPackPathBytes) +
               " bytes");
  }
  if (path.front() == '/') return Bad(shown + ": the path is absolute");
  if (path.find('\\') != path.npos) {
    return Bad(shown + ": a backslash separates folders on Windows; use /");
  }
  const bool plain = std::ranges::all_of(path, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '.' || c == '_' || c == '-';
  });
  if (!plain) return Bad(shown + ": the path has other characters than A-Z a-z 0-9 . _ - /");
  if (path == kDigests || path == kSignature) {
    return Bad(shown + ": this name is for the list and its signature");
  }
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (Outcome checked = CheckComponent(path.substr(begin, end - begin), shown); !checked) {
      return checked;
    }
    begin = end + 1;
  }
  return Ok();
}

std::size_t PackFilesReader::room() const {
  return std::min(limits::kPackFileBytes, limits::kPackBytes - bytes_);
}

Outcome PackFilesReader::Add(std::string_view path, std::string bytes) {
  if (Outcome checked = CheckPath(path); !checked) return checked;
  if (files_.size() >= limits::kPackFiles) {
    return Bad("more than " + std::to_string(limits::kPackFiles) + " files");
  }
  if (bytes.size() > limits::kPackFileBytes) {
    return Bad(Shown(path) + ": larger than " + std::to_string(limits::kPackFileBytes >> 10) +
               " KiB, the most that a file of a pack may have");
  }
  if (bytes.size() > limits::kPackBytes - bytes_) {
    return Bad("the files of the pack have more than " + std::to_string(limits::kPackBytes >> 20) +
               " MiB, the most that a pack may have");
  }
  const std::string name(path);
  if (files_.contains(name)) return Bad(name + ": the file is there twice");
  for (std::size_t end = name.find('/');; end = name.find('/', end + 1)) {
    const std::string part = name.substr(0, end);
    const std::string as = end == name.npos ? name : part + "/";
    const auto [known, added] = folded_.emplace(Folded(part), as);
    if (!added && (known->second != as || end == name.npos)) {
      return Bad(as + ": clashes with " + known->second + ", which differs only in the case of " +
                 "letters or is a folder of that name");
    }
    if (end == name.npos) break;
  }
  bytes_ += bytes.size();
  files_.emplace(name, std::move(bytes));
  return Ok();
}

std::string ListOf(const PackFiles& files) {
  std::string list;
  for (const auto& [path, bytes] : files) list += Sha256(bytes) + "  " + path + "\n";
  return list;
}

namespace {

// Every line by itself, and their order.
Result<std::vector<Line>> ParseList(std::string_view list) {
  const std::string name(kDigests);
  std::vector<Line> lines;
  while (!list.empty()) {
    const std::size_t end = list.find('\n');
    const std::optional<Line> line =
        end == list.npos ? std::nullopt : ParseLine(list.substr(0, end));
    if (!line) {
      return Bad(name + ": a line is not \"SHA-256, two blanks, path\": " +
                 Shown(list.substr(0, std::min<std::size_t>(end, 100))));
    }
    if (!lines.empty() && line->path == lines.back().path) {
      return Bad(name + ": names " + Shown(line->path) + " twice");
    }
    if (!lines.empty() && line->path < lines.back().path) {
      return Bad(name + ": " + Shown(line->path) + " stands after " + Shown(lines.back().path) +
                 "; the paths must be in order");
    }
    lines.push_back(*line);
    list.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace

Outcome CheckList(std::string_view list, const PackFiles& files) {
  const std::string name(kDigests);
  if (files.empty()) return Bad("there are no files in the pack");
  if (list.empty()) return Bad(name + " is empty");
  const Result<std::vector<Line>> lines = ParseList(list);
  if (!lines) return lines.error();
  auto next = files.begin();
  for (const Line& line : *lines) {
    if (next != files.end() && next->first < line.path) break;
    if (next == files.end() || next->first != line.path) {
      return Bad(Shown(line.path) + ": " + name + " names this file, the pack does not have it");
    }
    if (Sha256(next->second) != line.digest) {
      return Error{ErrorCode::kFileCorrupt, "",
                   next->first + ": its content is not what " + name + " says (SHA-256 differs)"};
    }
    ++next;
  }
  if (next == files.end()) return Ok();
  return Bad(next->first + ": the pack has this file, " + name + " does not name it");
}

}  // namespace tidegate
