# What `cmake --install build/release --prefix DIR` lays out: the program, the OCF agent that
# Pacemaker finds below lib/ocf when DIR is /usr, the shipped policies and the documentation.
if(WIN32 OR NOT TARGET tidegate)
  return()
endif()
install(TARGETS tidegate RUNTIME DESTINATION bin)
install(
  PROGRAMS ${PROJECT_SOURCE_DIR}/host/apps/tidegate/ocf/policy.sh
  DESTINATION lib/ocf/resource.d/tidegate
  RENAME policy)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/policies DESTINATION share/tidegate)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION share/doc/tidegate)
