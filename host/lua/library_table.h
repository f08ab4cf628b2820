// A library table is a Library in a Lua state: empty at first, filled as names are used, sealed.
#pragma once

#include "host/lua/library.h"

namespace tidegate {

// Pushes a new table of `library`, which must outlive the state.
void PushLibrary(lua_State* L, const Library& library);

// Takes in every function of the libraries within the script's reach, used or not. For
// Sandbox::Call.
int FillLibraries(lua_State* L);

// Makes the state's globals: Lua's own functions that a policy may have, and ours. Reading or
// assigning a name that nobody declared is an error, except that the main chunk of a file may
// assign.
void MakeGlobals(lua_State* L);

// What string.format is to policies: shows no addresses. Arguments from 1.
int Format(lua_State* L);
// What a line in the log costs: the host writes it while the policy's clock stands.
inline constexpr int kLogFuel = 64;
// Before a name that was meant is looked for among so many.
void ChargeSuggestion(lua_State* L, std::size_t names);
// Pushes the value at `index` as a text without an address.
void PushText(lua_State* L, int index);

// Pushes a metatable that scripts cannot see, with __name and __tostring.
void PushSealedMeta(lua_State* L, std::string_view name, CFunction to_string);

}  // namespace tidegate
