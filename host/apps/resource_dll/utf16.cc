// Coding texts.
#include "host/apps/resource_dll/utf16.h"

#include <cstdint>

namespace tidegate {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;

// Takes one character off `text`.
std::uint32_t TakeUtf8(std::string_view& text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  const std::size_t size = lead < 0x80                   ? 1
                           : lead >= 0xc2 && lead < 0xe0 ? 2
                           : lead >= 0xe0 && lead < 0xf0 ? 3
                           : lead >= 0xf0 && lead < 0xf5 ? 4
                                                         : 0;
  std::uint32_t code = size == 1 ? lead : lead & (0xffu >> (size + 1));
  bool valid = size != 0 && size <= text.size();
  for (std::size_t i = 1; valid && i < size; ++i) {
    valid = (at(i) & 0xc0) == 0x80;
    code = code << 6 | (at(i) & 0x3fu);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  valid = valid && !overlong && !surrogate && code <= 0x10ffff;
  text.remove_prefix(valid ? size : 1);
  return valid ? code : kReplacement;
}

void AppendUtf8(std::uint32_t code, std::string& out) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

std::u16string ToUtf16(std::string_view text) {
  std::u16string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::uint32_t code = TakeUtf8(text);
    if (code < 0x10000) {
      out += static_cast<char16_t>(code);
    } else {
      out += static_cast<char16_t>(0xd7c0 + (code >> 10));
      out += static_cast<char16_t>(0xdc00 + (code & 0x3ff));
    }
  }
  return out;
}

std::string ToUtf8(std::u16string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::uint32_t unit = text[i];
    const bool high = unit >= 0xd800 && unit < 0xdc00;
    const bool low = unit >= 0xdc00 && unit < 0xe000;
    const std::uint32_t next = i + 1 < text.size() ? text[i + 1] : 0;
    if (high && next >= 0xdc00 && next < 0xe000) {
      AppendUtf8(0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00), out);
      ++i;
    } else {
      AppendUtf8(high || low ? kReplacement : unit, out);
    }
  }
  return out;
}

std::string ToUtf8(const char16_t* text, std::size_t most) {
  if (text == nullptr) return {};
  std::size_t length = 0;
  while (length < most && text[length] != 0) ++length;
  return ToUtf8({text, length});
}

}  // namespace tidegate
