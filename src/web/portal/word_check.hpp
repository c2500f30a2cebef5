#pragma once

#include <map>
#include <string>

#include "base/findings.hpp"
#include "lifecycle/institution.hpp"

namespace inkan::web {

/// Texts are the words of the pages in one language, by dotted key.
using Texts = std::map<std::string, std::string>;

/// check_words holds an institution's own words against the texts that the pages ask for: words that no page says, values that no
/// page fills in, numbers of screens that are not there. `catalogue` is by language. Each finding's detail begins with the key as
/// the profile writes it.
Findings check_words(const lifecycle::Institution& institution, const std::map<std::string, Texts>& catalogue);

/// check_pages makes every page in every language from an institution's words, filled with samples.
Findings check_pages(const lifecycle::Institution& institution, const std::map<std::string, Texts>& catalogue);

}  // namespace inkan::web
