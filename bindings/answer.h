// Pushing what an operation answered: plain data, and handles that the host made.
#pragma once

#include "host/core/value.h"
#include "host/lua/error_object.h"
#include "host/lua/stack.h"

namespace tidegate {

inline void PushAnswer(lua_State* L, std::monostate) { Push(L, true); }
inline void PushAnswer(lua_State* L, bool value) { Push(L, value); }
inline void PushAnswer(lua_State* L, std::int64_t value) { Push(L, value); }
inline void PushAnswer(lua_State* L, const std::string& value) { Push(L, std::string_view(value)); }
void PushAnswer(lua_State* L, const Strings& values);
void PushAnswer(lua_State* L, const Numbers& numbers);
void PushAnswer(lua_State* L, const Extents& extents);
void PushAnswer(lua_State* L, const Reservation& reservation);
void PushAnswer(lua_State* L, const VolumeAttributes& attributes);
void PushAnswer(lua_State* L, VolumeHandle volume);  // in volume.cc: the handle is open from now on

}  // namespace tidegate
