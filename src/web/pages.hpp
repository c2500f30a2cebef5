#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "web/catalogue.hpp"
#include "web/outline.hpp"

namespace inkan::web {

/// Stage is a screen that a page's script shows in place of its first one, with a number of its own.
struct Stage {
  std::string_view name;  ///< "issuing", as in `data-screen`
  std::string_view code;
  std::string_view title;  ///< its heading's key in the catalogue
};

/// PageKind is one page that a door can show: its name in the catalogue, its template, its script, and the permanent number
/// at its foot (O35). A profile's `[codes]` put a source document's own number beside ours.
struct PageKind {
  std::string_view name;
  std::string_view file;
  std::string_view code;
  std::string_view script = {};
  std::vector<Stage> stages = {};
};

/// Saying is a message that stands on several pages and has a number of its own: an error that is no page (journeys.md 2.2).
struct Saying {
  std::string_view code;
  std::string_view text;   ///< its key in the catalogue
  std::string_view title;  ///< the heading that it goes with
};

/// PageSet is all pages of a door, the layout that they stand in, and the messages on them that have numbers.
struct PageSet {
  std::string_view layout;
  std::vector<PageKind> kinds;
  std::vector<Saying> sayings = {};
};

/// Pages renders one institution's pages in one language. Safe to call from several threads.
class Pages {
 public:
  /// make expands every template; `assets` is where their scripts are. Errors: `web.catalogue`, `web.template`.
  static Result<Pages> make(const PageSet& set, const Catalogue& catalogue, const std::string& language,
                            const std::string& assets);
  Pages(Pages&&) noexcept;
  ~Pages();

  /// render fills a page. Errors: `web.unfilled`, `web.template`.
  Result<std::string> render(const std::string& name, Values values) const;

  /// outline is what a page asks for.
  const Outline& outline(const std::string& name) const;
  /// catalogue has the words for values.
  const Catalogue& catalogue() const;

 private:
  struct Cache;
  explicit Pages(std::unique_ptr<Cache> cache);
  std::unique_ptr<Cache> cache_;
};

}  // namespace inkan::web
