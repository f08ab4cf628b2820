// Lua, built as C, for the rooms that may see it: host/lua and bindings.
#pragma once

extern "C" {
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
}
