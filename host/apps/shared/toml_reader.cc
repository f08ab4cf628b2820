// Reading TOML with places in every message.
#include "host/apps/shared/toml_reader.h"

#include <algorithm>

#include "host/core/nearest.h"

namespace tidegate {
namespace {

// Marks an error that says already where it is: one from a table within a table.
constexpr std::string_view kPlaced = "configuration";

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

Result<toml::table> ParseToml(std::string_view text, const std::string& file) {
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
