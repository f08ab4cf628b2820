// A printable line is text from anywhere made safe to show: one line, valid UTF-8, no control
// characters, nothing that hides or reorders what a terminal displays.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tidegate {

// Escapes "\n", "\r" and "\t" so, other control characters and bytes that are not UTF-8 as "\x1b",
// and bidirectional controls, line separators and invisible characters as "\u{202e}". A backslash
// stays itself: paths are more common than forgeries, and an escape can hide nothing.
// At most `max` bytes; what was cut ends in "...".
std::string PrintableLine(std::string_view text, std::size_t max);

// Strictly: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8(std::string_view text);

}  // namespace tidegate
