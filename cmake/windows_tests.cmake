# Tests of the resource DLL under Wine: a cluster database and a volume driver of the tests' own
# beside the DLL, and programs that load it as the Resource Monitor does.
#
# The driver's volumes are shared by all programs of a prefix: who uses them takes turns.
set(windows_dir ${PROJECT_SOURCE_DIR}/tests/windows)

# The driver: no C library, no C++; the kernel's headers.
set(driver_flags
    -O2 -Wall -Wextra -Werror -Wno-multichar -Wno-unknown-pragmas -fno-builtin -ffreestanding
    -fno-stack-protector -mno-red-zone)
set(driver_headers ${CMAKE_FIND_ROOT_PATH}/include/ddk)
add_custom_command(
  OUTPUT ${CMAKE_BINARY_DIR}/test_volume.sys
  COMMAND
    ${CMAKE_C_COMPILER} ${driver_flags} -isystem ${driver_headers} -nostdlib -nostartfiles -shared
    -Wl,--subsystem,native -Wl,--entry,DriverEntry -Wl,--image-base,0x140000000
    -Wl,--dynamicbase -Wl,--nxcompat -Wl,--file-alignment,0x1000 -Wl,--section-alignment,0x1000
    -Wl,--exclude-all-symbols -s ${windows_dir}/test_volume.c -o test_volume.sys -lntoskrnl
  DEPENDS ${windows_dir}/test_volume.c ${windows_dir}/test_requests.h
          ${windows_dir}/test_reservations.h
          ${windows_dir}/test_volume_control.h
  WORKING_DIRECTORY ${CMAKE_BINARY_DIR}
  COMMENT "Building the test volume driver"
  VERBATIM)
add_custom_target(tidegate_test_volume DEPENDS ${CMAKE_BINARY_DIR}/test_volume.sys)

add_library(tidegate_cluster_database SHARED ${windows_dir}/cluster_database.cc)
target_include_directories(tidegate_cluster_database PRIVATE ${PROJECT_SOURCE_DIR})
set_target_properties(
  tidegate_cluster_database PROPERTIES PREFIX "" OUTPUT_NAME clusapi RUNTIME_OUTPUT_DIRECTORY
                                                                      ${CMAKE_BINARY_DIR})
target_link_libraries(tidegate_cluster_database PRIVATE advapi32)

# What the programs share: the stage, and the Resource Monitor of the tests.
add_library(
  tidegate_dll_stage STATIC
  ${windows_dir}/dll_stage.cc ${windows_dir}/fsctl_hook.cc ${windows_dir}/test_volume.cc
  ${PROJECT_SOURCE_DIR}/tests/apps/resource_dll/resource_monitor.cc)
target_include_directories(tidegate_dll_stage PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(tidegate_dll_stage PUBLIC tidegate_resource_dll advapi32)
tidegate_warnings(tidegate_dll_stage)

function(tidegate_windows_program name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE tidegate_dll_stage)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  add_dependencies(${name} tidegate tidegate_cluster_database tidegate_test_volume)
  tidegate_warnings(${name})
endfunction()

file(GLOB windows_tests CONFIGURE_DEPENDS ${windows_dir}/*_test.cc)
set(contract_tests contract_test controls_test hostile_test packs_test property_list_test
                   state_test stress_test swap_test)
list(TRANSFORM contract_tests PREPEND ${PROJECT_SOURCE_DIR}/tests/apps/resource_dll/)
list(TRANSFORM contract_tests APPEND .cc)
tidegate_windows_program(tidegate_dll_tests ${windows_tests} ${contract_tests})
target_link_libraries(tidegate_dll_tests PRIVATE Catch2::Catch2WithMain psapi)
target_compile_definitions(tidegate_dll_tests
                           PRIVATE TIDEGATE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
foreach(source IN LISTS windows_tests contract_tests)
  get_filename_component(file ${source} NAME_WE)
  add_test(NAME resource_dll/${file} COMMAND tidegate_dll_tests --filenames-as-tags "[#${file}]")
  set_tests_properties(resource_dll/${file} PROPERTIES FIXTURES_REQUIRED wine TIMEOUT 300)
endforeach()
set_tests_properties(resource_dll/volume_test resource_dll/terminate_test
                     resource_dll/storage_test resource_dll/ioctl_test
                     PROPERTIES RESOURCE_LOCK test_volume)

# TIDEGATE_CYCLES=1000 on a busy machine.
set_tests_properties(resource_dll/state_test PROPERTIES TIMEOUT 900)

tidegate_windows_program(tidegate_dll_bench ${windows_dir}/dll_bench.cc)
set_target_properties(tidegate_dll_bench PROPERTIES EXCLUDE_FROM_ALL ON)
