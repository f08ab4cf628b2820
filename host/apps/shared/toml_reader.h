// A TableReader reads one table of a TOML file: every key has a reader, and what none reads is an
// error. Every message names file, line and what was expected.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
// What its parser asserts of a malformed text it reports as an error a few lines on.
#define TOML_ASSERT(expr) static_assert(true)
#include <toml++/toml.h>
#include <utility>
#include <vector>

#include "host/core/result.h"

namespace tidegate {

class TableReader {
 public:
  using Reader = std::function<Outcome(const toml::node&)>;

  // `what` is the table as messages call it: "[resource.monitor]".
  TableReader(std::string file, std::string what)
      : file_(std::move(file)), what_(std::move(what)) {}

  TableReader& Key(std::string_view name, Reader reader) {
    readers_.emplace_back(name, std::move(reader));
    return *this;
  }

  Outcome Read(const toml::table& table) const;

  std::string Place(const toml::node& node) const;
  Error At(const toml::node& node, std::string message) const;

 private:
  std::string file_;
  std::string what_;
  std::vector<std::pair<std::string_view, Reader>> readers_;
};

Result<toml::table> ParseToml(std::string_view text, const std::string& file);
// The same of a vendor's file: plain ASCII only.
Result<toml::table> ParseForeignToml(std::string_view text, const std::string& file);

// "must be WHAT", for a reader to answer; the table adds where.
Error Expected(std::string what);

TableReader::Reader String(std::string& out);
TableReader::Reader StringList(std::vector<std::string>& out);
TableReader::Reader Boolean(bool& out);
TableReader::Reader Integer(std::function<void(std::int64_t)> set, std::int64_t min,
                            std::int64_t max);
TableReader::Reader Table(TableReader reader);

}  // namespace tidegate
