#include "app/folders.hpp"

#include <windows.h>

#include <knownfolders.h>
#include <shlobj.h>

/// A person's own folders, as Windows names them.
namespace inkan::app {
namespace {

std::filesystem::path known_folder(const KNOWNFOLDERID& id) {
  wchar_t* folder = nullptr;
  const bool found = SHGetKnownFolderPath(id, KF_FLAG_CREATE, nullptr, &folder) == S_OK;
  std::filesystem::path path = found ? folder : L".";
  CoTaskMemFree(folder);
  return path;
}

}  // namespace

std::filesystem::path home_folder() { return known_folder(FOLDERID_Profile); }
std::filesystem::path config_folder() { return known_folder(FOLDERID_RoamingAppData); }
std::filesystem::path data_folder() { return known_folder(FOLDERID_LocalAppData); }

}  // namespace inkan::app
