#pragma once

#include "web/pages.hpp"

namespace inkan::web::console {

/// stranger_pages are those for whoever is not known to be staff: they need no institution. staff_pages are all others.
const PageSet& stranger_pages();
const PageSet& staff_pages();

}  // namespace inkan::web::console
