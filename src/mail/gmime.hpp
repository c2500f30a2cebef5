#pragma once

// GMime as this room uses it. Private to it.

#include <gmime/gmime.h>

#include <memory>

namespace inkan::mail {

/// Unref gives one reference to a GObject back.
struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};

/// GObjectOf owns one reference.
template <class T>
using GObjectOf = std::unique_ptr<T, Unref>;

}  // namespace inkan::mail
