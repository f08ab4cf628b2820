# Builds the Lua files of a folder into the program, so that neither it nor the DLL needs a file
# beside it. Included, it defines tidegate_embed(NAME DIR folder): the target tidegate_NAME, behind
# the header <folder>/scripts.h. Run as a script (-P), it writes the generated source.
if(CMAKE_SCRIPT_MODE_FILE)
  # -DOUT=file -DDIR=folder. Why bytes: a C++ string literal has limits of length and of content.
  file(GLOB scripts ${DIR}/*.lua)
  list(SORT scripts)
  set(entries "")
  set(count 0)
  foreach(script IN LISTS scripts)
    get_filename_component(name ${script} NAME_WLE)
    file(READ ${script} text HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" text "${text}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," text "${text}")
    string(APPEND arrays
           "// ${name}.lua\nconstexpr unsigned char text_${count}[] = {\n${text}0};\n")
    string(APPEND entries
           "    {\"${name}\", {reinterpret_cast<const char*>(text_${count}), "
           "sizeof text_${count} - 1}},\n")
    math(EXPR count "${count} + 1")
  endforeach()
  set(body "  return {};\n")
  if(count)
    set(body "  static const Script scripts[] = {\n${entries}  };\n  return scripts;\n")
  endif()
  file(WRITE ${OUT} "// The Lua files of scripts/, made by cmake/embed.cmake: do not edit.\n"
       "#include \"scripts/scripts.h\"\n\nnamespace tidegate {\nnamespace {\n${arrays}}\n\n"
       "std::span<const Script> Scripts() {\n${body}}\n\n}  // namespace tidegate\n")
  return()
endif()

set(TIDEGATE_EMBED ${CMAKE_CURRENT_LIST_FILE})

function(tidegate_embed name)
  cmake_parse_arguments(EMBED "" "DIR" "" ${ARGN})
  set(dir ${PROJECT_SOURCE_DIR}/${EMBED_DIR})
  file(GLOB scripts CONFIGURE_DEPENDS ${dir}/*.lua)
  set(out ${CMAKE_BINARY_DIR}/generated/${name}.cc)
  # The list of files is an input too: a script that was removed must leave the program.
  set(list ${CMAKE_BINARY_DIR}/generated/${name}.list)
  file(CONFIGURE OUTPUT ${list} CONTENT "${scripts}\n" @ONLY)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DDIR=${dir} -P ${TIDEGATE_EMBED}
    DEPENDS ${scripts} ${list} ${TIDEGATE_EMBED}
    COMMENT "Embedding ${EMBED_DIR}/*.lua"
    VERBATIM)
  add_library(tidegate_${name} STATIC ${out})
  target_include_directories(tidegate_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  tidegate_warnings(tidegate_${name})
endfunction()
