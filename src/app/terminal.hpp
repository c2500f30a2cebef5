#pragma once

#include <optional>
#include <string>

/// What is different about the person's terminal on each system.
namespace inkan::app {

/// has_terminal tells whether a person sits at standard input.
bool has_terminal();

/// read_quietly gives the next line typed at the terminal, in UTF-8 and without its end; none when it could not be read. The
/// terminal does not show it.
std::optional<std::string> read_quietly();

}  // namespace inkan::app
