// Causes as one line for people.
#include "host/core/cause.h"

#include "host/core/op.h"

namespace tidegate {

bool IsCertainNo(const Cause& cause) {
  if (cause.kind != CauseKind::kUnhealthy) return false;
  return cause.op.empty() ||
         (cause.op == VolumeOurs::Info().name && cause.code == ErrorCode::kNotFound);
}

std::string Text(const Cause& cause) {
  if (!cause) return "none";
  std::string text;
  if (cause.kind != CauseKind::kOperator && cause.kind != CauseKind::kShutdown) {
    text += std::string(Name(cause.entry));
    if (cause.attempt > 1) text += ", attempt " + std::to_string(cause.attempt);
    text += ": ";
  }
  if (!cause.message.empty()) {
    text += cause.message;
  } else {
    text += Name(cause.kind);
    if (!cause.op.empty()) text += " in " + cause.op;
    if (cause.code != ErrorCode::kSuccess) text += ": " + std::string(Name(cause.code));
  }
  if (!cause.where.empty()) text += " (" + cause.where + ")";
  return text;
}

}  // namespace tidegate
