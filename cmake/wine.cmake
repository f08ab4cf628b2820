# Tests of Windows programs, under Wine: the fixture `wine` starts Wine in this build folder and
# ends it, also when tests fail; tidegate_tests runs once for each of its files.
#
# Why a test a file and not a test a case: a program's start costs Wine 0.1 s and more.
set(wine ${CMAKE_CROSSCOMPILING_EMULATOR})
add_test(NAME wine_starts COMMAND ${wine} --start)
add_test(NAME wine_ends COMMAND ${wine} --stop)
set_tests_properties(wine_starts PROPERTIES FIXTURES_SETUP wine TIMEOUT 120)
set_tests_properties(wine_ends PROPERTIES FIXTURES_CLEANUP wine TIMEOUT 60)

foreach(source IN LISTS test_sources)
  if(source MATCHES "/tests/(.*)/([a-z_]+)_test\\.cc$")
    set(name ${CMAKE_MATCH_1}/${CMAKE_MATCH_2})
    get_filename_component(file ${source} NAME_WE)
    add_test(NAME ${name} COMMAND tidegate_tests --filenames-as-tags "[#${file}]")
    set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED wine TIMEOUT 600)
  endif()
endforeach()

include(windows_tests)

# tests/env/windows_volumes_test.cc: against the test driver, in turns with whoever uses it too.
target_sources(tidegate_tests PRIVATE ${PROJECT_SOURCE_DIR}/tests/windows/test_volume.cc
                                      ${PROJECT_SOURCE_DIR}/tests/windows/fsctl_hook.cc)
target_link_libraries(tidegate_tests PRIVATE advapi32)
add_dependencies(tidegate_tests tidegate_test_volume)
set_tests_properties(env/windows_volumes PROPERTIES RESOURCE_LOCK test_volume)
