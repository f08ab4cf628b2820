// Who answers which code.
#include "host/apps/resource_dll/controls.h"

#include <chrono>
#include <cstring>

#include "host/apps/resource_dll/control_codes.h"
#include "host/apps/resource_dll/private_properties.h"
#include "host/core/text.h"
#include "host/env/mutex.h"

namespace tidegate {
namespace {

template <class T>
ControlReply Plain(const T& value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  return {abi::kSuccess, {bytes.begin(), bytes.end()}};
}

ControlReply Only(abi::Dword status) { return {status, {}}; }

std::span<const std::byte> InputOf(const ControlCall& call) {
  return {static_cast<const std::byte*>(call.in), call.in_size};
}

std::string_view ReasonName(abi::Dword reason) {
  constexpr std::string_view kNames[] = {"an unknown reason", "a move",   "a failover",
                                         "a failed move",     "shutdown", "the cluster's rundown"};
  return reason < std::size(kNames) ? kNames[reason] : kNames[0];
}

ControlReply TakeStateChangeReason(const ResourceInstance& resource, const ControlCall& call) {
  abi::StateChangeReason in;
  if (call.in_size < sizeof in) return Only(abi::kInvalidParameter);
  std::memcpy(&in, call.in, sizeof in);
  resource.Log(Level::kInformation,
               "state changes because of " + std::string(ReasonName(in.reason)));
  return Only(abi::kSuccess);
}

ControlReply QueryMaintenance(const ResourceInstance& resource, const ControlCall& call) {
  const abi::Bool on = resource.maintenance() ? 1 : 0;
  if (call.out_size < sizeof(abi::MaintenanceModeEx)) return Plain(on);
  return Plain(
      abi::MaintenanceModeEx{on, abi::kDisableIsAliveCheck, 0, abi::kMaintenanceSignature});
}

// While it lasts IsAlive answers TRUE without a look. The kinds that take the resource offline are
// the cluster's to do, not ours.
ControlReply SetMaintenance(ResourceInstance& resource, const ControlCall& call) {
  abi::MaintenanceModeEx in{.type = abi::kDisableIsAliveCheck};
  if (call.in_size < sizeof in.in_maintenance) return Only(abi::kInvalidParameter);
  const bool extended = call.in_size >= sizeof in;
  std::memcpy(&in, call.in, extended ? sizeof in : sizeof in.in_maintenance);
  if (extended && in.signature != abi::kMaintenanceSignature) return Only(abi::kInvalidParameter);
  if (in.type != abi::kDisableIsAliveCheck) {
    return Only(static_cast<abi::Dword>(ErrorCode::kNotSupported));
  }
  const bool on = in.in_maintenance != 0;
  if (!resource.SetMaintenance(on)) {
    return Only(static_cast<abi::Dword>(ErrorCode::kResourceNotOnline));
  }
  resource.Log(Level::kInformation, on ? "maintenance begins: not polled" : "maintenance ends");
  return Only(abi::kSuccess);
}

// Codes that need no one else. Nothing: not one of them.
std::optional<ControlReply> AtOnce(ResourceInstance& resource, const ControlCall& call) {
  switch (call.code) {
    case control::kUnknown:
      return Only(abi::kInvalidFunction);
    case control::kGetCharacteristics:
      return Plain(control::kCharacteristics);
    case control::kGetClassInfo:
      return Plain(abi::ResourceClassInfo{control::kClassUnknown, 0});
    case control::kGetRequiredDependencies:
      return Plain(abi::Dword{0});  // a value list with nothing but its end mark
    case control::kStateChangeReason:
      return TakeStateChangeReason(resource, call);
    case control::kQueryMaintenanceMode:
      return QueryMaintenance(resource, call);
    case control::kSetMaintenanceMode:
      return SetMaintenance(resource, call);
    default:
      return std::nullopt;
  }
}

// What is answered when the policy has nothing to say.
abi::Dword Default(abi::Dword code) {
  switch (code) {
    case control::kQueryDelete:  // no veto
    case control::kInstallNode:
    case control::kEvictNode:
      return abi::kSuccess;
    default:
      return abi::kInvalidFunction;
  }
}

// One call that may outlast its caller.
class Pending {
 public:
  Pending(const ControlCall& call, const MonitorCallbacks& monitor)
      : call_(call), monitor_(monitor) {}

  void Done(const ControlReply& reply) {
    std::unique_lock lock(mutex_);
    if (done_) return;
    done_ = true;
    if (gave_up_) return;  // the buffers are no longer ours
    status_ = Deliver(reply, call_);
    const bool owed = deferred_;
    lock.unlock();
    if (owed) return monitor_.EndControlCall(*call_.context, status_);
    changed_.notify_all();
  }

  abi::Dword Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::nanoseconds(limits::kEntryPointWait.ns),
                      [this] { return done_; });
    if (done_) return status_;
    if (call_.context && call_.later != nullptr) {
      deferred_ = true;
      *call_.later = 1;
      return abi::kIoPending;
    }
    gave_up_ = true;
    return static_cast<abi::Dword>(ErrorCode::kResourceCallTimedOut);
  }

 private:
  const ControlCall call_;
  const MonitorCallbacks monitor_;
  Mutex mutex_;
  Condition changed_;
  bool done_ = false;
  bool deferred_ = false;
  bool gave_up_ = false;
  abi::Dword status_ = abi::kSuccess;
};

