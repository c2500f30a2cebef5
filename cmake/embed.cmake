# embed(ROOM FILES...): puts files into the room's library as they are.
# The room's code sees them through `std::span<const EmbeddedFile> embedded_files()` in its own namespace
# (declared by base/embedded.hpp's INKAN_EMBEDDED macro-free pattern: see src/base/embedded.hpp).
# Names are relative to src/ROOM/.

function(embed room)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${room}_embedded.cpp)
  set(blobs "")
  set(rows "")
  set(index 0)
  set(paths "")
  foreach(file IN LISTS ARGN)
    get_filename_component(path ${file} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR}/${room})
    file(RELATIVE_PATH name ${CMAKE_CURRENT_SOURCE_DIR}/${room} ${path})
    string(APPEND blobs
      "asm(\".section .rodata\\n.balign 8\\n.global inkan_${room}_${index}\\ninkan_${room}_${index}:\\n.incbin \\\"${path}\\\"\\n"
      ".global inkan_${room}_${index}_end\\ninkan_${room}_${index}_end:\\n.byte 0\\n.previous\\n\");\n"
      "extern \"C\" const char inkan_${room}_${index}[]; extern \"C\" const char inkan_${room}_${index}_end[];\n")
    string(APPEND rows
      "      {\"${name}\", {inkan_${room}_${index}, static_cast<std::size_t>(inkan_${room}_${index}_end - inkan_${room}_${index})}},\n")
    list(APPEND paths ${path})
    math(EXPR index "${index} + 1")
  endforeach()
  set(text "#include \"base/embedded.hpp\"\n${blobs}namespace inkan::${room} {\nstd::span<const EmbeddedFile> embedded_files() {\n  static const EmbeddedFile files[] = {\n${rows}  };\n  return files;\n}\n}\n")
  file(CONFIGURE OUTPUT ${out} CONTENT "${text}" @ONLY)
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS "${paths}" COMPILE_OPTIONS "-Wno-pedantic")
  target_sources(${room} PRIVATE ${out})
endfunction()
