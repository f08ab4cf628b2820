// Checking properties.
#include "host/core/property.h"

#include <algorithm>
#include <charconv>

#include "host/core/nearest.h"
#include "host/core/time.h"

namespace tidegate {
namespace {

Error Bad(const PropertySpec& spec, std::string why) {
  return {ErrorCode::kInvalidParameter, "", "property " + spec.name + ": " + std::move(why)};
}

Outcome CheckBounds(const PropertySpec& spec, std::int64_t n) {
  if (spec.min && n < *spec.min) {
    return Bad(spec, std::to_string(n) + " is below its minimum " + std::to_string(*spec.min));
  }
  if (spec.max && n > *spec.max) {
    return Bad(spec, std::to_string(n) + " is above its maximum " + std::to_string(*spec.max));
  }
  return Ok();
}

Outcome Check(const PropertySpec& spec, const PropertyValue& value) {
  switch (spec.type) {
    case PropertyType::kString:
      if (const auto* s = std::get_if<std::string>(&value)) {
        if (spec.required && s->empty()) return Bad(spec, "must not be empty");
        return Ok();
      }
      return Bad(spec, "must be a string");
    case PropertyType::kInteger:
      if (const auto* n = std::get_if<std::int64_t>(&value)) return CheckBounds(spec, *n);
      return Bad(spec, "must be an integer");
    case PropertyType::kBoolean:
      if (std::holds_alternative<bool>(value)) return Ok();
      return Bad(spec, "must be true or false");
    case PropertyType::kDuration:
      if (const auto* s = std::get_if<std::string>(&value); s && ParseDuration(*s)) return Ok();
      return Bad(spec, "must be a duration such as \"250ms\", \"5s\" or \"3m\"");
  }
  return Ok();
}

}  // namespace

std::optional<PropertyType> PropertyTypeNamed(std::string_view name) {
  for (const PropertyType t : {PropertyType::kString, PropertyType::kInteger,
                               PropertyType::kBoolean, PropertyType::kDuration}) {
    if (Name(t) == name) return t;
  }
  return std::nullopt;
}

std::string Text(const PropertyValue& value) {
  if (const auto* s = std::get_if<std::string>(&value)) return *s;
  if (const auto* n = std::get_if<std::int64_t>(&value)) return std::to_string(*n);
  return std::get<bool>(value) ? "true" : "false";
}

Result<PropertyValue> ParseProperty(const PropertySpec& spec, std::string_view text) {
  switch (spec.type) {
    case PropertyType::kString:
    case PropertyType::kDuration:
      return PropertyValue(std::string(text));
    case PropertyType::kBoolean:
      if (text == "true" || text == "1") return PropertyValue(true);
      if (text == "false" || text == "0") return PropertyValue(false);
      return Bad(spec, "must be true or false, not \"" + std::string(text) + "\"");
    case PropertyType::kInteger: {
      std::int64_t n = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
      if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
        return Bad(spec, "must be an integer, not \"" + std::string(text) + "\"");
      }
      return PropertyValue(n);
    }
  }
  return Bad(spec, "has an unknown type");
}

Result<Properties> Validate(const std::vector<PropertySpec>& specs, const Properties& given) {
  for (const auto& entry : given) {
    const std::string& name = entry.first;
    const bool known =
        std::ranges::any_of(specs, [&](const PropertySpec& spec) { return spec.name == name; });
    if (known) continue;
    std::vector<std::string_view> names;
    for (const PropertySpec& spec : specs) names.push_back(spec.name);
    return Error{ErrorCode::kInvalidParameter, "",
                 "unknown property " + name + Suggestion(name, names)};
  }
  Properties all;
  for (const PropertySpec& spec : specs) {
    const auto it = given.find(spec.name);
    if (it == given.end()) {
      if (spec.fallback) {
        all.emplace(spec.name, *spec.fallback);
      } else if (spec.required) {
        return Bad(spec, "is required" + (spec.doc.empty() ? "" : " (" + spec.doc + ")"));
      }
      continue;
    }
    if (const Outcome checked = Check(spec, it->second); !checked) return checked.error();
    all.emplace(spec.name, it->second);
  }
  return all;
}

}  // namespace tidegate
