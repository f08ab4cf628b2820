// Reading TOML with places in every message.
#include "host/apps/shared/toml_reader.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "host/core/line.h"
#include "host/core/nearest.h"

namespace tidegate {
namespace {

// Marks an error that says already where it is: one from a table within a table.
constexpr std::string_view kPlaced = "configuration";

// Behind the text that begins at `at` with a quote: TOML's four kinds of it.
std::size_t BehindText(std::string_view toml, std::size_t at) {
  const char quote = toml[at];
  const std::string three(3, quote);
  const bool lines = toml.substr(at, 3) == three;
  at += lines ? 3 : 1;
  while (at < toml.size()) {
    if (quote == '"' && toml[at] == '\\') {
      at += 2;
    } else if (lines ? toml.substr(at, 3) == three : toml[at] == quote) {
      return at + (lines ? 3 : 1);
    } else if (!lines && toml[at] == '\n') {
      return at;  // toml::parse says what is wrong with it
    } else {
      ++at;
    }
  }
  return at;
}

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// A text in double quotes, its letters as \U and eight digits; none where a backslash precedes one.
std::optional<std::string> Escaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t pair = text[at] == '\\' && at + 1 < text.size() ? 2 : 1;
    if (first < 0x80) {
      if (!IsAscii(text.substr(at, pair))) return std::nullopt;
      out += text.substr(at, pair);
      at += pair;
      continue;
    }
    const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    unsigned long letter = first & (0x7Fu >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
      letter = letter << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
    }
    char escape[16];
    std::snprintf(escape, sizeof escape, "\\U%08lX", letter);
    out += escape;
    at += bytes;
  }
  return out;
}

// The same document in ASCII, line by line: letters in comments go, those in texts are escaped.
// Why: toml++ 3.3 runs into undefined behaviour at letters in places where none may be.
Result<std::string> InAscii(std::string_view toml, const std::string& file) {
  const auto wrong = [&](std::size_t at, const char* why) {
    const auto line = 1 + std::ranges::count(toml.substr(0, at), '\n');
    return Error{ErrorCode::kInvalidData, "", file + ":" + std::to_string(line) + ": " + why};
  };
  if (!IsUtf8(toml)) return wrong(0, "the file is not UTF-8");
  std::string out;
  for (std::size_t at = 0; at < toml.size();) {
    const std::size_t from = at;
    if (toml[at] == '#') {
      at = std::min(toml.find('\n', at), toml.size());
    } else if (toml[at] == '"' || toml[at] == '\'') {
      at = std::min(BehindText(toml, at), toml.size());
    } else {
      ++at;
    }
    std::string part(toml.substr(from, at - from));
    if (toml[from] == '#') {
      std::erase_if(part, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    } else if (!IsAscii(part)) {
      const std::optional<std::string> escaped =
          toml[from] == '"' ? Escaped(part) : std::optional<std::string>();
      if (!escaped) return wrong(from, "a letter that is not ASCII belongs in double quotes");
      part = *escaped;
    }
    out += part;
  }
  return out;
}

}  // namespace

Outcome TableReader::Read(const toml::table& table) const {
  for (const auto& [key, node] : table) {
    const std::string_view name = key.str();
    const auto reader =
        std::ranges::find_if(readers_, [name](const auto& entry) { return entry.first == name; });
    if (reader == readers_.end()) {
      std::vector<std::string_view> names;
      for (const auto& entry : readers_) names.push_back(entry.first);
      return At(node, "unknown key " + std::string(key.str()) + " in " + what_ +
                          Suggestion(key.str(), names));
    }
    const Outcome read = reader->second(node);
    if (read) continue;
    Error error = read.error();
    if (error.op == kPlaced) return error;
    return At(node, std::string(key.str()) + " " + error.detail);
  }
  return Ok();
}

std::string TableReader::Place(const toml::node& node) const {
  return file_ + ":" + std::to_string(node.source().begin.line) + ": ";
}

Error TableReader::At(const toml::node& node, std::string message) const {
  return {ErrorCode::kInvalidParameter, std::string(kPlaced), Place(node) + std::move(message)};
}

// A key of many parts is as many tables, each in the other, and whoever reads or ends them calls
// itself as often. Nothing here has more than three. 0: no line has too many.
int LineOfLongKey(std::string_view toml) {
  constexpr int kDots = 64;
  int line = 1, dots = 0;
  for (std::size_t at = 0; at < toml.size();) {
    const char c = toml[at];
    if (c == '"' || c == '\'') {
      const std::size_t behind = BehindText(toml, at);
      line += static_cast<int>(std::ranges::count(toml.substr(at, behind - at), '\n'));
      at = behind;
      continue;
    }
    if (c == '#') {
      at = std::min(toml.find('\n', at), toml.size());
      continue;
    }
    if (c == '.' && ++dots > kDots) return line;
    if (c == '\n') {
      dots = 0;
      ++line;
    }
    ++at;
  }
  return 0;
}

Result<toml::table> ParseToml(std::string_view text, const std::string& file) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const Result<std::string> ascii = InAscii(text, file);
  if (!ascii) return ascii.error();
  if (const int line = LineOfLongKey(*ascii); line != 0) {
    return Error{ErrorCode::kInvalidData, "",
                 file + ":" + std::to_string(line) + ": a key has too many parts"};
  }
  try {
    return toml::parse(*ascii, file);
  } catch (const toml::parse_error& error) {
    return Error{ErrorCode::kInvalidData, "",
                 file + ":" + std::to_string(error.source().begin.line) + ": " +
                     std::string(error.description())};
  }
}

Result<toml::table> ParseForeignToml(std::string_view text, const std::string& file) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x80) continue;
    return Error{ErrorCode::kInvalidData, "", file + ": has characters outside of ASCII"};
  }
  return ParseToml(text, file);
}

Error Expected(std::string what) { return {ErrorCode::kInvalidParameter, "", "must be " + what}; }

TableReader::Reader String(std::string& out) {
  return [&out](const toml::node& node) -> Outcome {
    const auto value = node.value_exact<std::string>();
    if (!value || value->empty()) return Expected("a text that is not empty");
    out = *value;
    return Ok();
  };
}

TableReader::Reader StringList(std::vector<std::string>& out) {
  return [&out](const toml::node& node) -> Outcome {
    const toml::array* array = node.as_array();
    if (array == nullptr) return Expected("a list of texts, such as [\"a\", \"b\"]");
    out.clear();
    for (const toml::node& item : *array) {
      const auto text = item.value_exact<std::string>();
      if (!text || text->empty()) return Expected("a list of texts that are not empty");
      out.push_back(*text);
    }
    return Ok();
  };
}

TableReader::Reader Boolean(bool& out) {
  return [&out](const toml::node& node) -> Outcome {
    const auto value = node.value_exact<bool>();
    if (!value) return Expected("true or false");
    out = *value;
    return Ok();
  };
}

TableReader::Reader Integer(std::function<void(std::int64_t)> set, std::int64_t min,
                            std::int64_t max) {
  return [set = std::move(set), min, max](const toml::node& node) -> Outcome {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < min || *value > max) {
      return Expected("an integer from " + std::to_string(min) + " to " + std::to_string(max));
    }
    set(*value);
    return Ok();
  };
}

TableReader::Reader Table(TableReader reader) {
  return [reader = std::move(reader)](const toml::node& node) -> Outcome {
    const toml::table* table = node.as_table();
    if (table == nullptr) return Expected("a table");
    return reader.Read(*table);
  };
}

}  // namespace tidegate
