#pragma once

#include "web/pages.hpp"

namespace inkan::web {

/// portal_pages are all pages that the portal can show.
const PageSet& portal_pages();

}  // namespace inkan::web
