// Call is an operation with its arguments and Reply is what the world answered; both have a
// one-line text form for logs, traces and the operator.
#pragma once

#include <string>

#include "host/core/error_code.h"
#include "host/core/op.h"
#include "host/core/shared_text.h"
#include "host/core/value.h"

namespace tidegate {

struct Reply {
  ErrorCode code = ErrorCode::kSuccess;
  SharedText detail;  // on failure: errno and what it was about
  Value value;

  bool ok() const { return code == ErrorCode::kSuccess; }
  bool operator==(const Reply&) const = default;
};

inline Reply Success(Value value = {}) { return {ErrorCode::kSuccess, {}, std::move(value)}; }
inline Reply Failure(ErrorCode code, SharedText detail = {}) {
  return {code, std::move(detail), {}};
}

const OpInfo& Info(const Call& call);

// Nothing refuses it.
inline bool GivesBack(const Call& call) { return Info(call).does.effect == OpEffect::kGivesBack; }

// "volume.mount volume=1 where=/mnt/data read_only=false"
std::string Text(const Call& call);
// "ok", "ok true", "ok 4096", "ERROR_NOT_READY (ENXIO: /dev/loop3)"
std::string Text(const Reply& reply);

// Handles that a reply hands to the policy and the host must close if the policy does not.
inline const VolumeHandle* OpenedHandle(const Reply& reply) {
  return std::get_if<VolumeHandle>(&reply.value);
}

}  // namespace tidegate
