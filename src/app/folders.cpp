#include "app/folders.hpp"

#include <cstdlib>

namespace inkan::app {
namespace {

namespace fs = std::filesystem;

fs::path find_folder(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? fs::path() : fs::path(value);
}

/// choose_folder is the variable's, where it names one: "paths must be absolute", else they are not there.
fs::path choose_folder(const char* name, const char* otherwise) {
  const fs::path chosen = find_folder(name);
  return chosen.is_absolute() ? chosen : home_folder() / otherwise;
}

}  // namespace

fs::path home_folder() {
  const fs::path folder = find_folder("HOME");
  return folder.empty() ? fs::path(".") : folder;
}

fs::path config_folder() { return choose_folder("XDG_CONFIG_HOME", ".config"); }
fs::path data_folder() { return choose_folder("XDG_DATA_HOME", ".local/share"); }

}  // namespace inkan::app
