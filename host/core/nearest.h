// Suggestion is the "did you mean" behind a name that is not known.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tidegate {

// ", did you mean VolumePath?", or ", known are A, B, C", or "" when there is nothing to offer.
std::string Suggestion(std::string_view wrong, std::span<const std::string_view> known);

}  // namespace tidegate
