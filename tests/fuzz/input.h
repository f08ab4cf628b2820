// An Input is a fuzzer's bytes as a row of choices. When they are used up, every choice is the
// first one: the nominal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidegate::fuzz {

class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }

  std::uint8_t Byte() {
    if (bytes_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte;
  }
  // 0 to n - 1; n is at most 256.
  std::size_t Pick(std::size_t n) { return Byte() % n; }

  std::int64_t Integer() {
    std::uint64_t number = 0;
    const std::size_t bytes = Pick(9);
    for (std::size_t i = 0; i < bytes; ++i) number = number << 8 | Byte();
    return static_cast<std::int64_t>(number);
  }
  std::string Text() {
    const std::size_t size = Byte();
    const std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(text.size());
    return text;
  }

 private:
  std::string_view bytes_;
};

}  // namespace tidegate::fuzz
