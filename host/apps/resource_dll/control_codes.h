// The control codes that the DLL answers: the cluster's, and our own.
//
// Source: CLUSCTL_RESOURCE_CODES and CLUSCTL_RESOURCE_TYPE_CODES, clusapi.h.
#pragma once

#include "host/apps/resource_dll/abi.h"

namespace tidegate::control {

using abi::Dword;

inline constexpr Dword kUnknown = 0x01000000;
inline constexpr Dword kGetCharacteristics = 0x01000005;
inline constexpr Dword kGetFlags = 0x01000009;
inline constexpr Dword kGetClassInfo = 0x0100000d;
inline constexpr Dword kGetRequiredDependencies = 0x01000011;
inline constexpr Dword kGetFailureInfo = 0x01000019;
inline constexpr Dword kEnumPrivateProperties = 0x01000079;
inline constexpr Dword kGetRoPrivateProperties = 0x0100007d;
inline constexpr Dword kGetPrivateProperties = 0x01000081;
inline constexpr Dword kSetPrivateProperties = 0x01400086;
inline constexpr Dword kValidatePrivateProperties = 0x01000089;
inline constexpr Dword kGetPrivatePropertyFormats = 0x0100008d;
inline constexpr Dword kStorageGetDiskInfo = 0x01000191;
inline constexpr Dword kStorageIsPathValid = 0x01000199;
inline constexpr Dword kQueryDelete = 0x010001b9;
inline constexpr Dword kQueryMaintenanceMode = 0x010001e1;
inline constexpr Dword kSetMaintenanceMode = 0x014001e6;
inline constexpr Dword kStorageGetDiskInfoEx = 0x010001f1;
inline constexpr Dword kStorageGetDirty = 0x01000219;
inline constexpr Dword kInstallNode = 0x0150000a;
inline constexpr Dword kEvictNode = 0x0150000e;
inline constexpr Dword kStateChangeReason = 0x0150004e;

inline constexpr Dword kTypeUnknown = 0x02000000;
inline constexpr Dword kTypeGetCharacteristics = 0x02000005;
inline constexpr Dword kTypeGetFlags = 0x02000009;
inline constexpr Dword kTypeGetClassInfo = 0x0200000d;
inline constexpr Dword kTypeGetRequiredDependencies = 0x02000011;
inline constexpr Dword kTypeGetPrivateResourceFormats = 0x02000091;
inline constexpr Dword kTypeQueryDelete = 0x020001b9;
inline constexpr Dword kTypeInstallNode = 0x0250000a;
inline constexpr Dword kTypeEvictNode = 0x0250000e;
inline constexpr Dword kTypeStartingPhase1 = 0x02500036;
inline constexpr Dword kTypeStartingPhase2 = 0x0250003a;

// CLUSCTL_USER_CODE of a resource, with the bits that say who may send it.
inline constexpr Dword kRead = 1;
inline constexpr Dword kWrite = 2 | 1u << 22;  // and it changes something
constexpr Dword User(Dword function, Dword access) {
  return 1u << 24 | 1u << 21 | function << 2 | access;
}

// In: a path as UTF-16 text, or nothing: the file at PolicyPath as it is now.
inline constexpr Dword kSwapPolicy = User(1, kWrite);
// Out: what the flight recorder has, as text (UTF-8) that `tidegate replay` reads.
inline constexpr Dword kDumpTrace = User(2, kRead);
// In: lines as `tidegate run --faults` takes them (UTF-8); none: nothing is injected any more.
inline constexpr Dword kInjectFaults = User(3, kWrite);
// Out: the resource's history on this node, one line of JSON (UTF-8).
inline constexpr Dword kHistory = User(4, kRead);
// The versions that were rolled back too often may be swapped in again.
inline constexpr Dword kLiftQuarantine = User(5, kWrite);
static_assert(kSwapPolicy == 0x01600006 && kDumpTrace == 0x01200009);
static_assert(kInjectFaults == 0x0160000e && kHistory == 0x01200011);
static_assert(kLiftQuarantine == 0x01600016);

// CLUS_CHAR_REQUIRES_STATE_CHANGE_REASON: we log why a resource is moved.
inline constexpr Dword kCharacteristics = 0x10;
inline constexpr Dword kClassUnknown = 0;  // CLUS_RESCLASS_UNKNOWN: no disk that ClusDisk knows

}  // namespace tidegate::control
