#pragma once

#include <filesystem>
#include <string>

#include "app/disk.hpp"

/// How a desktop comes to know that this program opens `inkan:` links.
namespace inkan::app {

/// make_desktop_entry is a desktop entry (freedesktop.org) that starts `program`, a whole path or a name on the PATH.
std::string make_desktop_entry(const std::string& program);

/// register_links puts such an entry for the running program into the person's own folder ($XDG_DATA_HOME/applications), and
/// makes it the one that opens `inkan:` links. No right beyond the person's own is needed. Errors: `file.write`,
/// `desktop.no_tool` (the entry is there, but xdg-mime is not, or it failed).
Result<void> register_links(Disk& disk);

}  // namespace inkan::app
