// Values to words and back.
#include "host/core/trace_words.h"

#include <array>
#include <charconv>

#include "host/core/text.h"

namespace tidegate::trace {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

template <class N>
bool ReadNumber(std::string_view word, N& value) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc() && end == word.data() + word.size() && !word.empty();
}

// Reads one of `count` values by the words that they are written as.
template <class E>
bool ReadNamed(std::string_view word, E& value, int first, int count) {
  for (int i = first; i < first + count; ++i) {
    if (Written(static_cast<E>(i)) != word) continue;
    value = static_cast<E>(i);
    return true;
  }
  return false;
}

constexpr std::array<std::string_view, 4> kLevels = {"debug", "information", "warning", "error"};
constexpr std::array<std::string_view, kKinds> kKindNames = {
    "nothing", "flag",       "number", "text",    "handle",
    "extents", "attributes", "names",  "numbers", "reservation"};

}  // namespace

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (u < ' ' || u >= 0x7f) {
      out += {'\\', 'x', kHex[u >> 4], kHex[u & 15]};
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::optional<std::string> Unquoted(std::string_view word) {
  if (word.size() < 2 || !word.starts_with('"') || !word.ends_with('"')) return std::nullopt;
  word = word.substr(1, word.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '"') return std::nullopt;
    if (word[i] != '\\') {
      out += word[i];
      continue;
    }
    if (++i == word.size()) return std::nullopt;
    if (word[i] == 'n') {
      out += '\n';
    } else if (word[i] != 'x') {
      out += word[i];
    } else {
      if (i + 2 >= word.size()) return std::nullopt;
      const std::size_t high = kHex.find(word[i + 1]);
      const std::size_t low = kHex.find(word[i + 2]);
      if (high == kHex.npos || low == kHex.npos) return std::nullopt;
      out += static_cast<char>(high << 4 | low);
      i += 2;
    }
  }
  return out;
}

std::string_view TakeWord(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  bool quoted = false;
  std::size_t end = 0;
  for (; end < line.size() && (quoted || line[end] != ' '); ++end) {
    if (line[end] == '\\' && quoted) {
      ++end;
    } else if (line[end] == '"') {
      quoted = !quoted;
    }
  }
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(word.size());
  return word;
}

