// Printable is text from a script made safe to show: one line, no control characters, valid UTF-8,
// at most so many bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tidegate {

// What cannot be shown becomes \xNN (or \n, \t); what is cut off becomes "...".
std::string Printable(std::string_view text, std::size_t bytes_max);

bool IsUtf8(std::string_view text);

}  // namespace tidegate
