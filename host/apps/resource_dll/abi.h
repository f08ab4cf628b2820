// The binary interface between the Resource Monitor and a resource DLL: types, numbers, function
// tables.
//
// Why our own: mingw-w64's clusapi.h does not compile, and its resapi.h has wrong layouts
// (RESOURCE_STATUS_EX without WaitHint, 5 callbacks of 17, no V4 table). It needs no
// windows.h, so that what speaks it is built and tested on Linux too, and as everything lies in a
// namespace and nothing is a macro it can be included beside the Windows SDK's headers.
//
// Sources: resapi.h and clusapi.h of the Windows SDK; "Resource DLL Entry-Point Functions".
#pragma once

#include <cstddef>
#include <cstdint>

// 64-bit Windows has one calling convention; `stdcall` is only a word there.
namespace tidegate::abi {

using Dword = std::uint32_t;
using Bool = std::int32_t;
using Byte = std::uint8_t;
using WideChar = char16_t;  // a UTF-16 unit: WCHAR
using Handle = void*;
using Key = void*;             // HKEY, of the cluster database
using ResourceHandle = void*;  // the Resource Monitor's name for a resource
using ResourceId = void*;      // ours: RESID
using Context = std::int64_t;  // of a control call that is answered later

static_assert(sizeof(void*) == 8, "resource DLLs are 64-bit");

// --- Numbers. ---

inline constexpr Dword kVersion1 = 0x100;
inline constexpr Dword kVersion2 = 0x200;  // Windows Server 2012
inline constexpr Dword kVersion3 = 0x300;  // 2012 R2: never handed out, see FunctionsV4
inline constexpr Dword kVersion4 = 0x400;  // 2016

enum class LogLevel : Dword { kInformation = 0, kWarning = 1, kError = 2, kSevere = 3 };
enum class ExitState : Dword { kContinue = 0, kTerminate = 1 };
enum class FailureType : Dword { kGeneral = 0, kEmbedded = 1, kNetworkLoss = 2 };

inline constexpr Dword kSuccess = 0;
inline constexpr Dword kInvalidFunction = 1;  // also: the Resource Monitor's default, please
inline constexpr Dword kNotEnoughMemory = 8;
inline constexpr Dword kInvalidParameter = 87;
inline constexpr Dword kMoreData = 234;
inline constexpr Dword kIoPending = 997;
inline constexpr Dword kResourceNotFound = 5007;
inline constexpr Dword kNotQuorumCapable = 5021;
inline constexpr Dword kPropertiesStored = 5024;

// --- Structures. ---

struct ResourceStatus {  // RESOURCE_STATUS
  std::int32_t state = 0;
  Dword checkpoint = 0;
  Dword wait_hint = 0;
  Handle event = nullptr;
};

struct ResourceStatusEx {  // RESOURCE_STATUS_EX
  std::int32_t state = 0;
  Dword checkpoint = 0;
  Handle event = nullptr;
  Dword application_error = 0;
  Dword flags = 0;
  Dword wait_hint = 0;
};

struct ResourceClassInfo {  // CLUS_RESOURCE_CLASS_INFO
  Dword resource_class = 0;
  Dword sub_class = 0;
};

struct StateChangeReason {  // CLUSCTL_RESOURCE_STATE_CHANGE_REASON_STRUCT
  Dword size = 0;
  Dword version = 0;
  Dword reason = 0;
};

struct MaintenanceModeEx {  // CLUS_MAINTENANCE_MODE_INFOEX; the first member alone: ..._INFO
  Bool in_maintenance = 0;
  Dword type = 0;
  Dword internal_state = 0;
  Dword signature = 0;
};
inline constexpr Dword kMaintenanceSignature = 0xabbaf00f;
inline constexpr Dword kDisableIsAliveCheck = 1;

struct Guid {
  Byte bytes[16] = {};
};

struct PartitionInfo {  // CLUS_PARTITION_INFO
  Dword flags = 0;
  WideChar device_name[260] = {};
  WideChar volume_label[260] = {};
  Dword serial_number = 0;
  Dword longest_name = 0;
  Dword file_system_flags = 0;
  WideChar file_system[32] = {};
};

struct PartitionInfoEx {  // CLUS_PARTITION_INFO_EX
  PartitionInfo basic;
  std::uint64_t total_bytes = 0;
  std::uint64_t free_bytes = 0;
  Dword device_number = 0;
  Dword partition_number = 0;
  Guid volume_guid;
};
inline constexpr Dword kPartitionSticky = 1;  // CLUSPROP_PIFLAG_...
inline constexpr Dword kPartitionUsable = 4;

// CLUSPROP_SYNTAX_...: what the entries of a value list are.
inline constexpr Dword kDiskSignature = 0x00050002;
inline constexpr Dword kScsiAddress = 0x00060002;
inline constexpr Dword kDiskNumber = 0x00070002;
inline constexpr Dword kPartitionInfo = 0x00080001;
inline constexpr Dword kDiskGuid = 0x000b0003;
inline constexpr Dword kDiskSize = 0x000c0006;
inline constexpr Dword kPartitionInfoEx = 0x000d0001;

// --- What the Resource Monitor calls. ---

using QuorumResourceLost = void (*)(ResourceHandle);

using Open = ResourceId (*)(const WideChar* name, Key key, ResourceHandle);
using OpenV2 = ResourceId (*)(const WideChar* name, Key key, ResourceHandle, Dword flags);
using Close = void (*)(ResourceId);
using Online = Dword (*)(ResourceId, Handle* event);
using OnlineV2 = Dword (*)(ResourceId, Handle* event, Dword flags, Byte* in, Dword in_size,
                           Dword reserved);
using Offline = Dword (*)(ResourceId);
using OfflineV2 = Dword (*)(ResourceId, const WideChar* destination, Dword flags, Byte* in,
                            Dword in_size, Dword reserved);
using Terminate = void (*)(ResourceId);
using LooksAlive = Bool (*)(ResourceId);
using IsAlive = Bool (*)(ResourceId);
using Arbitrate = Dword (*)(ResourceId, QuorumResourceLost);
using Release = Dword (*)(ResourceId);
using ResourceControl = Dword (*)(ResourceId, Dword code, void* in, Dword in_size, void* out,
                                  Dword out_size, Dword* returned);
using ResourceTypeControl = Dword (*)(const WideChar* type, Dword code, void* in, Dword in_size,
                                      void* out, Dword out_size, Dword* returned);
using BeginResourceControl = Dword (*)(ResourceId, Dword code, void* in, Dword in_size, void* out,
                                       Dword out_size, Dword* returned, Context, Bool* later);
using BeginResourceTypeControl = Dword (*)(const WideChar* type, Dword code, void* in,
                                           Dword in_size, void* out, Dword out_size,
                                           Dword* returned, Context, Bool* later);
using BeginResourceControlAsUser = Dword (*)(ResourceId, Handle token, Dword code, void* in,
                                             Dword in_size, void* out, Dword out_size,
                                             Dword* returned, Context, Bool* later);
using BeginResourceTypeControlAsUser = Dword (*)(const WideChar* type, Handle token, Dword code,
                                                 void* in, Dword in_size, void* out, Dword out_size,
                                                 Dword* returned, Context, Bool* later);
using Cancel = Dword (*)(ResourceId, Dword flags);

struct FunctionsV1 {
  abi::Open open;
  abi::Close close;
  abi::Online online;
  abi::Offline offline;
  abi::Terminate terminate;
  abi::LooksAlive looks_alive;
  abi::IsAlive is_alive;
  abi::Arbitrate arbitrate;
  abi::Release release;
  abi::ResourceControl resource_control;
  abi::ResourceTypeControl resource_type_control;
};

struct FunctionsV2 {
  abi::OpenV2 open;
  abi::Close close;
  abi::OnlineV2 online;
  abi::OfflineV2 offline;
  abi::Terminate terminate;
  abi::LooksAlive looks_alive;
  abi::IsAlive is_alive;
  abi::Arbitrate arbitrate;
  abi::Release release;
  abi::ResourceControl resource_control;
  abi::ResourceTypeControl resource_type_control;
  abi::Cancel cancel;
};

// Why there is no V3: it has the same Begin... routines, but the Resource Monitor of Windows Server
// 2012 R2, which asks for it, calls them with another eighth argument (resCallId) and without a
// ninth, where ours would write. Source: "PBEGIN_RESCALL_ROUTINE callback function", notes on 2012
// R2. Whoever accepts V3 accepts V2.
struct FunctionsV4 {
  abi::OpenV2 open;
  abi::Close close;
  abi::OnlineV2 online;
  abi::OfflineV2 offline;
  abi::Terminate terminate;
  abi::LooksAlive looks_alive;
  abi::IsAlive is_alive;
  abi::Arbitrate arbitrate;
  abi::Release release;
  abi::BeginResourceControl begin_resource_control;
  abi::BeginResourceTypeControl begin_resource_type_control;
  abi::Cancel cancel;
  abi::BeginResourceControlAsUser begin_resource_control_as_user;
  abi::BeginResourceTypeControlAsUser begin_resource_type_control_as_user;
};

struct FunctionTable {  // CLRES_FUNCTION_TABLE
  Dword size = 0;       // of the version's functions alone: CLRES_Vn_FUNCTION_SIZE
  Dword version = 0;
  union {
    FunctionsV1 v1;
    FunctionsV2 v2;
    FunctionsV4 v4;
  };
};

// --- What it gives to be called. ---

using SetResourceStatus = Dword (*)(ResourceHandle, ResourceStatus*);      // an ExitState
using SetResourceStatusEx = Dword (*)(ResourceHandle, ResourceStatusEx*);  // an ExitState
// The format is FormatMessage's: "%1!s!".
using LogEvent = void (*)(ResourceHandle, LogLevel, const WideChar* format, ...);
using SignalFailure = Dword (*)(ResourceHandle, FailureType, Dword application_error);
using EndControlCall = Dword (*)(Context, Dword status);
using Unused = void (*)();

// CLRES_CALLBACK_FUNCTION_TABLE. It grew with every system: only the members that the version of
// the DLL's table promises may be read.
struct Callbacks {
  abi::LogEvent log_event = nullptr;
  abi::SetResourceStatusEx set_resource_status_ex = nullptr;
  Unused set_resource_locked_mode = nullptr;
  abi::SignalFailure signal_failure = nullptr;
  Unused set_in_memory_node_local_properties = nullptr;
  abi::EndControlCall end_control_call = nullptr;  // from here on: later than V2
  abi::EndControlCall end_type_control_call = nullptr;
  Unused extend_control_call = nullptr;
  Unused extend_type_control_call = nullptr;
  Unused raise_type_notification = nullptr;
  Unused change_resource_process_for_dumps = nullptr;
  Unused change_type_process_for_dumps = nullptr;
  Unused set_internal_state = nullptr;
  Unused set_resource_locked_mode_ex = nullptr;
  Unused request_dump = nullptr;
  Unused set_wpr_policy = nullptr;
  Unused arm_wpr_watchdog = nullptr;
};

using Startup = Dword (*)(const WideChar* type, Dword least, Dword most, SetResourceStatus,
                          LogEvent, FunctionTable** table);
using StartupEx = Dword (*)(const WideChar* type, Dword least, Dword most, Callbacks*,
                            FunctionTable** table);

// --- Layouts, as the Windows SDK's compiler lays them out. ---

static_assert(sizeof(WideChar) == 2);
static_assert(sizeof(ResourceStatus) == 24 && offsetof(ResourceStatus, event) == 16);
static_assert(sizeof(ResourceStatusEx) == 32 && offsetof(ResourceStatusEx, event) == 8);
static_assert(offsetof(ResourceStatusEx, wait_hint) == 24);
static_assert(sizeof(ResourceClassInfo) == 8 && sizeof(StateChangeReason) == 12);
static_assert(sizeof(MaintenanceModeEx) == 16);
static_assert(sizeof(PartitionInfo) == 1120 && sizeof(PartitionInfoEx) == 1160);
static_assert(offsetof(PartitionInfoEx, total_bytes) == 1120);
static_assert(sizeof(FunctionsV1) == 11 * 8 && sizeof(FunctionsV2) == 12 * 8);
static_assert(sizeof(FunctionsV4) == 14 * 8);
static_assert(sizeof(FunctionTable) == 120 && offsetof(FunctionTable, v1) == 8);
static_assert(offsetof(FunctionsV4, cancel) == 11 * 8);
static_assert(sizeof(Callbacks) == 17 * 8 && offsetof(Callbacks, end_control_call) == 5 * 8);

}  // namespace tidegate::abi
