# Lua 5.4.9 with our fuel patch, as C, static: the target `lua`.
#
# Why not the distribution's: Debian 12's 5.4.4 has use-after-free that plain scripts reach.
# Why C: a yield costs 47 ns built as C and 1.7 us built as C++, and every operation is a yield.
# liolib, loslib, loadlib, ldblib and linit are never compiled: what is not there cannot be opened.
set(TIDEGATE_LUA_SOURCE "" CACHE PATH "a pristine Lua 5.4.9 (the folder that has src/lua.h)")
set(lua_patch ${PROJECT_SOURCE_DIR}/host/lua/fuel.patch)
set(lua_dir ${CMAKE_BINARY_DIR}/lua-5.4.9)

if(TIDEGATE_LUA_SOURCE)
  if(NOT EXISTS ${TIDEGATE_LUA_SOURCE}/src/lua.h)
    message(FATAL_ERROR "TIDEGATE_LUA_SOURCE=${TIDEGATE_LUA_SOURCE}: no src/lua.h in it")
  endif()
  set(lua_origin ${TIDEGATE_LUA_SOURCE})
else()
  tidegate_pinned(
    OUT lua_origin
    NAME lua-5.4.9.tar.gz
    SHA256 2335b6c582a52654f94612bf10d2f4672805d05329aa6568b1d8cd9e5c6fb8e6
    POOL pool/main/l/lua5.4/lua5.4_5.4.9.orig.tar.gz
    URL https://www.lua.org/ftp/lua-5.4.9.tar.gz
    REMEDY "configure with -DTIDEGATE_LUA_SOURCE=<folder of Lua 5.4.9>")
endif()

# Unpacked and patched again only when the origin or the patch changes, so that ninja has no work.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${lua_patch})
file(SHA256 ${lua_patch} lua_stamp)
string(PREPEND lua_stamp "${lua_origin} ")
set(lua_stamp_file ${lua_dir}/tidegate.stamp)
set(lua_stamp_now "")
if(EXISTS ${lua_stamp_file})
  file(READ ${lua_stamp_file} lua_stamp_now)
endif()
if(NOT lua_stamp_now STREQUAL lua_stamp)
  if(TIDEGATE_LUA_SOURCE)
    file(REMOVE_RECURSE ${lua_dir})
    file(COPY ${TIDEGATE_LUA_SOURCE}/ DESTINATION ${lua_dir})
  else()
    tidegate_unpack(${lua_origin} ${lua_dir})
  endif()
  find_program(TIDEGATE_PATCH patch)
  if(NOT TIDEGATE_PATCH)
    message(FATAL_ERROR "The program `patch` is missing (Debian: apt-get install patch)")
  endif()
  execute_process(
    COMMAND ${TIDEGATE_PATCH} -p1 --fuzz=0 --batch --forward --input ${lua_patch}
    WORKING_DIRECTORY ${lua_dir}
    RESULT_VARIABLE lua_result
    OUTPUT_VARIABLE lua_output
    ERROR_VARIABLE lua_output)
  if(NOT lua_result EQUAL 0)
    message(FATAL_ERROR "host/lua/fuel.patch does not apply to ${lua_origin}:\n${lua_output}")
  endif()
  file(WRITE ${lua_stamp_file} "${lua_stamp}")
endif()

set(lua_files
    lapi lcode lctype ldebug ldo ldump lfunc lgc llex lmem lobject lopcodes lparser lstate lstring
    ltable ltm lundump lvm lzio lauxlib lbaselib lcorolib lmathlib lstrlib ltablib lutf8lib)
list(TRANSFORM lua_files PREPEND ${lua_dir}/src/)
list(TRANSFORM lua_files APPEND .c)
add_library(lua STATIC ${lua_files} ${PROJECT_SOURCE_DIR}/host/lua/inside.c
                       ${PROJECT_SOURCE_DIR}/host/lua/memory.c)
target_include_directories(
  lua SYSTEM PUBLIC ${lua_dir}/src
  PRIVATE ${PROJECT_SOURCE_DIR})
target_compile_definitions(lua PRIVATE LUA_USER_H="${PROJECT_SOURCE_DIR}/host/lua/lua_user.h")
# Why unity: the compiler then sees through the calls between Lua's own files, a tenth of the time
# of a dispatch. Lua's authors keep it compiling that way (onelua.c).
set_target_properties(
  lua PROPERTIES C_STANDARD 99 C_EXTENSIONS ON C_VISIBILITY_PRESET hidden UNITY_BUILD ON
                 UNITY_BUILD_BATCH_SIZE 0)
if(UNIX)
  target_link_libraries(lua PUBLIC m)
elseif(MINGW)  # numbers as text, the same on every system: not by the C library of 1998
  target_compile_definitions(lua PRIVATE __USE_MINGW_ANSI_STDIO=1)
endif()
