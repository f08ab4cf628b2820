// Which operations change something, and what becomes of them.
#include "host/apps/tidegate/ocf/look_env.h"

#include <algorithm>
#include <utility>

#include "host/engine/state_file.h"

namespace tidegate::ocf {
namespace {

// Other looks have the lock no longer.
constexpr Duration kMoment = Milliseconds(200);

bool Changes(const Call& call) { return Info(call).does.effect == OpEffect::kChanges; }

bool Stores(const Call& call) {
  const Capability capability = Info(call).capability;
  return Changes(call) && (capability == Capability::kStore || capability == Capability::kCluster);
}

// What is stored is put into place whole, and what is set of the cluster's attributes the cluster
// has to order.
bool NeedsNoLock(const Call& call) {
  const auto* probe = std::get_if<VolumeProbe>(&call);
  if (probe != nullptr && !probe->write_file.empty()) return false;
  return !Changes(call) || Stores(call);
}

}  // namespace

LookEnv::LookEnv(Env& inner, EventSink& mail, HostLocks& locks, Store store, LookWrites writes)
    : EnvWrapper(inner),
      mail_(mail),
      locks_(locks),
      store_(std::move(store)),
      writes_(std::move(writes)),
      state_(State()) {}

std::string LookEnv::State() const {
  const Reply read = store_.Get(writes_.resource, RecordGet{std::string(kStateRecord)});
  return read.ok() ? std::get<std::string>(read.value) : std::string();
}

void LookEnv::Keep(ResourceId id, Ticket ticket, const Call& call, const std::string& state) {
  const Outcome locked = locks_.Take(writes_.resource, std::min(kMoment, writes_.left()));
  if (locked && State() == state_) {
    state_ = state;
    EnvWrapper::Submit(id, ticket, call);
  } else {
    mail_.Post(id, {Now(), Completed{ticket, Success()}});
  }
  if (locked) locks_.Release(writes_.resource);
}

void LookEnv::Submit(ResourceId id, Ticket ticket, const Call& call) {
  if (writes_.forgets && Stores(call)) {
    return mail_.Post(id, {Now(), Completed{ticket, Success()}});
  }
  const auto* record = std::get_if<RecordSet>(&call);
  if (record != nullptr && record->name == kStateRecord) {
    return Keep(id, ticket, call, record->value);
  }
  if (NeedsNoLock(call)) return EnvWrapper::Submit(id, ticket, call);
  if (const Outcome locked = locks_.Take(writes_.resource, writes_.left()); !locked) {
    const Reply reply = Failure(ErrorCode::kIoDevice, locked.error().detail);
    return mail_.Post(id, {Now(), Completed{ticket, reply}});
  }
  EnvWrapper::Submit(id, ticket, call);
  locks_.Release(writes_.resource);
}

}  // namespace tidegate::ocf
