// XML text: what goes between tags or into an attribute's quotes.
#pragma once

#include <string>
#include <string_view>

namespace tidegate {

// XML 1.0 knows no control characters but tab and newline: others become '?'.
std::string XmlText(std::string_view text);

}  // namespace tidegate
