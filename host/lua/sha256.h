// Sha256 names a text by its content.
#pragma once

#include <string>
#include <string_view>

namespace tidegate {

// Lower-case hex. Source: FIPS 180-4.
std::string Sha256(std::string_view bytes);

}  // namespace tidegate