using Resource = std::shared_ptr<ResourceInstance>;
using Bytes = std::vector<std::byte>;

// On a thread of its own; ERROR_BUSY when there is none.
template <class Answer>
void Elsewhere(const Resource& resource, const std::shared_ptr<Pending>& pending, Answer answer) {
  if (resource->jobs().Start(std::move(answer))) return;
  pending->Done(Only(static_cast<abi::Dword>(ErrorCode::kBusy)));
}

bool IsSwapCode(abi::Dword code) {
  return code == control::kSwapPolicy || code == control::kHistory ||
         code == control::kLiftQuarantine;
}

void AnswerSwap(const Resource& resource, abi::Dword code, const Bytes& in, const std::string& user,
                const std::shared_ptr<Pending>& pending) {
  if (code == control::kHistory) return pending->Done(TellHistory(*resource));
  if (code == control::kLiftQuarantine) return pending->Done(LiftQuarantine(*resource, user));
  SwapPolicy(resource, in, user, [pending](const ControlReply& reply) { pending->Done(reply); });
}

// What the policy has nothing to say to.
void AnswerWithoutPolicy(const Resource& resource, abi::Dword code, const Bytes& in,
                         const std::shared_ptr<Pending>& pending) {
  if (!IsStorageCode(code)) return pending->Done(Only(Default(code)));
  Elsewhere(resource, pending,
            [resource, pending, code, in] { pending->Done(ControlStorage(*resource, code, in)); });
}

void AskPolicy(const Resource& resource, abi::Dword code, const Bytes& in,
               const std::shared_ptr<Pending>& pending) {
  std::string bytes(reinterpret_cast<const char*>(in.data()), in.size());
  const bool asked =
      resource->AskControl(code, std::move(bytes), [resource, pending, code, in](const Verdict& v) {
        const abi::Dword status = v.ok ? abi::kSuccess : static_cast<abi::Dword>(v.cause.code);
        if (status == abi::kInvalidFunction) {
          return AnswerWithoutPolicy(resource, code, in, pending);
        }
        const auto out = std::as_bytes(std::span(v.output.str()));
        pending->Done({status, {out.begin(), out.end()}});
      });
  if (!asked) AnswerWithoutPolicy(resource, code, in, pending);
}

}  // namespace

abi::Dword Deliver(const ControlReply& reply, const ControlCall& call) {
  const bool succeeded = reply.status == abi::kSuccess || reply.status == abi::kPropertiesStored;
  const std::size_t size = succeeded ? reply.data.size() : 0;
  if (call.returned != nullptr) *call.returned = static_cast<abi::Dword>(size);
  if (!succeeded || size == 0) return reply.status;
  if (call.out == nullptr || call.out_size < size) return abi::kMoreData;
  std::memcpy(call.out, reply.data.data(), size);
  return reply.status;
}

abi::Dword ControlResource(const std::shared_ptr<ResourceInstance>& resource,
                           const ControlCall& call) {
  if (const auto reply = AtOnce(*resource, call)) return Deliver(*reply, call);
  const auto pending = std::make_shared<Pending>(call, resource->monitor());
  // The caller's buffer is the caller's again when it has been answered.
  std::vector<std::byte> in(InputOf(call).begin(), InputOf(call).end());
  const std::string user = resource->system().UserOf(call.token);  // so is the token
  if (IsPropertyCode(call.code)) {
    const bool changes = call.code == control::kSetPrivateProperties ||
                         call.code == control::kValidatePrivateProperties;
    if (changes && !ReadPropertyList(in).ok()) {
      return static_cast<abi::Dword>(ErrorCode::kInvalidData);
    }
    Elsewhere(resource, pending, [resource, pending, code = call.code, in, user] {
      ControlProperties(resource, code, in, user,
                        [pending](const ControlReply& reply) { pending->Done(reply); });
    });
  } else if (IsSwapCode(call.code)) {
    Elsewhere(resource, pending, [resource, pending, code = call.code, in, user] {
      AnswerSwap(resource, code, in, user, pending);
    });
  } else if (call.code == control::kDumpTrace) {
    DumpTrace(*resource, [pending](const ControlReply& reply) { pending->Done(reply); });
  } else if (call.code == control::kInjectFaults) {
    InjectFaults(resource, in, [pending](const ControlReply& reply) { pending->Done(reply); });
  } else {
    AskPolicy(resource, call.code, in, pending);
  }
  return pending->Wait();
}

abi::Dword ControlResourceType(const ControlCall& call) {
  switch (call.code) {
    case control::kTypeGetCharacteristics:
      return Deliver(Plain(control::kCharacteristics), call);
    case control::kTypeGetClassInfo:
      return Deliver(Plain(abi::ResourceClassInfo{control::kClassUnknown, 0}), call);
    case control::kTypeGetRequiredDependencies:
      return Deliver(Plain(abi::Dword{0}), call);
    case control::kTypeGetPrivateResourceFormats:
      return Deliver({abi::kSuccess, ListFormats(PrivateSpecs({}))}, call);
    case control::kTypeStartingPhase1:  // nothing of the cluster may be called yet, and nothing is
    case control::kTypeStartingPhase2:
    case control::kTypeInstallNode:
    case control::kTypeEvictNode:
    case control::kTypeQueryDelete:
      return Deliver(Only(abi::kSuccess), call);
    default:
      return Deliver(Only(abi::kInvalidFunction), call);
  }
}

}  // namespace tidegate
