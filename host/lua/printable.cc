// UTF-8, and what of it a terminal may see.
#include "host/lua/printable.h"

#include <algorithm>
#include <cstdint>

namespace tidegate {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

Character Decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first >= 0xf5 || text.size() < bytes) return {};
  std::uint32_t code = first & (0x7fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return code < kLeast[bytes] || surrogate || code > 0x10ffff ? Character{}
                                                              : Character{code, bytes};
}

// Control characters, those that turn the direction of what follows on the line, and those that
// nobody sees.
bool Hidden(std::uint32_t code) {
  struct Range {
    std::uint32_t first, last;
  };
  constexpr Range kRanges[] = {{0, 0x1f},        {0x7f, 0x9f},      {0xad, 0xad},
                               {0x61c, 0x61c},   {0x180e, 0x180e},  {0x200b, 0x200f},
                               {0x2028, 0x202e}, {0x2060, 0x206f},  {0xfeff, 0xfeff},
                               {0xfff9, 0xfffb}, {0xe0000, 0xe0fff}};
  return std::ranges::any_of(kRanges, [&](Range r) { return code >= r.first && code <= r.last; });
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const Character c = Decode(text);
    if (c.bytes == 0) return false;
    text.remove_prefix(c.bytes);
  }
  return true;
}

std::string Printable(std::string_view text, std::size_t bytes_max) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  while (!text.empty()) {
    const Character c = Decode(text);
    const std::size_t bytes = c.bytes == 0 ? 1 : c.bytes;
    std::string shown(text.substr(0, bytes));
    if (c.bytes == 0 || Hidden(c.code)) {
      shown.clear();
      for (std::size_t i = 0; i < bytes; ++i) {
        const auto b = static_cast<unsigned char>(text[i]);
        shown += {'\\', 'x', kHex[b >> 4], kHex[b & 15]};
      }
      if (c.code == '\n') shown = "\\n";
      if (c.code == '\t') shown = "\\t";
    }
    if (out.size() + shown.size() > bytes_max) return out + "...";
    out += shown;
    text.remove_prefix(bytes);
  }
  return out;
}

}  // namespace tidegate
