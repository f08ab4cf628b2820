// Cause says why a resource failed, was cancelled or terminated: typed for programs, and with the
// operation, attempt and script line for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/core/entry_point.h"
#include "host/core/error_code.h"
#include "host/core/shared_text.h"

namespace tidegate {

enum class CauseKind : std::uint8_t {
  kNone,
  kOperation,    // an operation failed and the policy let its error leave the entry point
  kPolicyError,  // the policy raised an error of its own
  kUnhealthy,    // looks_alive or is_alive said no, or a watch ended
  kDeadline,     // the entry point used up its total time
  kNoProgress,   // pending without a rising checkpoint for PendingTimeout
  kDeadlock,     // an entry point gave no answer for DeadlockTimeout
  kMemoryLimit,  // the sandbox was killed: memory
  kFuelLimit,    // the sandbox was killed: instructions
  kTimeLimit,    // the sandbox was killed: running time
  kProtocol,     // the policy answered something that the contract does not know
  kOperator,     // somebody asked for it
  kShutdown,     // the host is ending
};

constexpr std::string_view Name(CauseKind k) {
  constexpr std::string_view kNames[] = {
      "none",        "operation", "policy error", "unhealthy",  "deadline",
      "no progress", "deadlock",  "memory limit", "fuel limit", "time limit",
      "protocol",    "operator",  "shutdown"};
  return kNames[static_cast<int>(k)];
}

struct Cause {
  CauseKind kind = CauseKind::kNone;
  EntryPoint entry = EntryPoint::kOnline;  // in which entry point it happened
  int attempt = 0;                         // the nth run of this entry point since the last success
  ErrorCode code = ErrorCode::kSuccess;    // what the cluster is told
  SharedText op{};                         // "volume.offline", empty when no operation was involved
  SharedText where{};                      // "volume.lua:42", empty when no script was involved
  SharedText message{};                    // one line, for people

  explicit operator bool() const { return kind != CauseKind::kNone; }
  bool operator==(const Cause&) const = default;
};

// The sandbox of the policy is gone and may not be entered again.
constexpr bool IsKill(CauseKind k) {
  return k == CauseKind::kMemoryLimit || k == CauseKind::kFuelLimit || k == CauseKind::kTimeLimit;
}

// Whether is_alive has said for certain that the resource is not alive here: a no of the policy's
// own, or that nothing of this resource is up. Everything else, an operation that fails, no answer
// in time, only says that nobody knows.
bool IsCertainNo(const Cause& cause);

// "is_alive, attempt 2: volume.probe failed: ERROR_IO_DEVICE (1117), EIO (volume.lua:61)"
std::string Text(const Cause& cause);

}  // namespace tidegate
