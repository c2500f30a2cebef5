// Boost.JSON's own sources: Debian has its library for Linux only, and this one file is what Boost offers in its place.
#include <boost/json/src.hpp>
