# A room: every .cc below a folder, as one library that links the rooms to its left and no others.
#
#   tidegate_room(NAME DIR folder [LINKS room...] [LIBRARIES target...] [LUA_H])
#
# LIBRARIES are for this room's own sources: they do not reach the rooms to its right.
# LUA_H gives the room lua.h. Files named windows* or linux* build on that system only. main.cc is
# left out: it belongs to the program. A room without sources yet is an empty target.
function(tidegate_room name)
  cmake_parse_arguments(ROOM "LUA_H" "DIR" "LINKS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${ROOM_DIR}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  tidegate_keep_ours(sources)
  list(TRANSFORM ROOM_LINKS PREPEND tidegate_)
  if(NOT sources)
    add_library(tidegate_${name} INTERFACE)
    target_link_libraries(tidegate_${name} INTERFACE ${ROOM_LINKS})
    return()
  endif()
  add_library(tidegate_${name} STATIC ${sources})
  target_include_directories(tidegate_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(tidegate_${name} PUBLIC ${ROOM_LINKS} PRIVATE ${ROOM_LIBRARIES})
  if(ROOM_LUA_H)
    target_link_libraries(tidegate_${name} PRIVATE lua)
  endif()
  tidegate_warnings(tidegate_${name})
endfunction()

# Takes the other system's files out of a list of sources.
function(tidegate_keep_ours list)
  set(other linux)
  if(NOT WIN32)
    set(other windows)
  endif()
  set(ours)
  foreach(source IN LISTS ${list})
    # Why relative: the tree itself may lie in a folder of that name.
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${source})
    if(NOT path MATCHES "/${other}[^/]*(/.*)?\\.cc$")
      list(APPEND ours ${source})
    endif()
  endforeach()
  set(${list} ${ours} PARENT_SCOPE)
endfunction()

# A program that ends in a millisecond: it has no shared libraries, and no use for LibArchive.
# Why: to find, map and relocate those of an OCF action takes a quarter of its processor time.
function(tidegate_static name)
  include(CheckLinkerFlag)
  set(static -static-pie -Wl,--gc-sections -Wl,-z,pack-relative-relocs)
  check_linker_flag(CXX "${static}" TIDEGATE_CAN_LINK_STATIC)
  if(TIDEGATE_SANITIZE OR NOT TIDEGATE_CAN_LINK_STATIC OR NOT TIDEGATE_SODIUM_ARCHIVE)
    return()
  endif()
  set_target_properties(${name} PROPERTIES TIDEGATE_STATIC ON)
  target_link_options(${name} PRIVATE ${static})
endfunction()

# A program: one main.cc over rooms. Skipped until its main exists.
function(tidegate_program name)
  cmake_parse_arguments(PROGRAM "" "MAIN" "LINKS" ${ARGN})
  file(GLOB main CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${PROGRAM_MAIN})
  if(NOT main)
    return()
  endif()
  list(TRANSFORM PROGRAM_LINKS PREPEND tidegate_)
  add_executable(${name} ${main})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(
    ${name} PRIVATE ${PROGRAM_LINKS} spdlog::spdlog_header_only CLI11::CLI11
                    tomlplusplus::tomlplusplus nlohmann_json::nlohmann_json)
  if(NOT TIDEGATE_SANITIZE)  # as cmake/libraries.cmake says: start-up time
    set(shared $<NOT:$<BOOL:$<TARGET_PROPERTY:TIDEGATE_STATIC>>>)
    target_link_options(
      ${name} PRIVATE $<${shared}:-static-libstdc++> $<${shared}:-static-libgcc> -Wl,--as-needed)
  endif()
  target_compile_definitions(${name} PRIVATE TIDEGATE_VERSION="${PROJECT_VERSION}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  tidegate_warnings(${name})
endfunction()
