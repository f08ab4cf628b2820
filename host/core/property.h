// A property is a setting of a resource that its policy declares: name, type, default, bounds, doc.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "host/core/result.h"

namespace tidegate {

enum class PropertyType : std::uint8_t { kString, kInteger, kBoolean, kDuration };

constexpr std::string_view Name(PropertyType t) {
  constexpr std::string_view kNames[] = {"string", "integer", "boolean", "duration"};
  return kNames[static_cast<int>(t)];
}
std::optional<PropertyType> PropertyTypeNamed(std::string_view name);

// A duration is kept as the text it was given ("250ms"): it is what every policy function takes.
using PropertyValue = std::variant<std::string, std::int64_t, bool>;

struct PropertySpec {
  std::string name;
  PropertyType type = PropertyType::kString;
  bool required = false;
  std::optional<PropertyValue> fallback;  // `default` in the policy
  std::optional<std::int64_t> min;        // integers only, inclusive
  std::optional<std::int64_t> max;
  bool unique = false;      // no two resources have the same value: a device, a mount point
  bool reloadable = false;  // may change while the resource is online
  std::string doc;
};

using Properties = std::map<std::string, PropertyValue, std::less<>>;

std::string Text(const PropertyValue& value);

// Reads a value that arrived as text (--set Name=value, an OCF parameter) as the spec's type.
Result<PropertyValue> ParseProperty(const PropertySpec& spec, std::string_view text);

// Checks the given values against the specs and fills in defaults. The error names the property and
// what it must be; an unknown name is an error that suggests the nearest known one.
Result<Properties> Validate(const std::vector<PropertySpec>& specs, const Properties& given);

}  // namespace tidegate
