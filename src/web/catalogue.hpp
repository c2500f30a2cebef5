#pragma once

#include <map>
#include <string>
#include <string_view>

#include "lifecycle/institution.hpp"

namespace inkan::web {

/// Catalogue is one institution's words in one language.
class Catalogue {
 public:
  /// make lays an institution's own words over the common ones: its `[words]` are Japanese, those under "en." English. The name
  /// becomes `term.bank`.
  static Catalogue make(const std::map<std::string, std::string>& common, const lifecycle::Institution& institution,
                        const std::string& language);

  /// text gives a text with its `{term.…}` put in; other `{name}` stay. Error: `web.catalogue`.
  Result<std::string> text(const std::string& key) const;

  /// expand puts texts into a template: `[[a.b]]` is a text of the catalogue, `[[.b]]` one of the page's own, and `[[word]]`
  /// one of `inserts`, taken as it is. Texts are escaped for HTML; a `{name}` in them becomes `{{name}}`, for ctemplate to
  /// fill. Errors: `web.catalogue`, `web.template`.
  Result<std::string> expand(std::string_view layout, const std::string& page,
                             const std::map<std::string, std::string>& inserts) const;

 private:
  std::map<std::string, std::string> texts_;
};

/// escape_html makes text safe between tags and in quoted attributes.
std::string escape_html(std::string_view text);

}  // namespace inkan::web
