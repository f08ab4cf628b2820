// Putting the parts together.
#include "host/apps/resource_dll/resource_host.h"

#include <filesystem>

#include "host/apps/shared/pack/places.h"
#include "host/core/limits.h"
#include "host/env/guarded.h"

namespace tidegate {
namespace {

std::filesystem::path PathOf(const std::string& utf8) {
  return std::u8string(utf8.begin(), utf8.end());
}

std::string Utf8Of(const std::filesystem::path& path) {
  const std::u8string text = path.u8string();
  return {text.begin(), text.end()};
}

}  // namespace

Result<std::shared_ptr<ResourceHost>> ResourceHost::Start(System& system) {
  std::shared_ptr<ResourceHost> host(new ResourceHost(system));
  HostEnvOptions options;
  options.state_directory = system.StateDirectory();
  // Packs, and whom to trust, are the node's as its state is.
  const std::filesystem::path beside = PathOf(options.state_directory).parent_path();
  SetPackPlaces(PlacesOfEnvironment({beside / "packs", beside / "trust"}));
  for (const std::filesystem::path& folder : {beside, PathOf(options.state_directory)}) {
    if (const Outcome guarded = MakeGuarded(Utf8Of(folder)); !guarded) return guarded.error();
  }
  options.volumes = host->volumes_.perform;
  if (auto cluster = system.MakeCluster()) {
    // Owns the names: a call may outlive the host.
    options.cluster = [names = host->names_, cluster](ResourceId id, const Call& call) {
      return cluster(names->Of(id), call);
    };
  }
  const auto log = [self = host.get()](Level level, std::string_view resource,
                                       std::string_view text) { self->Log(level, resource, text); };
  options.log = log;
  options.reported = [self = host.get()](ResourceId id, const Status& status) {
    std::function<void(const Status&)> reported;
    {
      const std::scoped_lock lock(self->mutex_);
      const auto found = self->guests_.find(id.index);
      if (found != self->guests_.end()) reported = found->second.reported;
    }
    if (reported) reported(status);
  };
  if (const Result<Store> store = Store::Open(options.state_directory)) store->Sweep();
  Result<std::unique_ptr<Versions>> versions = Versions::Open(options.state_directory, log);
  if (!versions) return versions.error();
  host->versions_ = std::move(*versions);
  Result<std::unique_ptr<HostEnv>> env = HostEnv::Create(host->scheduler_, std::move(options));
  if (!env) return env.error();
  host->env_ = std::move(*env);
  // An injected answer is recorded as what it is.
  host->faults_ =
      std::make_unique<FaultEnv>(*host->env_, host->scheduler_, Plan(), host->env_->node());
  host->faults_->Listen([env = host->env_.get()](ResourceId id, const std::string& fault) {
    env->Log(id, Level::kWarning, "injected: " + fault);
  });
  host->recorder_ = std::make_unique<TraceEnv>(*host->faults_);
  host->engine_ = std::make_unique<Engine>(*host->recorder_);
  host->faults_->Forward(*host->recorder_);
  host->recorder_->Forward(*host->engine_);
  host->scheduler_.Start(*host->faults_);
  return host;
}

ResourceHost::~ResourceHost() { Stop(); }

Result<std::pair<ResourceId, Lane*>> ResourceHost::Add(const Guest& guest,
                                                       const LoadedPolicy& policy,
                                                       Properties properties,
                                                       const Grants& grants) {
  const std::scoped_lock adding(adding_);
  const Result<ResourceId> id = engine_->NewId();
  if (!id) return id.error();
  Invite(*id, guest);
  if (grants.inject_faults) faults_->Register(*id, guest.name);
  LaneSpec spec{.id = *id,
                .name = guest.name,
                .node = env_->node(),
                .properties = std::move(properties),
                .granted = grants.capabilities,
                .limits = {},
                .filters_health = true,
                .monitor = {}};  // the cluster's Resource Monitor is the monitor
  const Result<Lane*> lane = engine_->Add(std::move(spec), policy.program);
  if (!lane) {
    Dismiss(*id);
    return lane.error();
  }
  return std::pair{*id, *lane};
}

void ResourceHost::Log(Level level, std::string_view resource, std::string_view text) {
  std::function<void(Level, std::string_view)> log;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = by_name_.find(resource);
    if (found != by_name_.end()) log = guests_[found->second].log;
  }
  if (log) log(level, text);
}

void ResourceHost::Invite(ResourceId id, const Guest& guest) {
  names_->Register(id, guest.name);
  env_->Register(id, guest.name);
  const std::scoped_lock lock(mutex_);
  guests_.emplace(id.index, guest);
  by_name_[guest.name] = id.index;
}

void ResourceHost::Dismiss(ResourceId id) {
  names_->Forget(id);
  env_->Forget(id);
  const std::scoped_lock lock(mutex_);
  const auto guest = guests_.find(id.index);
  if (guest == guests_.end()) return;
  const auto named = by_name_.find(guest->second.name);
  if (named != by_name_.end() && named->second == id.index) by_name_.erase(named);
  guests_.erase(guest);
}

void ResourceHost::Remove(ResourceId id) {
  CancelIo(id);
  scheduler_.Remove(id);
  engine_->Remove(id);
  recorder_->Forget(id);
  faults_->Forget(id);
  if (volumes_.forget) volumes_.forget(id);
  Dismiss(id);
}

void ResourceHost::CancelIo(ResourceId id) {
  if (volumes_.cancel) volumes_.cancel(id);
}

void ResourceHost::Rest(ResourceId id) {
  if (volumes_.rest) volumes_.rest(id);
}

void ResourceHost::Stop() {
  if (env_ != nullptr) env_->Stop(limits::kEntryPointWait / 4);
  scheduler_.Stop();
  jobs_.Stop();
  if (versions_ != nullptr) versions_->End();
}

}  // namespace tidegate
