// What control codes take and give, as a test writes and reads it.
#pragma once

#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/apps/resource_dll/property_list.h"
#include "host/apps/resource_dll/utf16.h"

namespace tidegate::test {

// A property list, a line each.
inline std::string Shown(const std::vector<std::byte>& list) {
  const auto properties = ReadPropertyList(list);
  if (!properties) return properties.error().detail;
  std::string out;
  for (const ListedProperty& property : *properties) {
    const ListedValue& value = property.values.at(0);
    const auto number = value.number();
    out += property.name + "=" + (number ? std::to_string(*number) : value.text()) + "\n";
  }
  return out;
}

inline std::vector<std::byte> Utf16Bytes(const std::string& text) {
  const std::u16string wide = ToUtf16(text);
  const auto bytes = std::as_bytes(std::span(wide.c_str(), wide.size() + 1));
  return {bytes.begin(), bytes.end()};
}

inline std::vector<std::byte> Bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

inline std::string TextOfBytes(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace tidegate::test
