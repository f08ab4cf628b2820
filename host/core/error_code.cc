// Error names and numbers.
#include "host/core/error_code.h"

namespace tidegate {

std::string_view Name(ErrorCode code) {
  switch (code) {
#define TIDEGATE_X(id, number, name) \
  case ErrorCode::id:                \
    return "ERROR_" name;
    TIDEGATE_ERROR_CODES(TIDEGATE_X)
#undef TIDEGATE_X
  }
  return "ERROR_UNKNOWN";
}

std::optional<ErrorCode> ErrorCodeNamed(std::string_view name) {
  if (name.starts_with("ERROR_")) name.remove_prefix(6);
#define TIDEGATE_X(id, number, text) \
  if (name == text) return ErrorCode::id;
  TIDEGATE_ERROR_CODES(TIDEGATE_X)
#undef TIDEGATE_X
  return std::nullopt;
}

}  // namespace tidegate
