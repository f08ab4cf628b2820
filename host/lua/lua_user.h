/* Build settings of our Lua (LUA_USER_H): whatever would differ between two runs is fixed here. */
#ifndef TIDEGATE_HOST_LUA_LUA_USER_H_
#define TIDEGATE_HOST_LUA_LUA_USER_H_

/* Why fixed: with a random seed, pairs() has another order in every process, and a counterexample
   found by the simulator would not play again. Collisions that a script may craft cost it its own
   fuel: the string table charges every step of a chain. */
#define luai_makeseed(L) ((void)(L), 0x7469646eu)

/* table.sort's pivot: from the clock in stock Lua. */
#define l_randomizePivot() (~0u)

/* Strings from C arrive with their length and are looked up by it; a cache by address of 53 x 2
   would only cost every sandbox 800 bytes. */
#define STRCACHE_N 5
#define STRCACHE_M 1

/* The compiler's own jumps: a third of the time of the C library's, which save the same registers
   twice and, on Windows, unwind frame by frame. Sanitizers follow only the library's. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
typedef void* tidegate_jump[5];
#define luai_jmpbuf tidegate_jump
#define LUAI_THROW(L, c) __builtin_longjmp((c)->b, 1)
#define LUAI_TRY(L, c, a)              \
  if (__builtin_setjmp((c)->b) == 0) { \
    a                                  \
  }
#endif

/* What comparing two values costs: 1 fuel for 8 bytes, for texts with many zeros take that long. */
#define luai_compared(L, a, b)                                                        \
  {                                                                                   \
    if (ttislngstring(a) && ttislngstring(b))                                         \
      lua_charge(L, (tsslen(tsvalue(a)) < tsslen(tsvalue(b)) ? tsslen(tsvalue(a))     \
                                                             : tsslen(tsvalue(b))) >> \
                        3);                                                           \
  }

/* Keys that are found by their address give a table an order of its own in every process; it is
   marked for ever, in a bit that Lua has left over. */
#define LUAI_UNORDERED (1 << 6)
#define luai_unordered(key) \
  (iscollectable(key) ? !ttisstring(key) : ttislcf(key) || ttislightuserdata(key))

/* string.format("%.3a") as C99 has it: on Windows Lua is content with C89. */
#if defined(_WIN32)
#define lua_number2strx(L, b, sz, f, n) ((void)(L), snprintf(b, sz, f, (LUAI_UACNUMBER)(n)))
#endif

/* The "C" locale, whatever the process has set. */
#define strcoll(a, b) strcmp(a, b)
#undef lua_getlocaledecpoint
#define lua_getlocaledecpoint() '.'

#endif
