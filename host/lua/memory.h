/* A Memory is everything that a Lua state can come back to, as one number: two states with the same
   one go on in the same way. Blocks, garbage and addresses are no part of it. Compiled as C, as a
   part of Lua. */
#ifndef TIDEGATE_HOST_LUA_MEMORY_H_
#define TIDEGATE_HOST_LUA_MEMORY_H_

#ifdef __cplusplus
extern "C" {
#endif

#include <lua.h>
#include <stdint.h>

typedef struct tidegate_memory {
  uint64_t digest;
  uint32_t handles; /* the highest number in a userdata of four bytes: a handle that is held */
} tidegate_memory;

/* Walks from the registry, the coroutines of its tasks included, each object once, in the order in
   which it comes to them. Functions are told apart by where their code lies from the main thread,
   so only states that were copied from one image can be the same. `ok` 0: no memory to do so. */
tidegate_memory tidegate_remember(lua_State* L, int* ok);

#ifdef __cplusplus
}
#endif

#endif
