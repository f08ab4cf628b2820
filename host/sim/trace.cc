// What of calls, replies and causes is in the digest: all of it.
#include "host/sim/trace.h"

#include <tuple>

namespace tidegate::sim {
namespace {

void Put(Digest& d, bool b) { d.Add(b ? 1u : 0u); }
void Put(Digest& d, std::int64_t n) { d.Add(static_cast<std::uint64_t>(n)); }
void Put(Digest& d, const std::string& s) { d.Add(std::string_view(s)); }
void Put(Digest& d, VolumeHandle h) { d.Add(std::uint64_t{h.id}); }
void Put(Digest& d, Duration t) { d.Add(static_cast<std::uint64_t>(t.ns)); }
void Put(Digest&, std::monostate) {}
void Put(Digest& d, const Extent& e) {
  Put(d, e.disk);
  Put(d, e.offset);
  Put(d, e.length);
}
void Put(Digest& d, const VolumeAttributes& a) {
  for (const SharedText* s : {&a.kind, &a.device, &a.file_system, &a.mounted_at}) Put(d, s->str());
  Put(d, a.size);
  Put(d, a.read_only);
}
void Put(Digest& d, const Reservation& r) {
  Put(d, r.key);
  Put(d, r.kind);
}
template <class T>
void Put(Digest& d, const std::vector<T>& items) {
  for (const T& item : items) Put(d, item);
  d.Add(std::uint64_t{items.size()});
}

}  // namespace

void Describe(Digest& digest, const Call& call) {
  digest.Add(std::uint64_t{call.index()});
  std::visit(
      [&](const auto& op) {
        std::apply([&](const auto&... field) { (Put(digest, op.*field.member), ...); },
                   op.Fields());
      },
      call);
}

void Describe(Digest& digest, const Reply& reply) {
  digest.Add(static_cast<std::uint64_t>(reply.code));
  std::visit([&](const auto& value) { Put(digest, value); }, reply.value);
}

void Describe(Digest& digest, const Cause& cause) {
  digest.Add((static_cast<std::uint64_t>(cause.kind) << 8) |
             static_cast<std::uint64_t>(cause.entry));
  digest.Add(static_cast<std::uint64_t>(cause.attempt));
  digest.Add(static_cast<std::uint64_t>(cause.code));
  for (const SharedText* s : {&cause.op, &cause.where, &cause.message}) Put(digest, s->str());
}

}  // namespace tidegate::sim
