// BeginOp<Op> is the Lua function of an operation: it checks the arguments against the operation's
// fields, leaves the call for the host, and waits.
//
// The rules of a binding: no object with a destructor in a frame that calls Lua, nothing thrown,
// and whether waiting is possible is known before the call is made.
#pragma once

#include <tuple>
#include <type_traits>

#include "bindings/answer.h"
#include "bindings/argument.h"
#include "bindings/scope.h"

namespace tidegate {

// What an operation wants checked beyond its fields.
template <class Op>
void Admit(lua_State*, Runtime&, const Op&) {}
void Admit(lua_State* L, Runtime& runtime, const VolumeDismount& op);
void Admit(lua_State* L, Runtime& runtime, const VolumeOpen& op);
void Admit(lua_State* L, Runtime& runtime, const VolumeOurs& op);
void Admit(lua_State* L, Runtime& runtime, const VolumeClose& op);
void Admit(lua_State* L, Runtime& runtime, const VolumeReserve& op);
void Admit(lua_State* L, Runtime& runtime, const VolumeRelease& op);
void Admit(lua_State* L, Runtime& runtime, const VolumePreempt& op);
void Admit(lua_State* L, Runtime& runtime, const VolumeIoctl& op);
void Admit(lua_State* L, Runtime& runtime, const StoreGet& op);
void Admit(lua_State* L, Runtime& runtime, const StoreSet& op);
void Admit(lua_State* L, Runtime& runtime, const ClusterStandby& op);
void Admit(lua_State* L, Runtime& runtime, const ClusterAttribute& op);
void Admit(lua_State* L, Runtime& runtime, const ClusterSetAttribute& op);

// Raises unless the running policy may perform the operation here and now.
void CheckAllowed(lua_State* L, Runtime& runtime, std::string_view op, Capability capability);
// Gives the turn back to the host, which resumes with a reply.
int Wait(lua_State* L, Runtime& runtime, lua_KFunction answer);

// Remembers what failed, for the error that a policy makes of it by not looking.
void NoteOutcome(Runtime& runtime, std::string_view op, const Reply& reply) noexcept;

template <class Op>
int FinishOp(lua_State* L, int, lua_KContext) noexcept {
  Runtime& runtime = Runtime::Of(L);
  const Reply& reply = *runtime.reply;
  NoteOutcome(runtime, Op::Info().name, reply);
  if (!reply.ok()) {
    lua_pushnil(L);
    PushError(L, reply, Op::Info().name);
    return 2;
  }
  using Expected = typename Op::Reply;
  const auto* value = std::get_if<Expected>(&reply.value);
  if (value == nullptr) return Raise(L, "the host answered %s oddly", Op::Info().name.data());
  PushAnswer(L, *value);
  return 1;
}

template <class Op>
int BeginOp(lua_State* L) noexcept {
  static constexpr OpInfo kInfo = Op::Info();
  Runtime& runtime = Runtime::Of(L);
  CheckAllowed(L, runtime, kInfo.name, kInfo.capability);
  Op& op = runtime.Asks<Op>();
  ReadArguments(L, op);
  CheckScope(L, runtime, op);
  Admit(L, runtime, op);
  return Wait(L, runtime, &FinishOp<Op>);
}

template <class Op>
constexpr Function Bound() {
  constexpr std::string_view kName = Op::Info().name;
  return {kName.substr(kName.find('.') + 1), &BeginOp<Op>};
}

}  // namespace tidegate
