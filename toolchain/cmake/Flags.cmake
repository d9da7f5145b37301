# Language, warnings and code generation, each with its reason. Everything hangs on two interface targets:
# countersign_codegen (all code, ours or not) and countersign_flags (our code).

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT EMSCRIPTEN)
  # Paths relative to the project, so that a second build folder finds what the first one compiled.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" "${CCACHE_PROGRAM}")
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# For size, where a file is not hot. A call costs five bytes in wasm, less than LLVM's inliner believes: by itself it
# inlines moves of strings and the like, a twentieth of the module.
set(countersign_small -Oz -mllvm -inline-threshold=-15)

add_library(countersign_codegen INTERFACE)
target_compile_options(countersign_codegen INTERFACE -ffunction-sections -fdata-sections)  # the linker drops what nobody calls
if(NOT EMSCRIPTEN)
  target_link_options(countersign_codegen INTERFACE -Wl,--gc-sections)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_link_options(countersign_codegen INTERFACE -fuse-ld=lld)
  endif()
endif()
if(EMSCRIPTEN)
  # In every browser that has Ed25519 (and since Chrome 75, Firefox 79, Safari 15): one instruction for a copy instead of a row
  # of loads and stores, 0.4 % of sign.wasm.
  target_compile_options(countersign_codegen INTERFACE -mbulk-memory -mnontrapping-fptoint)
  target_link_options(countersign_codegen INTERFACE -mbulk-memory -mnontrapping-fptoint)
endif()
if(COUNTERSIGN_WHOLE_PROGRAM)
  # Whole-program: what one module does not use of a room goes away, the rest is merged (3 % of sign.wasm).
  target_compile_options(countersign_codegen INTERFACE -flto)
  target_link_options(countersign_codegen INTERFACE -flto -Wl,-mllvm,-inline-threshold=-40)
endif()
if(COUNTERSIGN_SANITIZE)
  target_compile_options(countersign_codegen INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(countersign_codegen INTERFACE -fsanitize=address,undefined)
endif()

# The code that reads outside bytes tells a fuzzer where it has been. Tests, which may be large, do not.
function(countersign_guide_fuzzers)
  if(COUNTERSIGN_FUZZ)
    foreach(target IN LISTS ARGN)
      target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
    endforeach()
  endif()
endfunction()

add_library(countersign_flags INTERFACE)
target_link_libraries(countersign_flags INTERFACE countersign_codegen)
target_include_directories(countersign_flags INTERFACE "${PROJECT_SOURCE_DIR}/core")
target_compile_options(countersign_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>  # 14-29 % of the wasm size, and a fourth failure channel
  $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough -Wextra-semi -Wunused
  -Wshorten-64-to-32)  # size_t is 32 bits in wasm: a narrowing seen natively is a bug on the phone
if(COUNTERSIGN_WERROR)
  target_compile_options(countersign_flags INTERFACE -Werror)
endif()
set(COUNTERSIGN_WASM_STACK 1MB)  # nested documents are read recursively, to a checked depth
if(EMSCRIPTEN)
  target_compile_options(countersign_flags INTERFACE
    "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include ${PROJECT_SOURCE_DIR}/toolchain/cmake/inline_string_view.h>")
  target_link_options(countersign_flags INTERFACE -fno-rtti -fno-exceptions)  # picks the matching libc++abi
else()
  # *r on an empty Result, [] past the end: abort instead of garbage.
  target_compile_definitions(countersign_flags INTERFACE _GLIBCXX_ASSERTIONS)
endif()
