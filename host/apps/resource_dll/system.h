// System is what the DLL needs of its operating system, besides HostEnv: the cluster database,
// volumes, events and the last error.
//
// Why a seam: everything else of the DLL is plain C++ that the tests of every platform run, under
// sanitizers too. Ownership: outlives the module. Threading: any.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "host/apps/resource_dll/abi.h"
#include "host/core/env.h"
#include "host/core/property.h"
#include "host/env/file_system.h"

namespace tidegate {

// The Parameters key of one resource. May block: the cluster database is the cluster's.
class ParameterStore {
 public:
  virtual ~ParameterStore() = default;
  // Texts and numbers, by name. A key that is not there yet has none.
  virtual Result<Properties> Read() = 0;
  // Nothing: removes the value.
  virtual Outcome Write(const std::string& name, const std::optional<PropertyValue>& value) = 0;
};

struct VolumeDriver {
  // Both block, and either may be missing. `volume` as volume.open takes it.
  using Facts = std::function<FileSystemFacts(const std::string& volume)>;
  using Holds = std::function<ErrorCode(const std::string& volume, const std::string& path)>;

  std::function<Reply(tidegate::ResourceId, const Call&)> perform;  // owns all that it needs
  std::function<void(tidegate::ResourceId)> cancel;  // ends what I/O is under way; never waits
  std::function<void(tidegate::ResourceId)> rest;    // closes what is kept between polls; may block
  std::function<void(tidegate::ResourceId)> forget;  // closes what is open
  // Requests that a driver has kept although they were cancelled, and has still; never waits.
  std::function<std::size_t(tidegate::ResourceId)> left_behind;
  Facts facts;
  Holds holds;  // whether the path is there, as CLUSCTL_RESOURCE_STORAGE_IS_PATH_VALID answers
};

class System {
 public:
  virtual ~System() = default;
  virtual Result<std::shared_ptr<ParameterStore>> OpenParameters(abi::Key resource_key) = 0;
  virtual VolumeDriver MakeVolumes() = 0;
  // Answers cluster.* of a resource, by its name; blocks. None: the cluster is this one node.
  virtual std::function<Reply(const std::string& resource, const Call&)> MakeCluster() = 0;
  virtual std::string StateDirectory() = 0;

  // Who a control call is made for: "S-1-5-...", empty when it does not say.
  virtual std::string UserOf(abi::Handle token) = 0;
  // "DOMAIN\\name", or what UserOf said where nobody knows it. May block: a domain is asked.
  virtual std::string AccountOf(const std::string& user) = 0;

  virtual abi::Handle MakeEvent() = 0;  // null when there is none to be had
  virtual void SetEvent(abi::Handle event, bool signalled) = 0;
  virtual void CloseEvent(abi::Handle event) = 0;

  virtual void SetLastError(abi::Dword error) = 0;
};

}  // namespace tidegate
