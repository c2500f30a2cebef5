# The dialect every room is written in: C++23 as g++ 12 and clang 19 both take it, warnings, hardening, sanitizers.

option(INKAN_TESTS "build tests, fuzz replays and benchmarks" ON)
option(INKAN_WERROR "treat warnings as errors" OFF)
option(INKAN_FUZZ "build fuzz targets with libFuzzer (clang only)" OFF)
set(INKAN_SANITIZE "" CACHE STRING "sanitizers, for example address,undefined or thread")
set(INKAN_BIN_DIR ${CMAKE_BINARY_DIR}/bin CACHE PATH "where inkan and inkan-app are put")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_FLAGS_RELEASE "-O2") # no NDEBUG: what is tested is what is shipped, assertions included
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT WIN32)
  include(CheckPIESupported)
  check_pie_supported()
endif()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Wold-style-cast
                    -Woverloaded-virtual -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wno-missing-field-initializers) # designated initialisers leave out what has a default
  add_compile_options(-Wno-stringop-overread -Wno-restrict) # g++ 12's optimiser sees these in std::vector's <=> and std::string's +
else()
  add_compile_options(-Wno-missing-designated-field-initializers -Wno-missing-field-initializers)
  add_compile_options(-Wno-deprecated-declarations) # clang 19 sees one inside libstdc++ 12's stable_sort; g++ tells of ours
endif()
if(INKAN_WERROR)
  add_compile_options(-Werror)
endif()

# Hardening for everything we ship; see docs/operations.md.
add_compile_options(-fstack-protector-strong)
if(NOT WIN32) # mingw's g++ 12 falls over it
  add_compile_options(-fstack-clash-protection)
endif()
add_compile_definitions(_GLIBCXX_ASSERTIONS)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_definitions(_FORTIFY_SOURCE=2)
endif()
if(NOT WIN32)
  add_link_options(-Wl,-z,relro,-z,now,--as-needed)
endif()

if(INKAN_SANITIZE)
  add_compile_options(-fsanitize=${INKAN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${INKAN_SANITIZE})
endif()
if(INKAN_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
