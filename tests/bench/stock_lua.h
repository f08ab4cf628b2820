/* StockLua is Lua 5.4.9 as its authors ship it, in a module of its own, doing what a sandbox does
   with nothing around it: what everything here is compared to. The loops are in the module, so that
   crossing into it costs nothing. */
#ifndef TIDEGATE_TESTS_BENCH_STOCK_LUA_H_
#define TIDEGATE_TESTS_BENCH_STOCK_LUA_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct StockLua {
  /* A state with the libraries that a policy has, the function that `script` returns, and a
     coroutine that is used again. NULL if the script is wrong. */
  void* (*open)(const char* script);
  void (*close)(void* state);
  /* `times`: the coroutine runs function(argument) and its boolean is read. Answers how many were
     true. A function that calls wait() is resumed until it ends. */
  long (*run)(void* state, long times);
  size_t (*bytes)(void* state); /* in use, as Lua counts them */
  /* The same as bytecode: what `dump` wrote, `load` makes a state of. */
  size_t (*dump)(void* state, char* out, size_t size);
  void* (*load)(const char* bytecode, size_t size);
};

typedef const struct StockLua* (*StockLuaFunction)(void);

#ifdef __cplusplus
}
#endif

#endif
