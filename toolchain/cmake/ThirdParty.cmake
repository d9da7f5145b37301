# Libraries that are not ours, compiled from Debian's source packages for whichever target is being built.
# toolchain/native.sh fetched and checked them; here nothing is downloaded.

if(DEFINED ENV{XDG_CACHE_HOME})
  set(default_cache "$ENV{XDG_CACHE_HOME}/countersign")
else()
  set(default_cache "$ENV{HOME}/.cache/countersign")
endif()
set(COUNTERSIGN_CACHE "${default_cache}" CACHE PATH "Where toolchain/setup.sh puts what is not an apt package")

function(require_source variable folder)
  set(path "${COUNTERSIGN_CACHE}/source/${folder}")
  if(NOT EXISTS "${path}/.ready")
    message(FATAL_ERROR "${folder} is missing from ${COUNTERSIGN_CACHE}: run ./run setup")
  endif()
  set(${variable} "${path}" PARENT_SCOPE)
endfunction()

# --- libsodium 1.0.18 -----------------------------------------------------------------------------------------------
# Nothing of ours calls sodium_init or draws randomness from it: the core is handed its randomness. In wasm libsodium's
# own source stays unwired (Module.getRandomValue), so that a slip fails at once.
require_source(sodium libsodium-1.0.18)
set(VERSION 1.0.18)
set(SODIUM_LIBRARY_VERSION_MAJOR 10)
set(SODIUM_LIBRARY_VERSION_MINOR 3)
set(SODIUM_LIBRARY_MINIMAL_DEF "")
configure_file("${sodium}/src/libsodium/include/sodium/version.h.in"
  "${PROJECT_BINARY_DIR}/third_party/sodium/sodium/version.h" @ONLY)
configure_file("${sodium}/src/libsodium/include/sodium/export.h"
  "${PROJECT_BINARY_DIR}/third_party/sodium/sodium/export.h" COPYONLY)  # version.h includes its neighbour
file(GLOB_RECURSE sodium_sources "${sodium}/src/libsodium/*.c")
add_library(third_party_sodium STATIC ${sodium_sources})
target_include_directories(third_party_sodium SYSTEM
  PUBLIC "${PROJECT_BINARY_DIR}/third_party/sodium" "${sodium}/src/libsodium/include"
  PRIVATE "${PROJECT_BINARY_DIR}/third_party/sodium/sodium" "${sodium}/src/libsodium/include/sodium")
target_compile_definitions(third_party_sodium PUBLIC SODIUM_STATIC=1
  PRIVATE CONFIGURED=1 NATIVE_LITTLE_ENDIAN=1 HAVE_WEAK_SYMBOLS=1)
if(NOT EMSCRIPTEN)
  # 128-bit limbs: faster on the machine, slower in wasm (237 against 141 us for a signature).
  target_compile_definitions(third_party_sodium PRIVATE HAVE_TI_MODE=1 HAVE_SYS_MMAN_H=1 HAVE_MMAP=1 HAVE_MLOCK=1
    HAVE_MPROTECT=1 HAVE_POSIX_MEMALIGN=1)
endif()
target_compile_options(third_party_sodium PRIVATE -w)
if(EMSCRIPTEN)
  target_compile_options(third_party_sodium PRIVATE -Oz)  # as fast as -O2 there (8 k signatures checked a second), and smaller
endif()
target_link_libraries(third_party_sodium PUBLIC countersign_codegen)

# --- cmark-gfm 0.29.0.gfm.6 -----------------------------------------------------------------------------------------
require_source(cmark cmark-gfm-0.29.0.gfm.6)
include(GenerateExportHeader)
set(cmark_generated "${PROJECT_BINARY_DIR}/third_party/cmark")
set(PROJECT_VERSION_GFM 6)
file(WRITE "${cmark_generated}/cmark-gfm_version.h.new"
  "#define CMARK_GFM_VERSION ((0 << 24) | (29 << 16) | (0 << 8) | 6)\n"
  "#define CMARK_GFM_VERSION_STRING \"0.29.0.gfm.6\"\n")
