// A store key is the name of a value that a policy stores, and of a record that the host keeps: a
// file of that name, in a folder of its own for each of the two.
#pragma once

#include <algorithm>
#include <string_view>

#include "host/core/limits.h"

namespace tidegate {

// 1 to 64 of a-z 0-9 _ . -, not beginning with a dot: what begins with one is nobody's value (".",
// "..", what a system hides).
constexpr bool IsStoreKey(std::string_view key) {
  if (key.empty() || key.size() > limits::kStoreKeyBytes || key[0] == '.') return false;
  return std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  });
}

}  // namespace tidegate
