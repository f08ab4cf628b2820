# Tests: every source below tests/ in one Catch2 program, run case by case and in parallel by ctest;
# tests/bench/*_bench.cc in a Google Benchmark program that is built only when asked for.
set(TIDEGATE_CATCH2_SOURCE "" CACHE PATH "Catch2 3.7.1 (the folder that has its CMakeLists.txt)")
option(TIDEGATE_TESTS "build the tests" ON)
if(NOT TIDEGATE_TESTS)
  return()
endif()

option(TIDEGATE_FUZZ "build the fuzzers, and no tests" OFF)
if(TIDEGATE_FUZZ)
  include(fuzz)
  return()
endif()

# Why pinned: Debian 12 has Catch2 2.
set(catch2_dir ${TIDEGATE_CATCH2_SOURCE})
if(NOT catch2_dir)
  set(catch2_dir ${CMAKE_BINARY_DIR}/catch2-3.7.1)
  if(NOT EXISTS ${catch2_dir}/CMakeLists.txt)
    tidegate_pinned(
      OUT catch2_tarball
      NAME catch2-3.7.1.tar.gz
      SHA256 c991b247a1a0d7bb9c39aa35faf0fe9e19764213f28ffba3109388e62ee0269c
      POOL pool/main/c/catch2/catch2_3.7.1.orig.tar.gz
      REMEDY "configure with -DTIDEGATE_CATCH2_SOURCE=<folder>, or without tests by \
-DTIDEGATE_TESTS=OFF")
    tidegate_unpack(${catch2_tarball} ${catch2_dir})
  endif()
endif()
add_subdirectory(${catch2_dir} ${CMAKE_BINARY_DIR}/catch2 EXCLUDE_FROM_ALL SYSTEM)
# Why unity: a hundred tiny files that include one another's headers; a third of the time.
set_target_properties(Catch2 Catch2WithMain PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 30)
list(APPEND CMAKE_MODULE_PATH ${catch2_dir}/extras)
include(Catch)

set(tidegate_rooms
    tidegate_resource_dll tidegate_sim tidegate_env tidegate_engine tidegate_bindings tidegate_lua
    tidegate_core tidegate_scripts)
if(NOT WIN32)
  list(PREPEND tidegate_rooms tidegate_app)
endif()

file(GLOB_RECURSE test_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*.cc)
list(FILTER test_sources EXCLUDE REGEX "/tests/bench/|/libfuzzer\\.cc$")
tidegate_keep_ours(test_sources)
if(WIN32)  # the rooms that the DLL is made of; tests/windows has programs of its own. Of the
  # simulator only that it comes to the same digests: then it comes to the same everything.
  list(FILTER test_sources INCLUDE REGEX
       "/tests/((core|lua|bindings|engine|env|scripts|policies|language)/|sim/digests_test)")
endif()
add_executable(tidegate_tests ${test_sources})
target_include_directories(tidegate_tests PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(
  tidegate_tests PRIVATE ${tidegate_rooms} lua spdlog::spdlog_header_only
                         nlohmann_json::nlohmann_json Threads::Threads Catch2::Catch2WithMain)
target_compile_definitions(
  tidegate_tests PRIVATE TIDEGATE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
# Only where it is used: a compiler cache then serves every build folder.
set_source_files_properties(
  ${PROJECT_SOURCE_DIR}/tests/apps/program.cc
  PROPERTIES COMPILE_DEFINITIONS TIDEGATE_BINARY="${CMAKE_BINARY_DIR}/tidegate")
if(TARGET tidegate)  # tests run the program
  add_dependencies(tidegate_tests tidegate)
endif()
tidegate_warnings(tidegate_tests)
if(WIN32)
  include(wine)
else()
  catch_discover_tests(tidegate_tests DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 300)
endif()

file(GLOB bench_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/bench/*.cc)
find_package(benchmark QUIET)
if(bench_sources AND benchmark_FOUND)
  # Stock Lua, compiled as ours is, in a module of its own: two Luas in one process, hidden from
  # each other.
  set(stock_dir ${CMAKE_BINARY_DIR}/lua-5.4.9-stock)
  if(NOT EXISTS ${stock_dir}/src/lua.h)
    if(TIDEGATE_LUA_SOURCE)
      file(COPY ${TIDEGATE_LUA_SOURCE}/ DESTINATION ${stock_dir})
    else()
      tidegate_unpack(${lua_origin} ${stock_dir})
    endif()
  endif()
  list(TRANSFORM lua_files REPLACE ${lua_dir} ${stock_dir} OUTPUT_VARIABLE stock_files)
  add_library(tidegate_stock_lua MODULE EXCLUDE_FROM_ALL ${stock_files}
                                        ${PROJECT_SOURCE_DIR}/tests/bench/stock_lua.c)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/bench/stock_lua.c
                              PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_include_directories(tidegate_stock_lua PRIVATE ${stock_dir}/src
                                                        ${PROJECT_SOURCE_DIR}/tests/bench)
  set_target_properties(
    tidegate_stock_lua PROPERTIES C_STANDARD 99 C_EXTENSIONS ON C_VISIBILITY_PRESET hidden PREFIX ""
                                  UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
  target_link_libraries(tidegate_stock_lua PRIVATE m)

  add_executable(tidegate_bench EXCLUDE_FROM_ALL ${bench_sources})
  add_dependencies(tidegate_bench tidegate_stock_lua)
  target_include_directories(tidegate_bench PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(tidegate_bench PRIVATE ${tidegate_rooms} lua benchmark::benchmark
                                               ${CMAKE_DL_LIBS})
  target_compile_definitions(
    tidegate_bench PRIVATE TIDEGATE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                           TIDEGATE_BINARY="${CMAKE_BINARY_DIR}/tidegate"
                           TIDEGATE_STOCK_LUA="$<TARGET_FILE:tidegate_stock_lua>")
  tidegate_warnings(tidegate_bench)
endif()
