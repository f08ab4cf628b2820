# The resource DLL: a room of apps whose portable part is built, and tested, on every system. On
# Windows also the DLL itself, build/<preset>/tidegate.dll, and its package.
tidegate_room(
  resource_dll DIR host/apps/resource_dll
  LINKS shared env
  LIBRARIES nlohmann_json::nlohmann_json)
# A trace says which version recorded it.
target_compile_definitions(tidegate_resource_dll PRIVATE TIDEGATE_VERSION="${PROJECT_VERSION}")
if(NOT WIN32)
  return()
endif()

add_library(tidegate SHARED ${PROJECT_SOURCE_DIR}/host/apps/resource_dll/windows/main.cc
                            ${PROJECT_SOURCE_DIR}/host/apps/resource_dll/windows/tidegate.def)
target_include_directories(tidegate PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(tidegate PRIVATE tidegate_resource_dll nlohmann_json::nlohmann_json)
set_target_properties(tidegate PROPERTIES PREFIX "" RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
tidegate_warnings(tidegate)

# The package: what is copied to every node, and the script that does. Of what was built: packing
# must not build the tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY TRUE)
set(CPACK_PACKAGE_NAME tidegate)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_FILE_NAME tidegate-${PROJECT_VERSION}-windows-x64)
set(CPACK_GENERATOR ZIP)
set(CPACK_INCLUDE_TOPLEVEL_DIRECTORY ON)
set(CPACK_STRIP_FILES ON)
install(TARGETS tidegate RUNTIME DESTINATION .)
install(FILES ${PROJECT_SOURCE_DIR}/host/apps/resource_dll/Register-Tidegate.ps1
              ${PROJECT_SOURCE_DIR}/docs/windows.md ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION .)
install(
  DIRECTORY ${PROJECT_SOURCE_DIR}/policies
  DESTINATION .
  FILES_MATCHING
  PATTERN "*.lua"
  PATTERN "pack.toml"
  PATTERN "scenarios" EXCLUDE)
include(CPack)
