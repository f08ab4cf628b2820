// The house rules as pure functions over one file's text: what may include what, and how it looks.
//
// Each checker answers one line per offence, "path:line: what is wrong". Paths are relative to the
// repository, with forward slashes; tests/ may include anything.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::tidy {

using Offences = std::vector<std::string>;

inline bool IsAny(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

inline bool StartsWithAny(std::string_view text, std::initializer_list<std::string_view> heads) {
  return std::any_of(heads.begin(), heads.end(),
                     [&](std::string_view head) { return text.starts_with(head); });
}

// The room that a path lies in, or nothing.
inline std::string_view RoomOf(std::string_view path) {
  for (std::string_view room : {"host/core", "host/lua", "bindings", "host/engine", "host/env",
                                "host/sim", "host/apps", "scripts"}) {
    if (path.starts_with(room) && path.substr(room.size()).starts_with('/')) return room;
  }
  return {};
}

// core <- lua <- bindings <- engine <- env | sim <- apps, where env sees core only.
inline bool RoomMayInclude(std::string_view from, std::string_view to) {
  if (to.empty()) return false;
  if (from == to || from == "host/apps") return true;
  if (from == "host/lua") return to == "host/core";
  if (from == "bindings") return IsAny(to, {"host/core", "host/lua"});
  if (from == "host/engine") return IsAny(to, {"host/core", "host/lua", "bindings", "scripts"});
  if (from == "host/env") return to == "host/core";
  if (from == "host/sim") {
    return IsAny(to, {"host/core", "host/lua", "bindings", "host/engine", "scripts"});
  }
  return false;
}

inline bool IsLua(std::string_view header) {
  return IsAny(header, {"lua.h", "lua.hpp", "luaconf.h", "lauxlib.h", "lualib.h"});
}

// Clocks, threads, files, chance: whatever makes two runs differ. C's own headers have C++ names
// (<cstring>), so that a plain x.h is a system's.
inline bool IsOperatingSystem(std::string_view header) {
  if (IsAny(header, {"stddef.h", "stdint.h", "string.h"})) return false;  // C's own
  if (header.ends_with(".h") && header.find('/') == header.npos) return !IsLua(header);
  return StartsWithAny(header, {"sys/", "linux/", "asm/", "arpa/", "net/", "netinet/", "bits/"}) ||
         IsAny(header, {"thread", "mutex", "shared_mutex", "condition_variable", "chrono", "future",
                        "semaphore", "latch", "barrier", "stop_token", "fstream", "filesystem",
                        "iostream", "csignal", "ctime", "random"});
}

// What is wrong with `room` including <header>; nothing when it may.
inline std::string_view SystemOffence(std::string_view room, std::string_view header) {
  const bool outside = IsAny(room, {"host/env", "host/apps"});
  if (IsLua(header)) {
    return IsAny(room, {"host/lua", "bindings"}) ? "" : "lua.h is for host/lua and bindings";
  }
  if (IsOperatingSystem(header)) {
    return outside ? "" : "the operating system, threads and clocks are for host/env and host/apps";
  }
  if (header.starts_with("spdlog/")) return outside ? "" : "spdlog is for host/env and host/apps";
  if (header.starts_with("nlohmann/")) {
    return IsAny(room, {"host/lua", "host/engine", "host/apps"})
               ? ""
               : "JSON is for host/lua, host/engine and host/apps";
  }
  if (StartsWithAny(header, {"CLI/", "toml++/"})) {
    return room == "host/apps" ? "" : "this library is for host/apps";
  }
  const bool standard = header.find_first_of("./") == header.npos;
  return room == "host/core" && !standard ? "host/core includes the standard library only" : "";
}

// Calls line(number, text) for each line, without its line end.
template <typename Line>
void EachLine(std::string_view text, Line line) {
  std::size_t number = 1;
  for (; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    line(number, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

inline std::string At(std::string_view path, std::size_t line, std::string_view what) {
  return std::string(path) + ":" + std::to_string(line) + ": " + std::string(what);
}

// The header that an #include line names, with its opening quote or bracket; nothing otherwise.
inline std::string_view IncludedBy(std::string_view line) {
  const auto skip_blanks = [&] {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  };
  skip_blanks();
  if (!line.starts_with('#')) return {};
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include")) return {};
  line.remove_prefix(7);
  skip_blanks();
  return line.substr(0, line.find_first_of("\">", 1));
}

inline Offences CheckIncludes(std::string_view path, std::string_view text) {
  Offences offences;
  const std::string_view room = RoomOf(path);
  if (room.empty()) return offences;
  EachLine(text, [&](std::size_t number, std::string_view line) {
    const std::string_view header = IncludedBy(line);
    if (header.empty()) return;
    const std::string_view name = header.substr(1);
    if (header.front() == '<') {
      const std::string_view what = SystemOffence(room, name);
      if (!what.empty()) offences.push_back(At(path, number, what));
    } else if (!RoomMayInclude(room, RoomOf(name))) {
      offences.push_back(
          At(path, number, std::string(room) + " may not include " + std::string(name)));
    }
  });
  return offences;
}

// Columns as a reader counts them: a UTF-8 sequence is one.
inline std::size_t Columns(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

inline constexpr std::size_t kMaxColumns = 100;
inline constexpr std::size_t kMaxLines = 500;

inline Offences CheckStyle(std::string_view path, std::string_view text) {
  Offences offences;
  std::size_t lines = 0;
  EachLine(text, [&](std::size_t number, std::string_view line) {
    lines = number;
    const auto offend = [&](std::string_view what) { offences.push_back(At(path, number, what)); };
    if (line.find('\t') != line.npos) offend("a tab");
    if (line.ends_with(' ') || line.ends_with('\r')) offend("a blank at the end");
    if (Columns(line) > kMaxColumns) offend("more than 100 columns");
    for (std::string_view note : {"TO"
                                  "DO",
                                  "FIX"
                                  "ME",
                                  "XX"
                                  "X"}) {
      if (line.find(note) != line.npos) offend("something left to do");
    }
  });
  const bool code = path.ends_with(".h") || path.ends_with(".cc");
  if (code && !StartsWithAny(text, {"// ", "/* "})) {
    offences.push_back(At(path, 1, "the first line does not say what the file is"));
  }
  if (lines > kMaxLines) offences.push_back(At(path, lines, "more than 500 lines"));
  return offences;
}

}  // namespace tidegate::tidy
