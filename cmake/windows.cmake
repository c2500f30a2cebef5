# The customer's program for Windows: the same core as on Linux, and in the folders src/*/windows what Windows has in place of
# OpenSSL, Boost.Asio, Qt, libsodium and libp11. Of other people's libraries only headers are used (fmt, CLI11, Boost.JSON): they
# are Debian's, seen through links, so that nothing else of /usr/include gets in.

set(headers ${CMAKE_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${headers})
foreach(folder fmt CLI boost)
  if(NOT EXISTS /usr/include/${folder})
    message(FATAL_ERROR "/usr/include/${folder} is missing: tools/setup windows")
  endif()
  file(CREATE_LINK /usr/include/${folder} ${headers}/${folder} SYMBOLIC)
endforeach()

add_compile_definitions(UNICODE _UNICODE NOMINMAX WIN32_LEAN_AND_MEAN _WIN32_WINNT=0x0A00 FMT_HEADER_ONLY BOOST_JSON_NO_LIB
                        BOOST_ALL_NO_LIB)
set(CMAKE_CXX_STANDARD_LIBRARIES "") # named below, each for its caller

# windows_room(NAME NEEDS rooms... LIBRARIES names... SHARED files...): the files of a room that both systems share, and its folder
# windows/.
function(windows_room name)
  cmake_parse_arguments(ROOM "" "" "NEEDS;LIBRARIES;SHARED" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/windows/*.cpp)
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  foreach(file IN LISTS ROOM_SHARED)
    list(APPEND sources ${PROJECT_SOURCE_DIR}/src/${name}/${file}.cpp)
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_include_directories(${name} SYSTEM PUBLIC ${headers})
  target_link_libraries(${name} PUBLIC ${ROOM_NEEDS} ${ROOM_LIBRARIES} kernel32 user32 advapi32)
endfunction()

windows_room(base LIBRARIES bcrypt SHARED bytes chance clock exit_status result secret text time)
windows_room(pki NEEDS base LIBRARIES crypt32 ncrypt SHARED certificate cms csr_maker der key_algorithm name serial)
windows_room(net NEEDS base LIBRARIES winhttp crypt32 SHARED cookie http target url)
windows_room(app NEEDS pki net LIBRARIES shell32 ole32 uuid gdi32 comctl32
             SHARED agent agent_verb bank banks choice clerk command_line disk enrolment errand link listing output password proxies
                    surplus words)

enable_language(RC)
configure_file(${PROJECT_SOURCE_DIR}/src/app/windows/app.rc.in ${CMAKE_BINARY_DIR}/app.rc @ONLY)
set_source_files_properties(${CMAKE_BINARY_DIR}/app.rc PROPERTIES OBJECT_DEPENDS
  "${PROJECT_SOURCE_DIR}/src/app/windows/app.manifest;${PROJECT_SOURCE_DIR}/src/app/windows/app.ico")
add_executable(inkan-app ${PROJECT_SOURCE_DIR}/src/app/windows/main.cpp ${CMAKE_BINARY_DIR}/app.rc)
target_link_libraries(inkan-app PRIVATE app ssp)
target_link_options(inkan-app PRIVATE -static -s)

add_executable(probe ${PROJECT_SOURCE_DIR}/tests/windows/probe.cpp) # what the tests look into the store with
target_link_libraries(probe PRIVATE crypt32 advapi32 ssp)
target_link_options(probe PRIVATE -static -s)
