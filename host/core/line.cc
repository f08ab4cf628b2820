// Text made printable.
#include "host/core/line.h"

#include <cstdint>

namespace tidegate {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

struct Decoded {
  std::uint32_t code = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

Decoded Decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {};
  std::uint32_t code = lead & (0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3fu);
  }
  const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return overlong || surrogate || code > 0x10ffff ? Decoded{} : Decoded{code, bytes};
}

// Changes what the rest of the line looks like, or cannot be seen at all.
bool Misleads(std::uint32_t c) {
  return (c >= 0x80 && c < 0xa0) || c == 0xad || c == 0x061c || c == 0x180e ||
         (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
         (c >= 0xe0000 && c <= 0xe0fff);
}

std::string ByteEscape(unsigned char c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  return {'\\', 'x', kHex[c >> 4], kHex[c & 15]};
}

std::string CodeEscape(std::uint32_t code) {
  std::string digits;
  for (; code != 0; code >>= 4) digits.insert(digits.begin(), kHex[code & 15]);
  return "\\u{" + digits + "}";
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = Decode(text).bytes;
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string PrintableLine(std::string_view text, std::size_t max) {
  constexpr std::string_view kCut = "...";
  std::string out;
  std::size_t cut_at = 0;  // where "..." still fits
  while (!text.empty()) {
    const Decoded d = Decode(text);
    const auto byte = static_cast<unsigned char>(text[0]);
    std::string piece;
    if (d.bytes == 0 || d.code < 0x20 || d.code == 0x7f) {
      piece = ByteEscape(byte);
    } else if (Misleads(d.code)) {
      piece = CodeEscape(d.code);
    } else {
      piece = text.substr(0, d.bytes);
    }
    if (out.size() + piece.size() > max) {
      out.resize(cut_at);
      return out += kCut.substr(0, max);
    }
    out += piece;
    if (out.size() + kCut.size() <= max) cut_at = out.size();
    text.remove_prefix(d.bytes == 0 ? 1 : d.bytes);
  }
  return out;
}

}  // namespace tidegate
