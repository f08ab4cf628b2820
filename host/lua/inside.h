/* Inside is what making an image and explaining an answer need of Lua's own structures, and what
   its API does not tell. Compiled as C, as a part of Lua. */
#ifndef TIDEGATE_HOST_LUA_INSIDE_H_
#define TIDEGATE_HOST_LUA_INSIDE_H_

#ifdef __cplusplus
extern "C" {
#endif

#include <lua.h>
#include <stddef.h>

/* Makes __gc and __mode names like any other: a script then has no finalizers, which would run when
   nobody meters them, and no weak tables, whose collection is quadratic. Called once, protected. */
void tidegate_seal(lua_State *L);

/* Calls `f` for every block that holds code or line numbers: never written after the load, and
   without pointers. */
void tidegate_each_code(lua_State *L, void (*f)(void *ud, const void *block), void *ud);

/* Whether some table has a key that is found by its address. */
int tidegate_has_address_keys(lua_State *L);

/* Whether the table at `index` has, or once had, a key that is found by its address: the order of
   its other keys then tells addresses, too. */
int tidegate_is_unordered(lua_State *L, int index);

/* Whether `block` is the stack of `L`. */
int tidegate_is_stack(lua_State *L, const void *block);

/* Zeroes what nobody reads but keeps what was there before: the unused part of the stack of `L`,
   and what closed upvalues have left of when they were open. */
void tidegate_clean(lua_State *L);

/* Pushes `handler` and the registry's values `function` and `argument`, which lie in its array. */
void tidegate_push_call(lua_State *L, lua_CFunction handler, int function, int argument);

/* Whether the table that lies in the registry's array at `slot` may have fields; 0: it has none. */
int tidegate_has_fields(lua_State *L, int slot);

/* Whether the value below the top is true itself, and not only not false. */
int tidegate_is_true(lua_State *L);

/* Called when the function that the running C function called has returned: writes "file.lua:12",
   the line of its return statement, and answers 1; 0 when that is not known. */
int tidegate_returned_at(lua_State *L, char *out, size_t size);

#ifdef __cplusplus
}
#endif

#endif