std::string Clock(Duration since) {
  const bool negative = since.ns < 0;
  const std::int64_t us = (negative ? -since.ns : since.ns) / 1000;
  std::string fraction = std::to_string(us % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  return (negative ? "-" : "") + std::to_string(us / 1'000'000) + "." + fraction;
}

std::optional<Duration> ParseClock(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t dot = text.find('.');
  std::uint32_t seconds = 0;
  std::uint32_t us = 0;
  if (dot == text.npos || text.size() != dot + 7) return std::nullopt;
  if (!ReadNumber(text.substr(0, dot), seconds) || !ReadNumber(text.substr(dot + 1), us)) {
    return std::nullopt;
  }
  const Duration read = Seconds(seconds) + Microseconds(us);
  return negative ? Duration{-read.ns} : read;
}

std::string Written(bool value) { return value ? "true" : "false"; }
std::string Written(std::int64_t value) { return std::to_string(value); }
std::string Written(int value) { return std::to_string(value); }
std::string Written(std::uint32_t value) { return std::to_string(value); }
std::string Written(std::uint64_t value) { return std::to_string(value); }
std::string Written(Duration value) {
  const std::string text = Text(value);
  return ParseDuration(text) == value ? text : std::to_string(value.ns) + "ns";
}
std::string Written(Instant value) { return Clock(value - Instant{}); }
std::string Written(const std::string& value) { return Quoted(value); }
std::string Written(const SharedText& value) { return Quoted(value.str()); }
std::string Written(VolumeHandle value) { return std::to_string(value.id); }
std::string Written(const Extent& e) {
  return std::to_string(e.disk) + "@" + std::to_string(e.offset) + "+" + std::to_string(e.length);
}
std::string Written(Task value) { return Name(value); }
std::string Written(EntryPoint value) { return std::string(Name(value)); }
std::string Written(ErrorCode value) {
  if (value == ErrorCode::kSuccess) return "ok";
  const std::string_view name = Name(value);
  if (name == "ERROR_UNKNOWN") return std::to_string(static_cast<std::uint32_t>(value));
  return std::string(name.substr(6));
}
std::string Written(CauseKind value) {
  std::string name(Name(value));
  for (char& c : name) c = c == ' ' ? '_' : c;
  return name;
}
std::string Written(ResourceState value) { return std::string(Name(value)); }
std::string Written(Level value) { return std::string(kLevels[static_cast<std::size_t>(value)]); }
std::string Written(Kind value) { return std::string(kKindNames[static_cast<std::size_t>(value)]); }

bool Read(std::string_view word, bool& value) {
  value = word == "true" || word == "ok";
  return value || word == "false" || word == "failed";
}
bool Read(std::string_view word, std::int64_t& value) { return ReadNumber(word, value); }
bool Read(std::string_view word, int& value) { return ReadNumber(word, value); }
bool Read(std::string_view word, std::uint32_t& value) { return ReadNumber(word, value); }
bool Read(std::string_view word, std::uint64_t& value) { return ReadNumber(word, value); }
bool Read(std::string_view word, Duration& value) {
  if (word.ends_with("ns")) return ReadNumber(word.substr(0, word.size() - 2), value.ns);
  const std::optional<Duration> read = ParseDuration(word);
  value = read.value_or(Duration{});
  return read.has_value();
}
bool Read(std::string_view word, Instant& value) {
  const std::optional<Duration> since = ParseClock(word);
  value = Instant{} + since.value_or(Duration{});
  return since.has_value();
}
bool Read(std::string_view word, std::string& value) {
  std::optional<std::string> text = Unquoted(word);
  if (text) value = std::move(*text);
  return text.has_value();
}
bool Read(std::string_view word, SharedText& value) {
  std::string text;
  const bool read = Read(word, text);
  value = SharedText(std::move(text));
  return read;
}
bool Read(std::string_view word, VolumeHandle& value) { return ReadNumber(word, value.id); }
bool Read(std::string_view word, Extent& e) {
  const std::size_t at = word.find('@');
  const std::size_t plus = word.find('+');
  if (at == word.npos || plus == word.npos || plus < at) return false;
  return ReadNumber(word.substr(0, at), e.disk) &&
         ReadNumber(word.substr(at + 1, plus - at - 1), e.offset) &&
         ReadNumber(word.substr(plus + 1), e.length);
}
bool Read(std::string_view word, Task& value) { return ReadNamed(word, value, 0, kTasks); }
bool Read(std::string_view word, EntryPoint& value) {
  return ReadNamed(word, value, 0, static_cast<int>(kEntryPoints));
}
bool Read(std::string_view word, ErrorCode& value) {
  std::uint32_t number = 0;
  if (ReadNumber(word, number)) {
    value = static_cast<ErrorCode>(number);
    return true;
  }
  const std::optional<ErrorCode> code = word == "ok" ? ErrorCode::kSuccess : ErrorCodeNamed(word);
  value = code.value_or(ErrorCode::kSuccess);
  return code.has_value();
}
bool Read(std::string_view word, CauseKind& value) {
  return ReadNamed(word, value, 0, static_cast<int>(CauseKind::kShutdown) + 1);
}
bool Read(std::string_view word, ResourceState& value) {
  return ReadNamed(word, value, -1, 6) || ReadNamed(word, value, 126, 5);
}
bool Read(std::string_view word, Level& value) { return ReadNamed(word, value, 0, 4); }
bool Read(std::string_view word, Kind& value) { return ReadNamed(word, value, 0, kKinds); }

}  // namespace tidegate::trace
