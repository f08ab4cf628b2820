// A DllModule is the DLL: the Resource Monitor's callbacks, and the resources that are open.
//
// Why a RESID is a number and no address: a call with one that was never given out, or was closed,
// gets an error and touches nothing. Threading: any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/apps/resource_dll/resource_instance.h"

namespace tidegate {

inline constexpr char16_t kResourceType[] = u"Tidegate";

class DllModule {
 public:
  explicit DllModule(System& system) : system_(system) {}

  System& system() { return system_; }
  // Tables of version 1 and of the later ones have callbacks of their own.
  void SetCallbacks(bool extended, const MonitorCallbacks& callbacks);

  // Null, and the last error set, on failure.
  abi::ResourceId Open(const abi::WideChar* name, abi::Key key, abi::ResourceHandle handle,
                       bool extended);
  std::shared_ptr<ResourceInstance> Find(abi::ResourceId id);
  void Close(abi::ResourceId id);

 private:
  struct Slot {
    std::uint32_t generation = 0;
    std::shared_ptr<ResourceInstance> instance;
  };

  Result<std::shared_ptr<ResourceHost>> Enter();  // a host, started if need be
  void Leave(const std::shared_ptr<ResourceHost>& host);
  abi::ResourceId Add(std::shared_ptr<ResourceInstance> instance);
  std::size_t SlotOf(abi::ResourceId id) const;  // slots_.size() for a stranger

  System& system_;
  Mutex mutex_;
  MonitorCallbacks callbacks_[2];
  std::vector<Slot> slots_;
  std::shared_ptr<ResourceHost> host_;
  int guests_ = 0;  // of host_, those that are still being closed included
};

// The one of this DLL.
DllModule& TheModule();

}  // namespace tidegate
