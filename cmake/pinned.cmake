# Pinned sources: a tarball by name and SHA-256, fetched once into a cache outside the build folder.
#
#   tidegate_pinned(OUT tarball NAME file SHA256 digest POOL path [URL url] REMEDY text)
#
# It comes from the first that has it: the cache; the mirrors that this machine's apt is set up
# with, through apt's own downloader (so a proxy or a local mirror just works); URL.
# Why a file is named by digest and not by version: whoever serves it, it is the same file.
if(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(TIDEGATE_CACHE "$ENV{XDG_CACHE_HOME}/tidegate")
elseif(DEFINED ENV{HOME} AND NOT "$ENV{HOME}" STREQUAL "")
  set(TIDEGATE_CACHE "$ENV{HOME}/.cache/tidegate")
else()
  set(TIDEGATE_CACHE "${PROJECT_SOURCE_DIR}/build/cache")
endif()

# The sites of apt's own sources, security and others included: each may or may not have the pool.
function(tidegate_apt_sites out)
  find_program(TIDEGATE_APT_GET apt-get)
  mark_as_advanced(TIDEGATE_APT_GET)
  set(sites)
  if(TIDEGATE_APT_GET)
    execute_process(
      COMMAND ${TIDEGATE_APT_GET} indextargets --format "$(SITE)"
      OUTPUT_VARIABLE lines ERROR_QUIET)
    string(REGEX MATCHALL "[^\n]+" sites "${lines}")
    list(REMOVE_DUPLICATES sites)
  endif()
  set(${out} ${sites} PARENT_SCOPE)
endfunction()

# True when the file has the digest; a file that has not is removed.
function(tidegate_verified out file digest)
  set(${out} FALSE PARENT_SCOPE)
  if(EXISTS "${file}")
    file(SHA256 "${file}" actual)
    if(actual STREQUAL digest)
      set(${out} TRUE PARENT_SCOPE)
    else()
      file(REMOVE "${file}")
    endif()
  endif()
endfunction()

# Fetches into `part`, whoever has it. apt-helper checks the digest too; ours is what counts.
function(tidegate_fetch part digest pool url)
  set(helper /usr/lib/apt/apt-helper)
  if(EXISTS ${helper})
    tidegate_apt_sites(sites)
    foreach(site IN LISTS sites)
      execute_process(
        COMMAND ${helper} -o Acquire::Retries=2 -o Acquire::http::Timeout=20
                download-file ${site}/${pool} ${part} SHA256:${digest}
        OUTPUT_QUIET ERROR_QUIET)
      tidegate_verified(ok ${part} ${digest})
      if(ok)
        return()
      endif()
    endforeach()
  endif()
  if(url)
    file(DOWNLOAD ${url} ${part} STATUS status INACTIVITY_TIMEOUT 20)
  endif()
endfunction()

function(tidegate_pinned)
  cmake_parse_arguments(PIN "" "OUT;NAME;SHA256;POOL;URL;REMEDY" "" ${ARGN})
  set(file ${TIDEGATE_CACHE}/${PIN_NAME})
  tidegate_verified(ok ${file} ${PIN_SHA256})
  if(NOT ok)
    message(STATUS "Fetching ${PIN_NAME}")
    file(MAKE_DIRECTORY ${TIDEGATE_CACHE})
    string(RANDOM LENGTH 8 unique)  # two presets may be configured at the same time
    set(part ${file}.${unique}.part)
    tidegate_fetch(${part} ${PIN_SHA256} ${PIN_POOL} "${PIN_URL}")
    tidegate_verified(ok ${part} ${PIN_SHA256})
    if(NOT ok)
      set(sources "the mirrors of this machine's apt (${PIN_POOL})")
      if(PIN_URL)
        string(APPEND sources ", ${PIN_URL}")
      endif()
      message(
        FATAL_ERROR
          "${PIN_NAME} is missing: it is not in ${TIDEGATE_CACHE}, and could not be fetched from "
          "${sources}. Offline? Put the file, with SHA-256 ${PIN_SHA256}, at ${file}, or "
          "${PIN_REMEDY}.")
    endif()
    file(RENAME ${part} ${file})
  endif()
  set(${PIN_OUT} ${file} PARENT_SCOPE)
endfunction()

# Unpacks a tarball into a folder, once; a half unpacked folder never looks like a whole one.
function(tidegate_unpack tarball folder)
  file(REMOVE_RECURSE ${folder} ${folder}.part)
  file(ARCHIVE_EXTRACT INPUT ${tarball} DESTINATION ${folder}.part)
  file(GLOB top ${folder}.part/*)
  list(LENGTH top entries)
  if(NOT entries EQUAL 1)
    message(FATAL_ERROR "${tarball}: expected one folder at its top, found ${entries}")
  endif()
  file(RENAME ${top} ${folder})
  file(REMOVE_RECURSE ${folder}.part)
endfunction()
