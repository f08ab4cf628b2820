# Builds files of any kind into the program, as bytes. Included, it defines
# tidegate_assets(NAME DIR folder FUNCTION name): the target tidegate_NAME, behind the header
# <folder>/assets.h. Run as a script (-P), it writes the generated source.
if(CMAKE_SCRIPT_MODE_FILE)
  # -DOUT=file -DDIR=folder -DHEADER=path -DFUNCTION=name
  file(GLOB files ${DIR}/*.html ${DIR}/*.css ${DIR}/*.js)
  list(SORT files)
  set(count 0)
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME)
    file(READ ${file} text HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" text "${text}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," text "${text}")
    string(APPEND arrays "constexpr unsigned char bytes_${count}[] = {\n${text}0};\n")
    string(APPEND finds "  if (name == \"${name}\") {\n"
           "    return {reinterpret_cast<const char*>(bytes_${count}), "
           "sizeof bytes_${count} - 1};\n  }\n")
    math(EXPR count "${count} + 1")
  endforeach()
  file(WRITE ${OUT} "// Files built into the program, made by cmake/assets.cmake: do not edit.\n"
       "#include \"${HEADER}\"\n\nnamespace tidegate {\nnamespace {\n${arrays}}\n\n"
       "std::string_view ${FUNCTION}(std::string_view name) {\n${finds}  return {};\n}\n\n"
       "}  // namespace tidegate\n")
  return()
endif()

set(TIDEGATE_ASSETS ${CMAKE_CURRENT_LIST_FILE})

function(tidegate_assets name)
  cmake_parse_arguments(ASSETS "" "DIR;FUNCTION" "" ${ARGN})
  set(dir ${PROJECT_SOURCE_DIR}/${ASSETS_DIR})
  file(GLOB files CONFIGURE_DEPENDS ${dir}/*.html ${dir}/*.css ${dir}/*.js)
  set(out ${CMAKE_BINARY_DIR}/generated/${name}.cc)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DDIR=${dir} -DHEADER=${ASSETS_DIR}/assets.h
            -DFUNCTION=${ASSETS_FUNCTION} -P ${TIDEGATE_ASSETS}
    DEPENDS ${files} ${TIDEGATE_ASSETS}
    COMMENT "Embedding ${ASSETS_DIR}"
    VERBATIM)
  add_library(tidegate_${name} STATIC ${out})
  target_include_directories(tidegate_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  tidegate_warnings(tidegate_${name})
endfunction()
