# The Debian package: cpack -G DEB in the build folder makes tidegate_VERSION_ARCH.deb of what
# cmake/install.cmake lays out, with what Debian's policy asks for beside it.
if(WIN32 OR NOT TARGET tidegate)
  return()
endif()

# Compressed without name and time, so that the same text gives the same package.
find_program(GZIP gzip)
function(tidegate_compressed source name destination)
  set(out ${CMAKE_BINARY_DIR}/package/${name}.gz)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
  execute_process(COMMAND ${GZIP} -9n INPUT_FILE ${source} OUTPUT_FILE ${out})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  install(FILES ${out} DESTINATION ${destination})
endfunction()
if(GZIP)
  tidegate_compressed(${PROJECT_SOURCE_DIR}/man/tidegate.1 tidegate.1 share/man/man1)
  tidegate_compressed(
    ${PROJECT_SOURCE_DIR}/man/ocf_tidegate_policy.7 ocf_tidegate_policy.7 share/man/man7)
  tidegate_compressed(${PROJECT_SOURCE_DIR}/CHANGELOG.md changelog share/doc/tidegate)
  string(TIMESTAMP now "%a, %d %b %Y 00:00:00 +0000" UTC)
  file(WRITE ${CMAKE_BINARY_DIR}/package/changelog.Debian
       "tidegate (${PROJECT_VERSION}-1) unstable; urgency=medium\n\n"
       "  * Packaged by CPack; the changes are in changelog.gz.\n\n"
       " -- The Tidegate authors <tidegate@example.org>  ${now}\n")
  tidegate_compressed(
    ${CMAKE_BINARY_DIR}/package/changelog.Debian changelog.Debian share/doc/tidegate)
endif()
file(READ ${PROJECT_SOURCE_DIR}/LICENSE license)
file(WRITE ${CMAKE_BINARY_DIR}/package/copyright
     "Tidegate, and the Lua interpreter that is built into it (Copyright 1994-2025 Lua.org, "
     "PUC-Rio), are under the same terms:\n\n${license}")
install(FILES ${CMAKE_BINARY_DIR}/package/copyright DESTINATION share/doc/tidegate)
install(
  FILES ${PROJECT_SOURCE_DIR}/man/tidegate.bash
  DESTINATION share/bash-completion/completions
  RENAME tidegate)
install(
  FILES ${PROJECT_SOURCE_DIR}/man/tidegate.lintian-overrides
  DESTINATION share/lintian/overrides
  RENAME tidegate)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tidegate)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Tidegate authors <tidegate@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "cluster resources by sandboxed Lua policies")
set(CPACK_PACKAGE_DESCRIPTION
    "Tidegate runs the Online, Offline, LooksAlive and IsAlive logic of a cluster
resource as a sandboxed Lua policy that can be swapped while it runs: under a
monitor of its own or as an OCF resource agent of Pacemaker. A simulator tries
the faults first.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "pacemaker")
# Why: packing must not build the tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY TRUE)
set(CPACK_CMAKE_GENERATOR Ninja)
include(CPack)
