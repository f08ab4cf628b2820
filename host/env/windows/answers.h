// Bytes that a driver answered, as structures; outcomes, as replies.
#pragma once

#include <cstring>
#include <string>
#include <type_traits>

#include "host/core/call.h"
#include "host/core/result.h"

namespace tidegate {

inline Reply AsReply(const Error& error) { return Failure(error.code, error.detail); }
inline Reply AsReply(const Outcome& outcome) {
  return outcome ? Success() : AsReply(outcome.error());
}
template <class T>
Reply AsReply(const Result<T>& result) {
  return result ? Success(Value(*result)) : AsReply(result.error());
}

template <class T>
std::string BytesOf(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

// The T at `offset`; false when the answer is too short for it.
template <class T>
bool Take(const std::string& bytes, std::size_t offset, T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (bytes.size() < offset + sizeof value) return false;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return true;
}

inline Error TooShort() {
  return {ErrorCode::kIoDevice, "", "the driver answered less than it should"};
}

}  // namespace tidegate
