// The scope of an operation: a policy of a pack touches only what the pack says it will.
//
// Why here: this is where an operation has its arguments, and knows for which resource and which
// version of which pack it is performed. A policy that is no pack's is bound by its capabilities
// alone and pays one look at a pointer.
#pragma once

#include "host/core/op.h"
#include "host/core/scope.h"
#include "host/lua/compiled_policy.h"
#include "host/lua/stack.h"

namespace tidegate {

// Each raises when the pack's capability does not reach so far.
void CheckOpen(lua_State* L, Runtime& runtime, std::string_view op, const std::string& path);
void CheckOpened(lua_State* L, Runtime& runtime, std::string_view op, Capability capability,
                 VolumeHandle volume);
void CheckMountPoint(lua_State* L, Runtime& runtime, std::string_view op, const std::string& where);
void CheckStoreKey(lua_State* L, Runtime& runtime, std::string_view op, const std::string& key);

template <class Op>
void CheckScope(lua_State* L, Runtime& runtime, const Op& op) {
  if (runtime.compiled->permissions() == nullptr) return;
  constexpr std::string_view kName = Op::Info().name;
  if constexpr (requires { op.volume; }) {
    CheckOpened(L, runtime, kName, Op::Info().capability, op.volume);
    if constexpr (std::is_same_v<Op, VolumeDismount>) {
      if (op.force) CheckOpened(L, runtime, kName, Capability::kVolumeForce, op.volume);
    } else if constexpr (std::is_same_v<Op, VolumeMount>) {
      CheckMountPoint(L, runtime, kName, op.where);
    }
  } else if constexpr (std::is_same_v<Op, VolumeOpen>) {
    CheckOpen(L, runtime, kName, op.path);
  } else if constexpr (std::is_same_v<Op, VolumeOurs>) {
    CheckOpen(L, runtime, kName, op.path);
    if (!op.at.empty()) CheckMountPoint(L, runtime, kName, op.at);
  } else if constexpr (requires { op.key; }) {
    CheckStoreKey(L, runtime, kName, op.key);
  }
}

}  // namespace tidegate
