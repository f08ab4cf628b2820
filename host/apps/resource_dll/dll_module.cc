// Opening, finding and closing resources.
#include "host/apps/resource_dll/dll_module.h"

#include <bit>
#include <chrono>

#include "host/apps/resource_dll/utf16.h"
#include "host/core/limits.h"
#include "host/core/text.h"

namespace tidegate {
namespace {

constexpr int kSlotBits = 20;

abi::ResourceId Encode(std::size_t slot, std::uint32_t generation) {
  const std::uint64_t number = std::uint64_t{generation} << kSlotBits | (slot + 1);
  return std::bit_cast<abi::ResourceId>(number);
}

}  // namespace

void DllModule::SetCallbacks(bool extended, const MonitorCallbacks& callbacks) {
  const std::scoped_lock lock(mutex_);
  callbacks_[extended ? 1 : 0] = callbacks;
}

Result<std::shared_ptr<ResourceHost>> DllModule::Enter() {
  const std::scoped_lock lock(mutex_);
  if (host_ == nullptr) {
    Result<std::shared_ptr<ResourceHost>> host = ResourceHost::Start(system_);
    if (!host) return host;
    host_ = std::move(*host);
  }
  ++guests_;
  return host_;
}

// On a job's thread.
void DllModule::Leave(const std::shared_ptr<ResourceHost>& host) {
  {
    const std::scoped_lock lock(mutex_);
    if (--guests_ > 0) return;
    host_ = nullptr;
  }
  host->Stop();
}

abi::ResourceId DllModule::Open(const abi::WideChar* name, abi::Key key, abi::ResourceHandle handle,
                                bool extended) {
  const auto fail = [&](const MonitorCallbacks& monitor, const Error& error) {
    monitor.Log(handle, Level::kError, "not opened: " + Text(error));
    system_.SetLastError(static_cast<abi::Dword>(error.code));
    return nullptr;
  };
  MonitorCallbacks monitor;
  {
    const std::scoped_lock lock(mutex_);
    monitor = callbacks_[extended ? 1 : 0];
  }
  std::string resource = ToUtf8(name, limits::kResourceNameBytes + 1);
  if (resource.empty() || resource.size() > limits::kResourceNameBytes) {
    return fail(monitor, {ErrorCode::kInvalidParameter, "", "the resource's name is too long"});
  }
  auto parameters = system_.OpenParameters(key);
  if (!parameters) return fail(monitor, parameters.error());
  auto host = Enter();
  if (!host) return fail(monitor, host.error());
  return Add(std::make_shared<ResourceInstance>(
      ResourceInstance::Parts{.name = std::move(resource),
                              .system = &system_,
                              .parameters = std::move(*parameters),
                              .host = std::move(*host),
                              .monitor = monitor,
                              .handle = handle}));
}

abi::ResourceId DllModule::Add(std::shared_ptr<ResourceInstance> instance) {
  const std::scoped_lock lock(mutex_);
  std::size_t slot = 0;
  while (slot < slots_.size() && slots_[slot].instance != nullptr) ++slot;
  if (slot == slots_.size()) slots_.emplace_back();
  slots_[slot].instance = std::move(instance);
  return Encode(slot, ++slots_[slot].generation);
}

std::size_t DllModule::SlotOf(abi::ResourceId id) const {
  const auto number = std::bit_cast<std::uint64_t>(id);
  const std::size_t slot = (number & ((1u << kSlotBits) - 1)) - 1;
  const bool known = slot < slots_.size() && slots_[slot].instance != nullptr &&
                     slots_[slot].generation == number >> kSlotBits;
  return known ? slot : slots_.size();
}

std::shared_ptr<ResourceInstance> DllModule::Find(abi::ResourceId id) {
  const std::scoped_lock lock(mutex_);
  const std::size_t slot = SlotOf(id);
  return slot < slots_.size() ? slots_[slot].instance : nullptr;
}

// Comes back when all is gone, or when the cluster has waited long enough; the rest then goes on by
// itself.
void DllModule::Close(abi::ResourceId id) {
  struct Gone {
    Mutex mutex;
    Condition changed;
    bool gone = false;
  };
  std::shared_ptr<ResourceInstance> instance;
  {
    const std::scoped_lock lock(mutex_);
    const std::size_t slot = SlotOf(id);
    if (slot == slots_.size()) return;
    instance = std::move(slots_[slot].instance);
    slots_[slot].instance = nullptr;
  }
  const auto gone = std::make_shared<Gone>();
  const Duration patience = instance->Patience();
  instance->Close([this, host = instance->host(), gone] {
    Leave(host);
    const std::scoped_lock lock(gone->mutex);
    gone->gone = true;
    gone->changed.notify_all();
  });
  std::unique_lock lock(gone->mutex);
  if (!gone->changed.wait_for(lock, std::chrono::nanoseconds(patience.ns),
                              [&] { return gone->gone; })) {
    instance->Log(Level::kError, "closed, but not offline after " + Text(patience) +
                                     ": until what it asked for has ended, the volume may still be "
                                     "in use here");
  }
  instance->Silence();
}

}  // namespace tidegate