configure_file("${cmark_generated}/cmark-gfm_version.h.new" "${cmark_generated}/cmark-gfm_version.h" COPYONLY)
set(HAVE_STDBOOL_H ON)
set(HAVE___BUILTIN_EXPECT ON)
set(HAVE___ATTRIBUTE__ ON)
configure_file("${cmark}/src/config.h.in" "${cmark_generated}/config.h")
file(GLOB cmark_sources "${cmark}/src/*.c")
list(FILTER cmark_sources EXCLUDE REGEX "/main\\.c$")
file(GLOB cmark_extension_sources "${cmark}/extensions/*.c")
add_library(third_party_cmark STATIC ${cmark_sources})
generate_export_header(third_party_cmark BASE_NAME cmark-gfm EXPORT_FILE_NAME "${cmark_generated}/cmark-gfm_export.h")
add_library(third_party_cmark_extensions STATIC ${cmark_extension_sources})
generate_export_header(third_party_cmark_extensions BASE_NAME cmark-gfm-extensions
  EXPORT_FILE_NAME "${cmark_generated}/cmark-gfm-extensions_export.h")
foreach(library third_party_cmark third_party_cmark_extensions)
  target_include_directories(${library} SYSTEM PUBLIC "${cmark_generated}" "${cmark}/src" "${cmark}/extensions")
  target_compile_definitions(${library} PUBLIC CMARK_GFM_STATIC_DEFINE CMARK_GFM_EXTENSIONS_STATIC_DEFINE)
  target_compile_options(${library} PRIVATE -w)
  target_link_libraries(${library} PUBLIC countersign_codegen)
endforeach()
target_link_libraries(third_party_cmark_extensions PUBLIC third_party_cmark)
countersign_guide_fuzzers(third_party_cmark third_party_cmark_extensions)

# --- libyaml 0.2.5 --------------------------------------------------------------------------------------------------
require_source(yaml libyaml-0.2.5)
file(GLOB yaml_sources "${yaml}/src/*.c")
add_library(third_party_yaml STATIC ${yaml_sources})
target_include_directories(third_party_yaml SYSTEM PUBLIC "${yaml}/include")
target_compile_definitions(third_party_yaml PUBLIC YAML_DECLARE_STATIC PRIVATE YAML_VERSION_MAJOR=0
  YAML_VERSION_MINOR=2 YAML_VERSION_PATCH=5 YAML_VERSION_STRING="0.2.5")
target_compile_options(third_party_yaml PRIVATE -w)
target_link_libraries(third_party_yaml PUBLIC countersign_codegen)
countersign_guide_fuzzers(third_party_yaml)

# --- nlohmann_json 3.11.2, headers only, from the package nlohmann-json3-dev ----------------------------------------
# Reached through a link of our own, because Emscripten must not look into /usr/include.
if(NOT EXISTS /usr/include/nlohmann/json.hpp)
  message(FATAL_ERROR "nlohmann/json.hpp is missing: run ./run setup")
endif()
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/third_party/nlohmann")
file(CREATE_LINK /usr/include/nlohmann "${PROJECT_BINARY_DIR}/third_party/nlohmann/nlohmann" SYMBOLIC)
add_library(third_party_nlohmann INTERFACE)
target_include_directories(third_party_nlohmann SYSTEM INTERFACE "${PROJECT_BINARY_DIR}/third_party/nlohmann")
target_compile_definitions(third_party_nlohmann INTERFACE JSON_NOEXCEPTION=1 JSON_HAS_FILESYSTEM=0
  JSON_HAS_EXPERIMENTAL_FILESYSTEM=0)

# --- GoogleTest 1.12.1, sources from the package googletest ---------------------------------------------------------
if(NOT EXISTS /usr/src/googletest/googletest/src/gtest-all.cc)
  message(FATAL_ERROR "/usr/src/googletest is missing: run ./run setup")
endif()
set(googletest /usr/src/googletest/googletest)
add_library(third_party_googletest STATIC "${googletest}/src/gtest-all.cc" "${googletest}/src/gtest_main.cc")
target_include_directories(third_party_googletest SYSTEM PUBLIC "${PROJECT_BINARY_DIR}/third_party/googletest"
  PRIVATE "${googletest}")
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/third_party/googletest")
file(CREATE_LINK "${googletest}/include/gtest" "${PROJECT_BINARY_DIR}/third_party/googletest/gtest" SYMBOLIC)
target_compile_options(third_party_googletest PRIVATE -w -fno-exceptions -fno-rtti)
target_compile_definitions(third_party_googletest PUBLIC GTEST_HAS_PTHREAD=0)
target_link_libraries(third_party_googletest PUBLIC countersign_codegen)
