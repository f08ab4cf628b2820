// A Digest is a 64-bit number that stands for everything added to it, in order: FNV-1a, the same in
// every process and on every platform.
#pragma once

#include <cstdint>
#include <string_view>

namespace tidegate {

class Digest {
 public:
  void Add(std::uint64_t n) {
    value_ = (value_ ^ n) * kPrime;
    value_ ^= value_ >> 32;  // FNV alone leaves high bits of a whole word unmixed
  }
  void Add(std::string_view text) {
    for (const char c : text) value_ = (value_ ^ static_cast<unsigned char>(c)) * kPrime;
    Add(text.size());
  }
  std::uint64_t value() const { return value_; }

 private:
  static constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace tidegate
