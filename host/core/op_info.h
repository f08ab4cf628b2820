// OpInfo is what there is to say of an operation besides its fields, and Field is how a field is
// described: what every struct of op.h is made of.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "host/core/capability.h"
#include "host/core/error_code.h"
#include "host/core/time.h"
#include "host/core/value.h"

namespace tidegate {

// Positional fields come in order; named ones from a table that is the last argument:
// vol:probe{ sectors = {0, 8} }.
enum class FieldStyle : std::uint8_t { kPositional, kNamed };

template <class Op, class T>
struct Field {
  std::string_view name;
  T Op::*member;
  FieldStyle style;
  std::string_view doc;
};

template <class Op, class T>
constexpr Field<Op, T> Positional(std::string_view name, T Op::*member, std::string_view doc) {
  return {name, member, FieldStyle::kPositional, doc};
}
template <class Op, class T>
constexpr Field<Op, T> Named(std::string_view name, T Op::*member, std::string_view doc) {
  return {name, member, FieldStyle::kNamed, doc};
}

enum class OpEffect : std::uint8_t {
  kAsks,       // it looks, and changes nothing
  kTakes,      // it hands out a handle
  kGivesBack,  // it takes a handle back: nothing refuses it
  kChanges,
};

// What an operation does. Whoever has to tell operations apart goes by this and keeps no list: what
// a poll may ask, what is half done when a host dies, what a look does without the lock.
struct Does {
  OpEffect effect = OpEffect::kAsks;
  bool in_turn = false;     // of all that are on one volume, one at a time
  bool may_be_old = false;  // the system answers from memory, which may be of a moment ago
};

namespace does {
inline constexpr Does kAsks{OpEffect::kAsks};
inline constexpr Does kAsksMemory{OpEffect::kAsks, false, true};
inline constexpr Does kTakes{OpEffect::kTakes};
inline constexpr Does kGivesBack{OpEffect::kGivesBack};
inline constexpr Does kChanges{OpEffect::kChanges};
inline constexpr Does kChangesInTurn{OpEffect::kChanges, true};
}  // namespace does

struct OpInfo {
  std::string_view name;  // "volume.offline"
  Capability capability;
  // Blocking operations go to a worker thread; the others answer at once.
  bool blocking;
  Does does;
  std::string_view doc;
  std::span<const ErrorCode> errors;  // what it can fail with, besides ERROR_OPERATION_ABORTED
};

#define TIDEGATE_OP(Op, op_name, cap, is_blocking, what, text)                                \
  static constexpr OpInfo Info() { return {op_name, cap, is_blocking, what, text, kErrors}; } \
  bool operator==(const Op&) const = default;

}  // namespace tidegate
