// Text between the cluster's UTF-16 and our UTF-8. What is not valid becomes U+FFFD.
#pragma once

#include <string>
#include <string_view>

namespace tidegate {

std::u16string ToUtf16(std::string_view text);
std::string ToUtf8(std::u16string_view text);
// Up to the terminator, or `most` units; a null pointer is an empty text.
std::string ToUtf8(const char16_t* text, std::size_t most);

}  // namespace tidegate
