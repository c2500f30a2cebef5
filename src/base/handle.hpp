#pragma once

#include <memory>

namespace inkan {

/// Free calls one C function to let go of what a C library handed out.
template <auto function>
struct Free {
  template <class T>
  void operator()(T* handle) const {
    function(handle);
  }
};

/// Handle owns one object of a C library.
template <class T, auto function>
using Handle = std::unique_ptr<T, Free<function>>;

}  // namespace inkan
