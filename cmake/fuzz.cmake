# The fuzzers: a libFuzzer program per target in tests/fuzz, built by clang (`cmake --preset fuzz`).
# Lua is built with its own assertions and with checks of how its API is used.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "TIDEGATE_FUZZ needs clang: configure with `cmake --preset fuzz`")
endif()
target_compile_definitions(lua PRIVATE LUAI_ASSERT LUA_USE_APICHECK)

add_custom_target(tidegate_fuzz)

function(tidegate_fuzzer name function)
  cmake_parse_arguments(FUZZER "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(
    fuzz_${name} EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/fuzz/libfuzzer.cc
                 ${PROJECT_SOURCE_DIR}/tests/fuzz/${name}_fuzz.cc ${FUZZER_SOURCES})
  target_include_directories(fuzz_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(fuzz_${name} PRIVATE TIDEGATE_FUZZ_TARGET=${function})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(fuzz_${name} PRIVATE tidegate_core ${FUZZER_LIBRARIES})
  tidegate_warnings(fuzz_${name})
  add_dependencies(tidegate_fuzz fuzz_${name})
endfunction()

add_library(tidegate_fuzz_world OBJECT EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/fuzz/world.cc)
target_link_libraries(tidegate_fuzz_world PUBLIC tidegate_bindings tidegate_scripts)
tidegate_warnings(tidegate_fuzz_world)

tidegate_fuzzer(policy FuzzPolicy LIBRARIES tidegate_fuzz_world)
tidegate_fuzzer(operation FuzzOperation LIBRARIES tidegate_fuzz_world)
tidegate_fuzzer(state FuzzState LIBRARIES tidegate_fuzz_world nlohmann_json::nlohmann_json)
# Why single files: the rest of their rooms would be compiled for nothing.
tidegate_fuzzer(
  config FuzzConfig
  SOURCES ${PROJECT_SOURCE_DIR}/host/apps/tidegate/config.cc
          ${PROJECT_SOURCE_DIR}/host/apps/shared/pack/pack_name.cc
          ${PROJECT_SOURCE_DIR}/host/apps/shared/toml_reader.cc
  LIBRARIES tomlplusplus::tomlplusplus)
file(GLOB pack_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/host/apps/shared/pack/*.cc)
tidegate_fuzzer(
  pack FuzzPack
  SOURCES ${pack_sources} ${PROJECT_SOURCE_DIR}/host/apps/shared/toml_reader.cc
          ${PROJECT_SOURCE_DIR}/host/apps/tidegate/pack/archive.cc
          ${PROJECT_SOURCE_DIR}/host/apps/tidegate/pack/secret_key.cc
  LIBRARIES tidegate_lua tomlplusplus::tomlplusplus LibArchive::LibArchive sodium)
target_compile_definitions(fuzz_pack PRIVATE TIDEGATE_VERSION="${PROJECT_VERSION}")
