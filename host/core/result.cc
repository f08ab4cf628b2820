// Errors as text.
#include "host/core/result.h"

namespace tidegate {

std::string Text(const Error& error) {
  std::string text;
  if (!error.op.empty()) text += error.op + ": ";
  text += std::string(Name(error.code)) + " (" +
          std::to_string(static_cast<std::uint32_t>(error.code)) + ")";
  if (!error.detail.empty()) text += ": " + error.detail;
  return text;
}

}  // namespace tidegate
