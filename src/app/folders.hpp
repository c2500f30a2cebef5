#pragma once

#include <filesystem>

/// A person's own folders, as the XDG base directory specification names them, or Windows.
namespace inkan::app {

/// home_folder is $HOME; where there is none, the present folder.
std::filesystem::path home_folder();
/// config_folder is $XDG_CONFIG_HOME, else ~/.config; on Windows %APPDATA%.
std::filesystem::path config_folder();
/// data_folder is $XDG_DATA_HOME, else ~/.local/share; on Windows %LOCALAPPDATA%.
std::filesystem::path data_folder();

}  // namespace inkan::app
