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
  if(WIN32)
    list(FILTER sources EXCLUDE REGEX "/linux[^/]*(/.*)?\\.cc$")
  else()
    list(FILTER sources EXCLUDE REGEX "/windows[^/]*(/.*)?\\.cc$")
  endif()
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
    ${name} PRIVATE ${PROGRAM_LINKS} spdlog::spdlog CLI11::CLI11 tomlplusplus::tomlplusplus
                    nlohmann_json::nlohmann_json)
  target_compile_definitions(${name} PRIVATE TIDEGATE_VERSION="${PROJECT_VERSION}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  tidegate_warnings(${name})
endfunction()
