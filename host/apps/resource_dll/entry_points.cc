// From the Resource Monitor's calls to resources. Every pointer that may be null is looked at here.
#include "host/apps/resource_dll/entry_points.h"

#include <exception>
#include <string>

#include "host/apps/resource_dll/controls.h"
#include "host/apps/resource_dll/dll_module.h"
#include "host/core/limits.h"

namespace tidegate {
namespace {

// No exception leaves the DLL: the Resource Monitor would end, and all its resources with it.
template <class F>
auto Guarded(F body, decltype(body()) otherwise) -> decltype(body()) {
  try {
    return body();
  } catch (const std::exception&) {
    TheModule().system().SetLastError(abi::kNotEnoughMemory);
    return otherwise;
  }
}

template <class F>
abi::Dword OnResource(abi::ResourceId id, F body) {
  return Guarded(
      [&]() -> abi::Dword {
        const std::shared_ptr<ResourceInstance> resource = TheModule().Find(id);
        return resource == nullptr ? abi::kResourceNotFound : body(resource);
      },
      abi::kNotEnoughMemory);
}

bool ArgumentsOf(abi::Dword flags, const abi::Byte* in, abi::Dword in_size, Arguments& out) {
  if (in_size > limits::kControlBytes || (in == nullptr && in_size > 0)) return false;
  out.flags = flags;
  if (in_size > 0) out.input = std::string_view(reinterpret_cast<const char*>(in), in_size);
  return true;
}

abi::ResourceId OpenV1(const abi::WideChar* name, abi::Key key, abi::ResourceHandle handle) {
  return Guarded([&] { return TheModule().Open(name, key, handle, false); }, nullptr);
}

abi::ResourceId OpenV2(const abi::WideChar* name, abi::Key key, abi::ResourceHandle handle,
                       abi::Dword) {
  return Guarded([&] { return TheModule().Open(name, key, handle, true); }, nullptr);
}

void Close(abi::ResourceId id) {
  Guarded(
      [&] {
        TheModule().Close(id);
        return 0;
      },
      0);
}

abi::Dword OnlineV2(abi::ResourceId id, abi::Handle* event, abi::Dword flags, abi::Byte* in,
                    abi::Dword in_size, abi::Dword) {
  return OnResource(id, [&](const auto& resource) {
    Arguments arguments;
    if (!ArgumentsOf(flags, in, in_size, arguments)) return abi::kInvalidParameter;
    return resource->Online(std::move(arguments), event);
  });
}

abi::Dword OnlineV1(abi::ResourceId id, abi::Handle* event) {
  return OnlineV2(id, event, 0, nullptr, 0, 0);
}

abi::Dword OfflineV2(abi::ResourceId id, const abi::WideChar*, abi::Dword flags, abi::Byte* in,
                     abi::Dword in_size, abi::Dword) {
  return OnResource(id, [&](const auto& resource) {
    Arguments arguments;
    if (!ArgumentsOf(flags, in, in_size, arguments)) return abi::kInvalidParameter;
    return resource->Offline(std::move(arguments));
  });
}

abi::Dword OfflineV1(abi::ResourceId id) { return OfflineV2(id, nullptr, 0, nullptr, 0, 0); }

void Terminate(abi::ResourceId id) {
  OnResource(id, [&](const auto& resource) {
    resource->Terminate();
    return abi::kSuccess;
  });
}

abi::Bool Poll(abi::ResourceId id, EntryPoint entry) {
  const abi::Dword error = OnResource(id, [&](const auto& resource) {
    return resource->Poll(entry) ? abi::kSuccess
                                 : static_cast<abi::Dword>(ErrorCode::kResourceFailed);
  });
  if (error != abi::kSuccess) TheModule().system().SetLastError(error);
  return error == abi::kSuccess ? 1 : 0;
}

abi::Bool LooksAlive(abi::ResourceId id) { return Poll(id, EntryPoint::kLooksAlive); }
abi::Bool IsAlive(abi::ResourceId id) { return Poll(id, EntryPoint::kIsAlive); }

abi::Dword Arbitrate(abi::ResourceId id, abi::QuorumResourceLost lost) {
  return OnResource(id, [&](const auto& resource) { return resource->Arbitrate(lost); });
}

abi::Dword Release(abi::ResourceId id) {
  return OnResource(id, [&](const auto& resource) { return resource->Release(); });
}

abi::Dword CancelCall(abi::ResourceId id, abi::Dword) {
  return OnResource(id, [&](const auto& resource) { return resource->Cancel(); });
}

bool Sound(const ControlCall& call) {
  return call.in_size <= limits::kControlBytes && (call.in != nullptr || call.in_size == 0) &&
         (call.out != nullptr || call.out_size == 0);
}

abi::Dword Control(abi::ResourceId id, const ControlCall& call) {
  if (call.later != nullptr) *call.later = 0;
  if (call.returned != nullptr) *call.returned = 0;
  return OnResource(id, [&](const auto& resource) {
    return Sound(call) ? ControlResource(resource, call) : abi::kInvalidParameter;
  });
}

bool IsOurType(const abi::WideChar* type) {
  if (type == nullptr) return false;
  std::size_t i = 0;
  for (; kResourceType[i] != 0; ++i) {
    if ((type[i] | 0x20) != (kResourceType[i] | 0x20)) return false;
  }
  return type[i] == 0;
}

abi::Dword TypeControl(const abi::WideChar* type, const ControlCall& call) {
  if (call.later != nullptr) *call.later = 0;
  if (call.returned != nullptr) *call.returned = 0;
  if (!IsOurType(type)) return static_cast<abi::Dword>(ErrorCode::kClusterResnameNotFound);
  return Guarded([&] { return Sound(call) ? ControlResourceType(call) : abi::kInvalidParameter; },
                 abi::kNotEnoughMemory);
}

abi::Dword ResourceControl(abi::ResourceId id, abi::Dword code, void* in, abi::Dword in_size,
                           void* out, abi::Dword out_size, abi::Dword* returned) {
  return Control(id, {code, in, in_size, out, out_size, returned, std::nullopt, nullptr});
}

abi::Dword ResourceTypeControl(const abi::WideChar* type, abi::Dword code, void* in,
                               abi::Dword in_size, void* out, abi::Dword out_size,
                               abi::Dword* returned) {
  return TypeControl(type, {code, in, in_size, out, out_size, returned, std::nullopt, nullptr});
}

abi::Dword BeginResourceControl(abi::ResourceId id, abi::Dword code, void* in, abi::Dword in_size,
                                void* out, abi::Dword out_size, abi::Dword* returned,
                                abi::Context context, abi::Bool* later) {
  return Control(id, {code, in, in_size, out, out_size, returned, context, later});
}

abi::Dword BeginResourceTypeControl(const abi::WideChar* type, abi::Dword code, void* in,
                                    abi::Dword in_size, void* out, abi::Dword out_size,
                                    abi::Dword* returned, abi::Context context, abi::Bool* later) {
  return TypeControl(type, {code, in, in_size, out, out_size, returned, context, later});
}

// The cluster has checked what the user may do; the work is done as the service, as all other is,
// and a resource's history says who asked.
abi::Dword BeginResourceControlAsUser(abi::ResourceId id, abi::Handle token, abi::Dword code,
                                      void* in, abi::Dword in_size, void* out, abi::Dword out_size,
                                      abi::Dword* returned, abi::Context context,
                                      abi::Bool* later) {
  return Control(id, {code, in, in_size, out, out_size, returned, context, later, token});
}

abi::Dword BeginResourceTypeControlAsUser(const abi::WideChar* type, abi::Handle, abi::Dword code,
                                          void* in, abi::Dword in_size, void* out,
                                          abi::Dword out_size, abi::Dword* returned,
                                          abi::Context context, abi::Bool* later) {
  return TypeControl(type, {code, in, in_size, out, out_size, returned, context, later});
}

constexpr abi::FunctionsV1 kV1 = {
    &OpenV1,  &Close,     &OnlineV1, &OfflineV1,       &Terminate,          &LooksAlive,
    &IsAlive, &Arbitrate, &Release,  &ResourceControl, &ResourceTypeControl};
constexpr abi::FunctionsV2 kV2 = {
    &OpenV2,  &Close,     &OnlineV2, &OfflineV2,       &Terminate,           &LooksAlive,
    &IsAlive, &Arbitrate, &Release,  &ResourceControl, &ResourceTypeControl, &CancelCall};
constexpr abi::FunctionsV4 kV4 = {&OpenV2,
                                  &Close,
                                  &OnlineV2,
                                  &OfflineV2,
                                  &Terminate,
                                  &LooksAlive,
                                  &IsAlive,
                                  &Arbitrate,
                                  &Release,
                                  &BeginResourceControl,
                                  &BeginResourceTypeControl,
                                  &CancelCall,
                                  &BeginResourceControlAsUser,
                                  &BeginResourceTypeControlAsUser};

abi::FunctionTable table_v1{sizeof kV1, abi::kVersion1, {.v1 = kV1}};
abi::FunctionTable table_v2{sizeof kV2, abi::kVersion2, {.v2 = kV2}};
abi::FunctionTable table_v4{sizeof kV4, abi::kVersion4, {.v4 = kV4}};

}  // namespace

abi::Dword StartV1(const abi::WideChar* type, abi::Dword least, abi::Dword most,
                   abi::SetResourceStatus set_status, abi::LogEvent log,
                   abi::FunctionTable** table) {
  if (table == nullptr) return abi::kInvalidParameter;
  if (!IsOurType(type)) return static_cast<abi::Dword>(ErrorCode::kClusterResnameNotFound);
  if (least > abi::kVersion1 || most < abi::kVersion1) {
    return static_cast<abi::Dword>(ErrorCode::kRevisionMismatch);
  }
  return Guarded(
      [&] {
        TheModule().SetCallbacks(false, {set_status, log});
        *table = &table_v1;
        return abi::kSuccess;
      },
      abi::kNotEnoughMemory);
}

// The highest version that the caller accepts, but for V3 (abi.h).
abi::Dword StartEx(const abi::WideChar* type, abi::Dword least, abi::Dword most,
                   abi::Callbacks* callbacks, abi::FunctionTable** table) {
  if (table == nullptr || callbacks == nullptr) return abi::kInvalidParameter;
  if (!IsOurType(type)) return static_cast<abi::Dword>(ErrorCode::kClusterResnameNotFound);
  for (abi::FunctionTable* ours : {&table_v4, &table_v2}) {
    if (ours->version < least || ours->version > most) continue;
    return Guarded(
        [&] {
          TheModule().SetCallbacks(true, {ours->version, *callbacks});
          *table = ours;
          return abi::kSuccess;
        },
        abi::kNotEnoughMemory);
  }
  return static_cast<abi::Dword>(ErrorCode::kRevisionMismatch);
}

}  // namespace tidegate
