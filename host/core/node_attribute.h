// A node attribute is a name and a value that a cluster keeps for a node: here is what both may be.
//
// Why so narrow: they become words of a command line and values of an XML file, and are compared by
// rules that people write. None of them begins with "-"; no value is one that Pacemaker would count
// with instead of storing it. Source: attrd_updater(8), "name++" and "name+=N".
#pragma once

#include <algorithm>
#include <string_view>

#include "host/core/limits.h"

namespace tidegate {

constexpr bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Of letters, digits and _ . - : #, not beginning with a mark but _ and #.
constexpr bool IsAttributeName(std::string_view name) {
  if (name.empty() || name.size() > limits::kAttributeNameBytes) return false;
  if (!IsLetterOrDigit(name[0]) && name[0] != '_' && name[0] != '#') return false;
  return std::ranges::all_of(name, [](char c) {
    return IsLetterOrDigit(c) || std::string_view("_.-:#").find(c) != std::string_view::npos;
  });
}

// Printable ASCII.
constexpr bool IsAttributeValue(std::string_view value) {
  if (value.size() > limits::kAttributeValueBytes) return false;
  if (value.find("++") != value.npos || value.find("+=") != value.npos) return false;
  return std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
}

constexpr bool IsNodeName(std::string_view name) {
  if (name.empty() || name.size() > limits::kNodeNameBytes || !IsLetterOrDigit(name[0])) {
    return false;
  }
  return std::ranges::all_of(
      name, [](char c) { return IsLetterOrDigit(c) || c == '_' || c == '.' || c == '-'; });
}

}  // namespace tidegate
