# The libraries that the rooms name: spdlog::spdlog_header_only, CLI11::CLI11,
# tomlplusplus::tomlplusplus, nlohmann_json::nlohmann_json and Threads::Threads.
#
# Why as headers: an action of the OCF agent is a process of a millisecond, and each shared library
# costs it a tenth of that.
#
# Why a folder of links for Windows: the distribution has no cross packages of them, and its
# /usr/include on the include path would bring the C library's headers along. All of them are
# complete as headers.
find_package(Threads REQUIRED)
if(NOT WIN32)
  find_package(spdlog REQUIRED)
  set_target_properties(
    spdlog::spdlog_header_only PROPERTIES INTERFACE_LINK_LIBRARIES
                                          "Threads::Threads;fmt::fmt-header-only")
  find_package(CLI11 REQUIRED)
  # Its package defines the shared library unless there is a target of that name.
  add_library(tomlplusplus::tomlplusplus INTERFACE IMPORTED)
  find_package(tomlplusplus REQUIRED)
  find_package(nlohmann_json REQUIRED)
  find_package(LibArchive REQUIRED)
  return()
endif()

set(TIDEGATE_HEADERS /usr/include CACHE PATH "where spdlog, fmt, CLI, toml++ and nlohmann lie")
set(headers ${CMAKE_BINARY_DIR}/headers)
file(MAKE_DIRECTORY ${headers})
foreach(library spdlog fmt CLI toml++ nlohmann)
  if(NOT IS_DIRECTORY ${TIDEGATE_HEADERS}/${library})
    message(FATAL_ERROR "${TIDEGATE_HEADERS}/${library}: no such folder (Debian: apt-get install "
                        "libspdlog-dev libcli11-dev libtomlplusplus-dev nlohmann-json3-dev)")
  endif()
  file(CREATE_LINK ${TIDEGATE_HEADERS}/${library} ${headers}/${library} SYMBOLIC)
endforeach()

foreach(library spdlog::spdlog_header_only CLI11::CLI11 tomlplusplus::tomlplusplus
                nlohmann_json::nlohmann_json)
  add_library(${library} INTERFACE IMPORTED)
  set_target_properties(${library} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${headers})
endforeach()
set_target_properties(
  spdlog::spdlog_header_only PROPERTIES INTERFACE_COMPILE_DEFINITIONS
                                        "SPDLOG_FMT_EXTERNAL;FMT_HEADER_ONLY")
