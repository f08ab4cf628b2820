// The parts of a host, put together.
#include "host/env/host_env.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "host/core/limits.h"
#include "host/env/clock.h"
#include "host/env/host_name.h"

namespace tidegate {
namespace {

bool IsCluster(const Call& call) { return Info(call).capability == Capability::kCluster; }

// Calls that block. It owns what it uses: a call stuck in the kernel outlives everything else.
class Performer {
 public:
  Performer(Store store, std::shared_ptr<Names> names, const HostEnvOptions& options)
      : store_(std::move(store)),
        names_(std::move(names)),
        volumes_(options.volumes),
        cluster_(options.cluster) {}

  Reply operator()(ResourceId id, const Call& call) const {
    if (Info(call).capability == Capability::kStore) return Keep(id, call);
    if (IsCluster(call)) return cluster_(id, call);
    if (volumes_) return volumes_(id, call);
    return Failure(ErrorCode::kNotSupported, "this host has no volumes");
  }

 private:
  Reply Keep(ResourceId id, const Call& call) const {
    const std::optional<std::string> name = names_->Find(id);
    if (!name) {
      return Failure(ErrorCode::kIoDevice, "resource " + names_->Of(id) +
                                               " is not hosted here any more: nothing is kept");
    }
    if (const auto* get = std::get_if<StoreGet>(&call)) return store_.Get(*name, *get);
    if (const auto* set = std::get_if<StoreSet>(&call)) return store_.Set(*name, *set);
    if (const auto* get = std::get_if<RecordGet>(&call)) return store_.Get(*name, *get);
    return store_.Set(*name, std::get<RecordSet>(call));
  }

  Store store_;
  std::shared_ptr<Names> names_;
  std::function<Reply(ResourceId, const Call&)> volumes_;
  std::function<Reply(ResourceId, const Call&)> cluster_;
};

}  // namespace

Result<std::unique_ptr<HostEnv>> HostEnv::Create(EventSink& sink, HostEnvOptions options) {
  if (options.node.empty()) options.node = HostName();
  Result<Store> store = Store::Open(options.state_directory);
  if (!store) return store.error();
  return std::unique_ptr<HostEnv>(new HostEnv(sink, std::move(options), std::move(*store)));
}

HostEnv::HostEnv(EventSink& sink, HostEnvOptions options, Store store)
    : sink_(sink),
      options_(std::move(options)),
      store_(std::move(store)),
      names_(std::make_shared<Names>()),
      timers_(sink, !options_.in_turn) {
  perform_ = Performer(store_, names_, options_);
  workers_ = std::make_unique<Workers>(
      sink, perform_,
      [this](ResourceId id, Level level, std::string_view text) { Log(id, level, text); },
      options_.workers);
}

HostEnv::~HostEnv() { Stop(); }

void HostEnv::Register(ResourceId id, std::string name) {
  if (!options_.in_turn) store_.Clean(name);
  names_->Register(id, std::move(name));
}

void HostEnv::Forget(ResourceId id) {
  if (!workers_->HasCallsOf(id)) names_->Forget(id);
  const std::scoped_lock lock(mutex_);
  reported_.erase(id.index);
}

Instant HostEnv::Now() const { return MonotonicNow(); }

void HostEnv::Submit(ResourceId id, Ticket ticket, const Call& call) {
  const bool blocking = Info(call).blocking || (options_.cluster && IsCluster(call));
  if (blocking && options_.in_turn) {
    sink_.Post(id, {Now(), Completed{ticket, perform_(id, call)}});
  } else if (blocking) {
    workers_->Submit(id, ticket, call);
  } else if (const auto* sleep = std::get_if<TimerSleep>(&call)) {
    timers_.Sleep(id, ticket, Now() + std::clamp(sleep->duration, {}, limits::kDurationMax));
  } else {
    sink_.Post(id, {Now(), Completed{ticket, Answer(call)}});
  }
}

// A cluster of this one node: it owns what it hosts, and is always a majority.
Reply HostEnv::Answer(const Call& call) const {
  return std::visit(
      [this]<class Op>(const Op&) -> Reply {
        if constexpr (std::is_same_v<Op, ClusterNodes>) {
          return Success(Strings{options_.node});
        } else if constexpr (std::is_same_v<Op, ClusterOwner>) {
          return Success(options_.node);
        } else if constexpr (std::is_same_v<Op, ClusterQuorum>) {
          return Success(true);
        } else if constexpr (std::is_same_v<Op, ClusterStandby>) {
          return Success(false);
        } else if constexpr (Op::Info().capability == Capability::kCluster) {
          return Failure(ErrorCode::kNotSupported,
                         "node attributes are kept by a cluster, and this host is in none");
        } else {
          static_assert(Op::Info().blocking || std::is_same_v<Op, TimerSleep>);
          return Failure(ErrorCode::kInternalError, "not an operation that answers at once");
        }
      },
      call);
}

void HostEnv::Arm(ResourceId id, Ticket ticket, Instant due) { timers_.Arm(id, ticket, due); }

void HostEnv::Report(ResourceId id, const Status& status) {
  {
    const std::scoped_lock lock(mutex_);
    reported_.insert_or_assign(id.index, status);
  }
  if (options_.reported) options_.reported(id, status);
}

void HostEnv::Log(ResourceId id, Level level, std::string_view text) {
  if (options_.log) options_.log(level, names_->Of(id), text);
}

std::optional<Status> HostEnv::Reported(ResourceId id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = reported_.find(id.index);
  return found == reported_.end() ? std::nullopt : std::optional(found->second);
}

void HostEnv::Stop(Duration grace) {
  timers_.Stop();
  workers_->Stop(grace);
}

}  // namespace tidegate
