// What each kind of record is made of, once for all four: to and from bytes, to and from text.
//
// Why a walk: the same list of fields, in the same order, serves a writer and a reader. Word is a
// field that always stands there and needs no name, Field has one, List is one of several values.
#pragma once

#include <type_traits>

#include "host/core/trace.h"

namespace tidegate::trace {

template <class T>
inline constexpr bool kIsList = false;
template <class T>
inline constexpr bool kIsList<std::vector<T>> = true;

// Which alternative a reply's value is.
enum class Kind : std::uint8_t {
  kNothing,
  kFlag,
  kNumber,
  kText,
  kHandle,
  kExtents,
  kAttributes,
  kNames,
  kNumbers,
  kReservation
};
inline constexpr int kKinds = static_cast<int>(Kind::kReservation) + 1;
static_assert(kKinds == std::variant_size_v<Value>);

// A value of that kind, empty.
Value ValueAt(Kind kind);

template <class A, class T>
void WalkValue(A& a, T& value) {
  auto kind = static_cast<Kind>(value.index());
  a.Optional(kind);
  if constexpr (A::kReads) value = ValueAt(kind);
  std::visit(
      [&]<class V>(V& v) {
        using Plain = std::remove_const_t<V>;
        if constexpr (std::is_same_v<Plain, VolumeAttributes>) {
          a.Field("kind", v.kind);
          a.Field("device", v.device);
          a.Field("file_system", v.file_system);
          a.Field("mounted_at", v.mounted_at);
          a.Field("size", v.size);
          a.Field("sector_size", v.sector_size);
          a.Field("read_only", v.read_only);
        } else if constexpr (std::is_same_v<Plain, Reservation>) {
          a.Field("kind", v.kind);
          a.Field("key", v.key);
        } else if constexpr (std::is_same_v<Plain, Extents> || std::is_same_v<Plain, Strings> ||
                             std::is_same_v<Plain, Numbers>) {
          a.List("is", v);
        } else if constexpr (!std::is_same_v<Plain, std::monostate>) {
          a.Field("is", v);
        }
      },
      value);
}

template <class A, class C>
void WalkCall(A& a, C& call) {
  a.Operation(call);
  std::visit(
      [&](auto& op) {
        std::apply(
            [&](const auto&... field) {
              [[maybe_unused]] const auto one = [&](std::string_view name, auto& member) {
                if constexpr (kIsList<std::decay_t<decltype(member)>>) {
                  a.List(name, member);
                } else {
                  a.Field(name, member);
                }
              };
              (one(field.name, op.*field.member), ...);
            },
            op.Fields());
      },
      call);
}

template <class A, class C>
void WalkCause(A& a, C& cause) {
  a.Field("cause", cause.kind);
  if constexpr (!A::kReads) {
    if (!cause) return;
  }
  if constexpr (A::kReads) {
    if (a.binary() && !cause) return;
  }
  a.Field("in", cause.entry);
  a.Field("attempt", cause.attempt);
  a.Field("code", cause.code);
  a.Field("op", cause.op);
  a.Field("where", cause.where);
  a.Field("message", cause.message);
}

template <class A, class V>
void WalkVerdict(A& a, V& verdict) {
  a.Word(verdict.ok);
  WalkCause(a, verdict.cause);
  a.Field("output", verdict.output);
}

template <class A, class R>
void WalkReply(A& a, R& reply) {
  a.Word(reply.code);
  a.Field("detail", reply.detail);
  WalkValue(a, reply.value);
}

// Walks one kind of record.
template <class A, class T>
void Walk(A& a, T& what) {
  using R = std::remove_const_t<T>;
  if constexpr (std::is_same_v<R, Hosting>) {
    a.Field("policy", what.policy);
    a.Field("version", what.version);
    a.Field("digest", what.digest);
    a.Field("memory", what.memory_bytes);
    a.Field("fuel", what.fuel);
    a.Field("running_time", what.running_time);
    a.Granted("granted", what.granted);
    a.Properties(what.properties);
  } else if constexpr (std::is_same_v<R, StateIs>) {
    a.Field("json", what.json);
  } else if constexpr (std::is_same_v<R, Wanted>) {
    a.Field("online", what.online);
    WalkCause(a, what.cause);
  } else if constexpr (std::is_same_v<R, Requested>) {
    a.Word(what.entry);
    a.Field("flags", what.arguments.flags);
    a.Field("input", what.arguments.input);
  } else if constexpr (std::is_same_v<R, Terminated>) {
    WalkCause(a, what.cause);
  } else if constexpr (std::is_same_v<R, Run>) {
    a.Word(what.task);
    a.Word(what.entry);
    a.Field("deadline", what.deadline);
    a.Field("flags", what.arguments.flags);
    a.Field("input", what.arguments.input);
  } else if constexpr (std::is_same_v<R, Yielded>) {
    a.Word(what.task);
    WalkCall(a, what.call);
  } else if constexpr (std::is_same_v<R, Resume>) {
    a.Word(what.task);
    WalkReply(a, what.reply);
  } else if constexpr (std::is_same_v<R, Returned>) {
    a.Word(what.task);
    WalkVerdict(a, what.verdict);
  } else if constexpr (std::is_same_v<R, WatchStarted> || std::is_same_v<R, Cancel>) {
    a.Word(what.task);
  } else if constexpr (std::is_same_v<R, Progressed>) {
    a.Field("text", what.text);
  } else if constexpr (std::is_same_v<R, Submit>) {
    WalkCall(a, what.call);
  } else if constexpr (std::is_same_v<R, Completed>) {
    WalkReply(a, what.reply);
  } else if constexpr (std::is_same_v<R, Report>) {
    a.Word(what.status.state);
    a.Field("checkpoint", what.status.checkpoint);
    a.Field("progress", what.status.progress);
    WalkCause(a, what.status.cause);
  } else if constexpr (std::is_same_v<R, Answer>) {
    a.Word(what.entry);
    WalkVerdict(a, what.verdict);
  } else if constexpr (std::is_same_v<R, Note>) {
    a.Word(what.level);
    a.Field("text", what.text);
  } else if constexpr (std::is_same_v<R, ToldTime>) {
    a.Word(what.task);
    a.Field("nth", what.nth);
    a.Field("now", what.now);
  } else {
    static_assert(std::is_same_v<R, PolicyReady> || std::is_same_v<R, Swap>);
  }
}

}  // namespace tidegate::trace
