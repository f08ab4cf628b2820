/* Build settings of our Lua (LUA_USER_H): whatever would differ between two runs is fixed here. */
#ifndef TIDEGATE_HOST_LUA_LUA_USER_H_
#define TIDEGATE_HOST_LUA_LUA_USER_H_

/* Why fixed: with a random seed, pairs() has another order in every process, and a counterexample
   found by the simulator would not play again. Collisions that a script may craft cost it its own
   fuel: the string table charges every step of a chain. */
#define luai_makeseed(L) ((void)(L), 0x7469646eu)

/* table.sort's pivot: from the clock in stock Lua. */
#define l_randomizePivot() (~0u)

/* The "C" locale, whatever the process has set. */
#define strcoll(a, b) strcmp(a, b)
#undef lua_getlocaledecpoint
#define lua_getlocaledecpoint() '.'

#endif
