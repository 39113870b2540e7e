# dragoman_add_plugin(NAME SOURCES <file>... [LINK <library>...])
#
# A module NAME.dgm that exports dgm_plugin_v1 and nothing else, and leaves nothing undefined. It needs the headers of
# the SDK; LINK is for libraries of the author's own. With DRAGOMAN_PLUGIN_DIR set, the module is put there; with
# DRAGOMAN_PLUGIN_INSTALL_DIR set, `cmake --install` puts it into that folder of the prefix.
function(dragoman_add_plugin name)
  cmake_parse_arguments(P "" "" "SOURCES;LINK" ${ARGN})
  set(target plugin_${name})
  add_library(${target} MODULE ${P_SOURCES})
  target_link_libraries(${target} PRIVATE dragoman::sdk ${P_LINK})
  # The tables of the contract grow at their end, and what a plugin does not say is null.
  target_compile_options(${target} PRIVATE $<$<OR:$<CXX_COMPILER_ID:GNU,Clang,AppleClang>,$<C_COMPILER_ID:GNU,Clang,AppleClang>>:-Wno-missing-field-initializers>)
  set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX ".dgm" OUTPUT_NAME ${name}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(DRAGOMAN_PLUGIN_DIR)
    set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${DRAGOMAN_PLUGIN_DIR})
  endif()
  if(DRAGOMAN_PLUGIN_INSTALL_DIR)
    install(TARGETS ${target} LIBRARY DESTINATION ${DRAGOMAN_PLUGIN_INSTALL_DIR})
  endif()
  if(APPLE)
    target_link_options(${target} PRIVATE "LINKER:-exported_symbol,_dgm_plugin_v1")
  elseif(UNIX)
    set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
    target_link_options(${target} PRIVATE "SHELL:-Xlinker \"--version-script=${map}\"" "LINKER:--exclude-libs,ALL")
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${map})
    if(NOT DRAGOMAN_SANITIZE AND NOT DRAGOMAN_FUZZ)
      target_link_options(${target} PRIVATE "LINKER:-z,defs")
    endif()
  endif()
endfunction()
