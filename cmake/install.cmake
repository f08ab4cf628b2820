# What `cmake --install build/release --prefix DIR` lays out: the program, the OCF agent that
# Pacemaker finds below lib/ocf when DIR is /usr, the shipped policies and the documentation.
if(WIN32 OR NOT TARGET tidegate)
  return()
endif()
install(TARGETS tidegate RUNTIME DESTINATION bin)
set_target_properties(
  tidegate-ocf PROPERTIES OUTPUT_NAME policy RUNTIME_OUTPUT_DIRECTORY
                                             ${CMAKE_BINARY_DIR}/resource.d/tidegate)
install(TARGETS tidegate-ocf RUNTIME DESTINATION lib/ocf/resource.d/tidegate)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/policies DESTINATION share/tidegate)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION share/doc/tidegate)
