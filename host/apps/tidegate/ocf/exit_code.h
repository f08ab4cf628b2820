// An exit code is how an OCF agent answers: what the cluster does next depends on it alone.
//
// Source: OCF Resource Agent API 1.1, "Exit status codes"; what each leads to: Pacemaker Explained,
// "How Pacemaker interprets return codes".
#pragma once

#include "host/core/error_code.h"

namespace tidegate::ocf {

enum class Exit : int {
  kOk = 0,
  kGeneric = 1,    // tried and failed; recovery follows
  kArguments = 2,  // this node cannot; another one may
  kUnimplemented = 3,
  kPermission = 4,  // this node cannot
  kInstalled = 5,   // something is missing on this node
  kConfigured = 6,  // wrong on every node: the resource is not started anywhere
  kNotRunning = 7,  // cleanly stopped
  kRunningPromoted = 8,
  kFailedPromoted = 9,  // demoted and stopped, then recovered
};

// Why an action that asks nothing of the device yet, such as reading the policy, cannot go on.
constexpr Exit ExitOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kAccessDenied:
      return Exit::kPermission;
    case ErrorCode::kFileNotFound:
    case ErrorCode::kPathNotFound:
      return Exit::kInstalled;
    case ErrorCode::kNotSupported:
    case ErrorCode::kInvalidFunction:
      return Exit::kUnimplemented;
    default:
      return Exit::kGeneric;
  }
}

}  // namespace tidegate::ocf
