# room(NAME NEEDS rooms... LIBRARIES targets... FIXTURES names...): one folder of src/ becomes one library, one test binary, its
# fuzz replays and its benchmarks. NEEDS are the arrows of docs/architecture.md; tests/house_test.cpp holds every #include
# against them. FIXTURES are what its tests find running: `postgres` is tests/support/postgres.
#
#   foo.cpp        -> library foo's room        foo_test.cpp  -> ROOM_test (GoogleTest, under ctest)
#   foo_fuzz.cpp   -> ROOM_foo_fuzz (replays tests/corpus/ROOM_foo under ctest; libFuzzer with INKAN_FUZZ)
#   foo_bench.cpp  -> ROOM_bench (Google Benchmark; one iteration under ctest so that it cannot rot)
#   EXCEPT folder  -> a folder of the room that part() makes a library of its own of
#   main.cpp       -> the program that program(NAME ROOM) makes of the room

include(GoogleTest)

add_custom_target(programs COMMENT "inkan and inkan-app")
add_custom_target(fuzzers COMMENT "every fuzz target")

# The private PostgreSQL of a build folder: its socket is known beforehand, so that tests get it in their environment.
# A socket's path may have 107 characters at most, hence a short name outside the build folder.
string(SHA256 INKAN_POSTGRES_DIR "${CMAKE_BINARY_DIR}")
string(SUBSTRING "${INKAN_POSTGRES_DIR}" 0 12 INKAN_POSTGRES_DIR)
set(INKAN_POSTGRES_DIR /tmp/inkan-postgres-${INKAN_POSTGRES_DIR})
set(INKAN_TEST_POSTGRES "INKAN_TEST_POSTGRES=host=${INKAN_POSTGRES_DIR} user=inkan dbname=postgres")

# test_program(NAME sources...): a test's assertions run once, so that optimising them costs more than it gives.
function(test_program name)
  add_executable(${name} ${ARGN})
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

function(room name)
  cmake_parse_arguments(ROOM "" "EXCEPT" "NEEDS;LIBRARIES;FIXTURES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/${name}/windows/") # see windows.cmake
  if(ROOM_EXCEPT)
    list(FILTER sources EXCLUDE REGEX "/${name}/${ROOM_EXCEPT}/")
  endif()
  set(tests ${sources})
  set(fuzzers ${sources})
  set(benches ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
  list(FILTER benches INCLUDE REGEX "_bench\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "(_(test|fuzz|bench)|/main)\\.cpp$")

  set(scope PUBLIC)
  if(sources)
    add_library(${name} STATIC ${sources})
  else()
    add_library(${name} INTERFACE) # a room of headers only
    set(scope INTERFACE)
  endif()
  target_include_directories(${name} ${scope} ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${name} ${scope} ${ROOM_NEEDS} ${ROOM_LIBRARIES} Threads::Threads)

  if(NOT INKAN_TESTS)
    return()
  endif()
  if(tests)
    test_program(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${name} test_support GTest::gmock GTest::gtest GTest::gtest_main rapidcheck)
    target_compile_definitions(${name}_test PRIVATE INKAN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    # gtest_discover_tests keeps only the first of a list: hence one variable in each of the two properties.
    set(properties TIMEOUT 300 LABELS ${name} ENVIRONMENT ${INKAN_TEST_POSTGRES}
                   ENVIRONMENT_MODIFICATION INKAN_BIN_DIR=set:${INKAN_BIN_DIR})
    if(ROOM_FIXTURES)
      list(APPEND properties FIXTURES_REQUIRED ${ROOM_FIXTURES})
    endif()
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60 PROPERTIES ${properties})
  endif()
  foreach(source IN LISTS fuzzers)
    get_filename_component(stem ${source} NAME_WE)
    set(target ${name}_${stem})
    string(REGEX REPLACE "_fuzz$" "" corpus ${target})
    add_executable(${target} ${source})
    target_link_libraries(${target} PRIVATE ${name})
    add_dependencies(fuzzers ${target})
    if(INKAN_FUZZ)
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    else()
      target_link_libraries(${target} PRIVATE fuzz_replay)
      add_test(NAME ${name}.fuzz.${stem} COMMAND ${target} ${PROJECT_SOURCE_DIR}/tests/corpus/${corpus})
      set_tests_properties(${name}.fuzz.${stem} PROPERTIES LABELS ${name} TIMEOUT 300)
    endif()
  endforeach()
  if(benches)
    add_executable(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE ${name} test_support benchmark::benchmark benchmark::benchmark_main)
    add_test(NAME ${name}.bench COMMAND ${name}_bench --benchmark_min_time=0)
    set_tests_properties(${name}.bench PROPERTIES LABELS ${name} TIMEOUT 300)
  endif()
endfunction()

# program(NAME ROOM): links ROOM's main.cpp into INKAN_BIN_DIR/NAME.
function(program name room)
  set(main ${CMAKE_CURRENT_SOURCE_DIR}/${room}/main.cpp)
  if(NOT EXISTS ${main})
    message(STATUS "${name}: src/${room}/main.cpp is not there yet")
    return()
  endif()
  add_executable(${name} ${main})
  target_link_libraries(${name} PRIVATE ${room})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${INKAN_BIN_DIR})
  add_dependencies(programs ${name})
endfunction()

# part(ROOM FOLDER LIBRARIES targets...): a folder of a room as a library ROOM_FOLDER, for what the rest of the room must not need
# (the window's Qt), and its tests as ROOM_FOLDER_test.
function(part room folder)
  cmake_parse_arguments(PART "" "" "LIBRARIES;TEST_LIBRARIES" ${ARGN})
  set(name ${room}_${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${room}/${folder}/*.cpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC ${room} ${PART_LIBRARIES})
  if(INKAN_TESTS AND tests)
    test_program(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${name} ${PART_TEST_LIBRARIES} test_support GTest::gtest)
    target_compile_definitions(${name}_test PRIVATE INKAN_SCREENSHOTS="${PROJECT_SOURCE_DIR}/build/screenshots")
    add_test(NAME ${room}.${folder} COMMAND ${name}_test)
    set_tests_properties(${room}.${folder} PROPERTIES TIMEOUT 300 LABELS ${room} ENVIRONMENT QT_QPA_PLATFORM=offscreen)
  endif()
endfunction()
