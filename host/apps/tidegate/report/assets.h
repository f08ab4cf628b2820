// The page, style and script of a report, built into the program from the files of this folder.
#pragma once

#include <string_view>

namespace tidegate {

// "report.html"; empty when there is none of that name.
std::string_view ReportAsset(std::string_view name);

}  // namespace tidegate
