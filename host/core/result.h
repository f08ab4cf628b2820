// Result<T> is a value or the Error that stood in its way. No exceptions cross Tidegate's own code.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

#include "host/core/error_code.h"

namespace tidegate {

// What went wrong: the number a cluster understands, the operation that met it, and the details
// that a person needs (an errno, a path, a remedy).
struct Error {
  ErrorCode code = ErrorCode::kSuccess;
  std::string op;
  std::string detail;
  bool operator==(const Error&) const = default;
};

// "volume.offline: ERROR_NOT_READY (21): device is gone"
std::string Text(const Error& error);

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

// A Result without a value.
using Outcome = Result<std::monostate>;
inline Outcome Ok() { return std::monostate{}; }

}  // namespace tidegate
