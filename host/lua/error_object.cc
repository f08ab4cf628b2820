// Error objects.
#include "host/lua/error_object.h"

#include "host/lua/library_table.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

// "volume.offline failed: ERROR_NOT_READY (21), ENXIO: /dev/loop3"
int ErrorText(lua_State* L) noexcept {
  luaL_checktype(L, 1, LUA_TTABLE);
  GetField(L, 1, "op");
  GetField(L, 1, "name");
  GetField(L, 1, "code");
  GetField(L, 1, "detail");
  const char* op = lua_type(L, -4) == LUA_TSTRING ? lua_tostring(L, -4) : "an operation";
  const char* name = lua_type(L, -3) == LUA_TSTRING ? lua_tostring(L, -3) : "an error";
  const lua_Integer code = IntegerAt(L, -2).value_or(0);
  const char* detail = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  lua_pushfstring(L, "%s failed: %s (%I)%s%s", op, name, static_cast<LUAI_UACINT>(code),
                  *detail == '\0' ? "" : ", ", detail);
  return 1;
}

int ErrorConcat(lua_State* L) noexcept {
  PushText(L, 1);
  PushText(L, 2);
  lua_concat(L, 2);
  return 1;
}

int FailureText(lua_State* L) noexcept {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (GetField(L, 1, "reason") != LUA_TSTRING) lua_pushliteral(L, "resource failed");
  return 1;
}

// Operation errors are rare; asking where costs less than a wrong guess does.
void PushWhere(lua_State* L) {
  lua_Debug ar;
  for (int level = 0; lua_getstack(L, level, &ar) != 0; ++level) {
    lua_getinfo(L, "Sl", &ar);
    if (ar.currentline <= 0 || std::string_view(ar.short_src).starts_with(kBuiltIn)) continue;
    lua_pushfstring(L, "%s:%d", ar.short_src, ar.currentline);
    return;
  }
  lua_pushliteral(L, "");
}

}  // namespace

void MakeErrorMetas(lua_State* L) {
  PushSealedMeta(L, "error", &ErrorText);
  Push(L, "__concat");
  lua_pushcfunction(L, &ErrorConcat);
  lua_rawset(L, -3);
  lua_rawseti(L, LUA_REGISTRYINDEX, slot::kErrorMeta);
  PushSealedMeta(L, "failure", &FailureText);
  lua_rawseti(L, LUA_REGISTRYINDEX, slot::kFailureMeta);
}

void PushError(lua_State* L, const Reply& reply, std::string_view op) {
  luaL_checkstack(L, 6, nullptr);
  lua_createtable(L, 0, 5);
  SetField(L, "code", static_cast<std::int64_t>(reply.code));
  SetField(L, "name", Name(reply.code));
  SetField(L, "op", op);
  SetField(L, "detail", std::string_view(reply.detail));
  Push(L, "where");
  PushWhere(L);
  lua_rawset(L, -3);
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kErrorMeta);
  lua_setmetatable(L, -2);
}

int RaiseFailure(lua_State* L, int index) {
  const int at = lua_absindex(L, index);
  lua_createtable(L, 0, 1);
  Push(L, "reason");
  lua_pushvalue(L, at);
  lua_rawset(L, -3);
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kFailureMeta);
  lua_setmetatable(L, -2);
  return lua_error(L);
}

}  // namespace tidegate
