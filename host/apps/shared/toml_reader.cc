// Reading TOML with places in every message.
#include "host/apps/shared/toml_reader.h"

#include <algorithm>

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

// The line of the first letter outside of ASCII that is neither in quotes nor in a comment; 0:
// none.
int LineOfBareLetter(std::string_view toml) {
  int line = 1;
  for (std::size_t at = 0; at < toml.size();) {
    const std::size_t from = at;
    if (toml[at] == '#') {
      at = std::min(toml.find('\n', at), toml.size());
    } else if (toml[at] == '"' || toml[at] == '\'') {
      at = std::min(BehindText(toml, at), toml.size());
    } else if (static_cast<unsigned char>(toml[at++]) >= 0x80) {
      return line;
    }
    line += static_cast<int>(std::ranges::count(toml.substr(from, at - from), '\n'));
  }
  return 0;
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

// Why the letters are looked at first: toml++ 3.3 runs into undefined behaviour at some of them.
Result<toml::table> ParseToml(std::string_view text, const std::string& file) {
  const std::string_view rest = text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
  if (const int line = LineOfBareLetter(rest); line != 0) {
    return Error{ErrorCode::kInvalidData, "",
                 file + ":" + std::to_string(line) +
                     ": a letter that is not ASCII; a key or text with it must be in quotes"};
  }
  try {
    return toml::parse(text, file);
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
