// What of calls, replies and causes is in the digest: all of it.
#include "host/sim/trace.h"

#include <tuple>

namespace tidegate::sim {
namespace {

// Told to a digest, and to a tape that keeps it.
template <class To>
void Put(To& d, bool b) {
  d.Add(b ? 1u : 0u);
}
template <class To>
void Put(To& d, std::int64_t n) {
  d.Add(static_cast<std::uint64_t>(n));
}
template <class To>
void Put(To& d, const std::string& s) {
  d.Add(std::string_view(s));
}
template <class To>
void Put(To& d, VolumeHandle h) {
  d.Add(std::uint64_t{h.id});
}
template <class To>
void Put(To& d, Duration t) {
  d.Add(static_cast<std::uint64_t>(t.ns));
}
template <class To>
void Put(To&, std::monostate) {}
template <class To>
void Put(To& d, const Extent& e) {
  Put(d, e.disk);
  Put(d, e.offset);
  Put(d, e.length);
}
template <class To>
void Put(To& d, const VolumeAttributes& a) {
  for (const SharedText* s : {&a.kind, &a.device, &a.file_system, &a.mounted_at}) Put(d, s->str());
  Put(d, a.size);
  Put(d, a.read_only);
}
template <class To>
void Put(To& d, const Reservation& r) {
  Put(d, r.key);
  Put(d, r.kind);
}
template <class To, class T>
void Put(To& d, const std::vector<T>& items) {
  for (const T& item : items) Put(d, item);
  d.Add(std::uint64_t{items.size()});
}

// A record is told as a value of the store whose key begins with a dot, which no policy's does.
// Why: digests are compared over versions (golden files, the evidence of packs), and that is what
// it was before the host had operations of its own.
template <class To, class Op>
void PutRecord(To& digest, const Op& op) {
  constexpr bool kGets = std::is_same_v<Op, RecordGet>;
  static const std::uint64_t kPlace = (kGets ? Call(StoreGet{}) : Call(StoreSet{})).index();
  digest.Add(kPlace);
  Put(digest, "." + op.name);
  if constexpr (!kGets) Put(digest, op.value);
}

template <class To>
void PutCall(To& digest, const Call& call) {
  std::visit(
      [&]<class Op>(const Op& op) {
        if constexpr (kIsRecord<Op>) return PutRecord(digest, op);
        digest.Add(std::uint64_t{call.index()});
        std::apply([&](const auto&... field) { (Put(digest, op.*field.member), ...); },
                   op.Fields());
      },
      call);
}

template <class To>
void PutReply(To& digest, const Reply& reply) {
  digest.Add(static_cast<std::uint64_t>(reply.code));
  std::visit([&](const auto& value) { Put(digest, value); }, reply.value);
}

template <class To>
void PutCause(To& digest, const Cause& cause) {
  digest.Add((static_cast<std::uint64_t>(cause.kind) << 8) |
             static_cast<std::uint64_t>(cause.entry));
  digest.Add(static_cast<std::uint64_t>(cause.attempt));
  digest.Add(static_cast<std::uint64_t>(cause.code));
  for (const SharedText* s : {&cause.op, &cause.where, &cause.message}) Put(digest, s->str());
}

}  // namespace

void Describe(Digest& digest, const Call& call) { PutCall(digest, call); }
void Describe(Digest& digest, const Reply& reply) { PutReply(digest, reply); }
void Describe(Digest& digest, const Cause& cause) { PutCause(digest, cause); }
void Describe(Tape& tape, const Call& call) { PutCall(tape, call); }
void Describe(Tape& tape, const Reply& reply) { PutReply(tape, reply); }
void Describe(Tape& tape, const Cause& cause) { PutCause(tape, cause); }

}  // namespace tidegate::sim
