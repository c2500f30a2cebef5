# embed(ROOM FILES...): puts files into the room's library as they are. Names are relative to src/ROOM and may hold wildcards:
# `embed(web pages/*.html static/*)`. A file that changes is put in anew by the next build, a new one is found by it.
#
# The room's code sees them through a function that it declares itself (see src/base/embedded.hpp):
#     namespace inkan::ROOM { std::span<const EmbeddedFile> embedded_files(); }
# They come sorted by name. The assembler's .incbin reads the bytes, so a megabyte costs the compiler nothing.

function(embed room)
  set(base ${CMAKE_CURRENT_SOURCE_DIR}/${room})
  set(paths "")
  foreach(pattern IN LISTS ARGN)
    get_filename_component(pattern ${pattern} ABSOLUTE BASE_DIR ${base})
    file(GLOB found CONFIGURE_DEPENDS ${pattern})
    list(APPEND paths ${found})
  endforeach()
  get_target_property(type ${room} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY" OR NOT paths)
    message(STATUS "embed(${room}): nothing there yet")
    return()
  endif()
  list(SORT paths)

  set(blobs "")
  set(rows "")
  set(index 0)
  foreach(path IN LISTS paths)
    file(RELATIVE_PATH name ${base} ${path})
    set(symbol inkan_${room}_${index})
    string(APPEND blobs
      "asm(\".section .rodata\\n\"\n"
      "    \".balign 8\\n\"\n"
      "    \".global ${symbol}\\n${symbol}:\\n\"\n"
      "    \".incbin \\\"${path}\\\"\\n\"\n"
      "    \".global ${symbol}_end\\n${symbol}_end:\\n\"\n"
      "    \".byte 0\\n.previous\\n\");\n"
      "extern \"C\" const char ${symbol}[];\n"
      "extern \"C\" const char ${symbol}_end[];\n")
    string(APPEND rows "      {\"${name}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
    math(EXPR index "${index} + 1")
  endforeach()

  set(out ${CMAKE_CURRENT_BINARY_DIR}/${room}_embedded.cpp)
  file(CONFIGURE OUTPUT ${out} @ONLY CONTENT "// Made by cmake/embed.cmake.
#include \"base/embedded.hpp\"
${blobs}
namespace inkan::${room} {
std::span<const EmbeddedFile> embedded_files();
std::span<const EmbeddedFile> embedded_files() {
  static const EmbeddedFile files[] = {
${rows}  };
  return files;
}
}  // namespace inkan::${room}
")
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS "${paths}")
  target_sources(${room} PRIVATE ${out})
endfunction()
