// Controls are the answers to control codes: of a resource, and of the resource type.
//
// What is known at once is answered at once. What needs the disk, the cluster database or the
// policy is done elsewhere: the caller waits limits::kEntryPointWait, then the answer comes by
// EndControlCall, or, where the Resource Monitor has no such thing, is
// ERROR_RESOURCE_CALL_TIMED_OUT. A code that nobody here knows is ERROR_INVALID_FUNCTION, and the
// Resource Monitor answers it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "host/apps/resource_dll/abi.h"
#include "host/apps/resource_dll/resource_instance.h"

namespace tidegate {

struct ControlCall {
  abi::Dword code = 0;
  void* in = nullptr;
  abi::Dword in_size = 0;
  void* out = nullptr;
  abi::Dword out_size = 0;
  abi::Dword* returned = nullptr;
  // Set in a Begin... form: the answer may come later.
  std::optional<abi::Context> context;
  abi::Bool* later = nullptr;
  abi::Handle token = nullptr;  // of the user who asks, in an ...AsUser form
};

struct ControlReply {
  abi::Dword status = abi::kSuccess;
  std::vector<std::byte> data;
};

abi::Dword ControlResource(const std::shared_ptr<ResourceInstance>& resource,
                           const ControlCall& call);
abi::Dword ControlResourceType(const ControlCall& call);

// --- The parts. ---

// Copies the data out; ERROR_MORE_DATA and the size where the buffer is too small for it.
abi::Dword Deliver(const ControlReply& reply, const ControlCall& call);

// An answer without data; why goes into the log.
ControlReply Refused(const ResourceInstance& resource, const Error& error);

// Private properties: each blocks, on a job's thread. A PolicyPath that is changed alone, while the
// resource is online, is a swap: `done` comes on any thread.
bool IsPropertyCode(abi::Dword code);
void ControlProperties(const std::shared_ptr<ResourceInstance>& resource, abi::Dword code,
                       std::span<const std::byte> in, const std::string& user,
                       const std::function<void(ControlReply)>& done);

// Our own codes. `done` comes on any thread.
void DumpTrace(ResourceInstance& resource, std::function<void(ControlReply)> done);
// Swaps: on a job's thread, they block. `user` as System::UserOf names who asks.
void SwapPolicy(const std::shared_ptr<ResourceInstance>& resource, std::span<const std::byte> in,
                const std::string& user, const std::function<void(ControlReply)>& done);
// The same to `given`; empty: what `stored` has.
void SwapTo(const std::shared_ptr<ResourceInstance>& resource, const Properties& stored,
            const std::string& given, const std::string& user,
            const std::function<void(ControlReply)>& done);
ControlReply TellHistory(const ResourceInstance& resource);
ControlReply LiftQuarantine(const ResourceInstance& resource, const std::string& user);
void InjectFaults(const std::shared_ptr<ResourceInstance>& resource, std::span<const std::byte> in,
                  std::function<void(ControlReply)> done);

// STORAGE_...: what can be said of the volume that the resource owns. Blocks, on a job's thread.
bool IsStorageCode(abi::Dword code);
ControlReply ControlStorage(ResourceInstance& resource, abi::Dword code,
                            std::span<const std::byte> in);

}  // namespace tidegate
