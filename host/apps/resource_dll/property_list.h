// A property list is the binary form in which a cluster passes properties around: a count, then
// each property as its name, its values and an end mark, everything padded to 4 bytes.
//
// Reading trusts nothing: a list that is cut short, runs past its end or lies about a length is
// ERROR_INVALID_DATA. Bytes behind the last property are ignored, as the cluster's own reader does.
// Source: "Property Lists" and CLUSPROP_LIST, clusapi.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/result.h"

namespace tidegate {

// CLUSTER_PROPERTY_FORMAT
enum class ClusterFormat : std::uint16_t {
  kUnknown = 0,
  kBinary = 1,
  kDword = 2,
  kText = 3,
  kExpandText = 4,
  kTexts = 5,
  kUnsigned64 = 6,
  kLong = 7,
  kExpandedText = 8,
  kSecurityDescriptor = 9,
  kSigned64 = 10,
  kWord = 11,
};

struct ListedValue {
  std::uint16_t type = 1;  // CLUSPROP_TYPE_LIST_VALUE
  ClusterFormat format = ClusterFormat::kUnknown;
  std::span<const std::byte> data;  // within the list

  // The text of the three text formats, without its terminator.
  std::string text() const;
  // The number of the integer formats; nothing when the size does not fit the format.
  std::optional<std::int64_t> number() const;
};

struct ListedProperty {
  std::string name;
  std::vector<ListedValue> values;
};

// The properties refer to `list`.
Result<std::vector<ListedProperty>> ReadPropertyList(std::span<const std::byte> list);

class PropertyListWriter {
 public:
  PropertyListWriter() : bytes_(4) {}

  void Text(std::string_view name, std::string_view value);
  void Dword(std::string_view name, std::uint32_t value);
  void Signed64(std::string_view name, std::int64_t value);
  void Word(std::string_view name, std::uint16_t value);
  // The value itself is absent: back to the default.
  void Nothing(std::string_view name, ClusterFormat format);

  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  void Add(std::string_view name, ClusterFormat format, std::span<const std::byte> data);
  void Part(std::uint32_t syntax, std::span<const std::byte> data);

  std::vector<std::byte> bytes_;
};

// A value list: values without names, each with its syntax, then an end mark. Source: "Value
// Lists".
class ValueListWriter {
 public:
  void Data(std::uint32_t syntax, std::span<const std::byte> data);
  void Number(std::uint32_t syntax, std::uint32_t number);
  void Text(std::uint32_t syntax, std::string_view text);
  // With its end mark; nothing may follow.
  std::vector<std::byte> Take();

 private:
  std::vector<std::byte> bytes_;
};

// Names as a REG_MULTI_SZ: what ENUM_PRIVATE_PROPERTIES answers.
std::vector<std::byte> NameList(std::span<const std::string> names);

}  // namespace tidegate
