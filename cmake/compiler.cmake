# How everything is compiled. Warnings apply to our own code only: tidegate_warnings(target).
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# Why no NDEBUG: assertions stay on in release. Why -g1: a crash must name functions and lines.
foreach(lang C CXX)
  set(CMAKE_${lang}_FLAGS_RELEASE "-O2 -g1")
  set(CMAKE_${lang}_FLAGS_DEBUG "-Og -g3")
endforeach()

set(TIDEGATE_SANITIZE "" CACHE STRING "sanitizers for all code, as for -fsanitize=")
if(TIDEGATE_SANITIZE)
  set(sanitize -fsanitize=${TIDEGATE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_compile_options(${sanitize} -O1)
  add_link_options(${sanitize})
endif()

find_program(TIDEGATE_CCACHE ccache)
mark_as_advanced(TIDEGATE_CCACHE)
if(TIDEGATE_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${TIDEGATE_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TIDEGATE_CCACHE})
endif()

function(tidegate_warnings target)
  target_compile_options(
    ${target}
    PRIVATE -Wall -Wextra -Wpedantic -Werror -Wnon-virtual-dtor -Woverloaded-virtual
            -Wimplicit-fallthrough -Wcast-align -Wformat=2 -Wvla)
  # Why local for gcc: its plain form also rejects a constructor's parameter named as a member's.
  target_compile_options(
    ${target} PRIVATE $<IF:$<CXX_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow>)
  if(TIDEGATE_SANITIZE)  # gcc sees ghosts through its own instrumentation
    target_compile_options(
      ${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  endif()
endfunction()
