#pragma once

#include <map>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace inkan::web {

/// Assets are the style sheet, scripts and pictures in the binary. Their address holds a hash over all of them, so that browsers
/// keep them for good, and scripts find one another by plain names.
class Assets {
 public:
  /// load takes static/ of the embedded files.
  static Assets load();

  /// base is "/assets/HASH".
  const std::string& base() const { return base_; }
  /// owns tells whether a path is an asset's, of whatever version.
  static bool owns(std::string_view path);
  /// answer gives the file, or 404.
  net::Response answer(std::string_view path) const;

 private:
  struct File {
    std::string type;
    std::string content;
  };
  std::string base_;
  std::map<std::string, File, std::less<>> files_;
};

}  // namespace inkan::web
