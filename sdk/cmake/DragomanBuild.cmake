# How everything in this tree is compiled, and the helpers for its rooms.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(DRAGOMAN_PLUGIN_DIR ${CMAKE_BINARY_DIR}/lib/dragoman/plugins)
set(DRAGOMAN_PLUGIN_INSTALL_DIR lib/dragoman/plugins)  # the program looks here, relative to itself

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# Warnings and sanitizers are asked of every target of this tree, and of nobody who uses the SDK.
add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -fno-common)
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>)
add_compile_options(-Wno-missing-field-initializers)  # tables of the contract grow at their end; what is not said is null
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict)  # wrong about std::string at -O2 (GCC bug 105651)
endif()
if(DRAGOMAN_WERROR)
  add_compile_options(-Werror)
endif()
if(DRAGOMAN_SANITIZE)
  add_compile_options(-fsanitize=${DRAGOMAN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DRAGOMAN_SANITIZE})
endif()
if(DRAGOMAN_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(DRAGOMAN_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  enable_testing()
endif()

# The static library of digests, where there is one: of it only the functions of six algorithms are linked, and each start of the
# program has a large library less to load (docs/decisions.md, decision 33).
find_library(DRAGOMAN_STATIC_CRYPTO libcrypto.a)
mark_as_advanced(DRAGOMAN_STATIC_CRYPTO)
if(DRAGOMAN_STATIC_CRYPTO)
  set(OPENSSL_USE_STATIC_LIBS ON)
endif()

include(DragomanPlugin)

# dragoman_add_unit_tests(TARGET LINK <library>... [FOLDERS <folder>...]): the *_test.cpp beside this CMakeLists.txt, and those
# in the folders below it that are named, as TARGET.
function(dragoman_add_unit_tests target)
  cmake_parse_arguments(P "" "" "LINK;FOLDERS" ${ARGN})
  list(TRANSFORM P_FOLDERS APPEND /*_test.cpp)
  file(GLOB sources CONFIGURE_DEPENDS *_test.cpp ${P_FOLDERS})
  if(NOT DRAGOMAN_TESTS OR NOT sources)
    return()
  endif()
  find_package(OpenSSL REQUIRED)
  add_executable(${target} ${sources})
  target_link_libraries(${target} PRIVATE ${P_LINK} dragoman::sdk OpenSSL::Crypto GTest::gtest GTest::gtest_main)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support)
  target_compile_definitions(${target} PRIVATE DRAGOMAN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${target} NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300 LABELS unit)
endfunction()

# dragoman_add_fuzz_targets(LINK <library>... [FOLDERS <folder>...]): a libFuzzer program of each *_fuzz.cpp beside this
# CMakeLists.txt, and in the folders below it that are named.
function(dragoman_add_fuzz_targets)
  cmake_parse_arguments(P "" "" "LINK;FOLDERS" ${ARGN})
  list(TRANSFORM P_FOLDERS APPEND /*_fuzz.cpp)
  file(GLOB sources CONFIGURE_DEPENDS *_fuzz.cpp ${P_FOLDERS})
  if(NOT DRAGOMAN_FUZZ OR NOT sources)
    return()
  endif()
  find_package(OpenSSL REQUIRED)
  foreach(source ${sources})
    get_filename_component(target ${source} NAME_WE)
    add_executable(${target} ${source})
    target_link_libraries(${target} PRIVATE ${P_LINK} OpenSSL::Crypto)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  endforeach()
endfunction()

# dragoman_add_format(NAME SOURCES <file>... [LINK <library>...]): the knowledge of one format as a static library
# dragoman::format_NAME, with its unit tests (*_test.cpp) and fuzz targets (*_fuzz.cpp) from the same folder.
function(dragoman_add_format name)
  cmake_parse_arguments(P "" "" "SOURCES;LINK" ${ARGN})
  set(library format_${name})
  add_library(${library} STATIC ${P_SOURCES})
  add_library(dragoman::${library} ALIAS ${library})
  set_target_properties(${library} PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  cmake_path(GET CMAKE_CURRENT_SOURCE_DIR PARENT_PATH formats_folder)
  target_include_directories(${library} PUBLIC ${formats_folder})
  target_link_libraries(${library} PUBLIC dragoman::sdk PRIVATE ${P_LINK})
  dragoman_add_unit_tests(${name}_test LINK ${library} ${P_LINK})
  dragoman_add_fuzz_targets(LINK ${library} ${P_LINK})
endfunction()

# dragoman_embed_file(TARGET FILE): compiles the octets of FILE, followed by a NUL, into TARGET, as the inline arrays' header
# FILE.hpp, in which "a-b.rng" is `dragoman::embedded::a_b_rng`.
function(dragoman_embed_file target file)
  get_filename_component(name ${file} NAME)
  set(header ${CMAKE_CURRENT_BINARY_DIR}/embedded/${name}.hpp)
  add_custom_command(OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -DFILE=${CMAKE_CURRENT_SOURCE_DIR}/${file} -DHEADER=${header} -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/EmbedFile.cmake
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/EmbedFile.cmake VERBATIM)
  target_sources(${target} PRIVATE ${header})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded)
endfunction()

# Adds every folder below the current one that has a CMakeLists.txt, in order of name: adding one edits no file.
function(dragoman_add_folders)
  file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true *)
  foreach(folder ${folders})
    if(EXISTS ${folder}/CMakeLists.txt)
      add_subdirectory(${folder})
    endif()
  endforeach()
endfunction()
