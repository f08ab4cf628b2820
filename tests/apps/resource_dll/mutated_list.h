// A mutated list is a property list with some of its bytes changed, by a seed: what a fuzzer finds
// first, the same on every run and platform.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/apps/resource_dll/property_list.h"

namespace tidegate::test {

inline std::vector<std::byte> MutatedList(std::uint32_t seed) {
  std::uint64_t state = seed * 0x9e3779b97f4a7c15ull;
  const auto pick = [&](std::uint64_t n) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return n == 0 ? 0 : state % n;
  };
  PropertyListWriter writer;
  constexpr const char* kNames[] = {"PolicyPath", "PolicyDigest", "Retries", "Label",
                                    "Wait",       "policydigest", "Nobody"};
  for (auto n = pick(4); n-- > 0;) {
    const char* name = kNames[pick(7)];
    switch (pick(4)) {
      case 0:
        writer.Text(name, pick(2) == 0 ? "5s" : "no such file.lua");
        break;
      case 1:
        writer.Dword(name, static_cast<std::uint32_t>(pick(100)));
        break;
      case 2:
        writer.Signed64(name, static_cast<std::int64_t>(pick(1000)) - 500);
        break;
      default:
        writer.Nothing(name, ClusterFormat::kText);
    }
  }
  std::vector<std::byte> list = writer.bytes();
  for (auto n = pick(6); n-- > 0 && !list.empty();) {
    switch (pick(4)) {
      case 0:
        list[pick(list.size())] = static_cast<std::byte>(pick(256));
        break;
      case 1:
        list.resize(pick(list.size() + 1));
        break;
      case 2:
        list.insert(list.begin() + static_cast<std::ptrdiff_t>(pick(list.size())),
                    static_cast<std::byte>(pick(256)));
        break;
      default:
        list[pick(list.size()) & ~std::size_t{3}] = std::byte{0xff};
    }
  }
  return list;
}

}  // namespace tidegate::test
