#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "web/catalogue.hpp"

namespace inkan::web::console {

/// ScreenNamed is a screen of the portal as its number names it (O35), in the portal's own words; where a person's own dates and
/// names stand on it, "…" stands here.
struct ScreenNamed {
  std::string code;
  std::string title;
  std::string lead;
  std::string next;
};

/// find_screens gives the screens of a number that somebody read out: ours, or the document's own beside it; written in any width
/// and case. Several screens can share a number.
std::vector<ScreenNamed> find_screens(const Catalogue& catalogue, std::string_view typed);

}  // namespace inkan::web::console
