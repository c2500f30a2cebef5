#pragma once

// libcurl as this room uses it. Private to it.

#include <curl/curl.h>

#include <memory>

namespace inkan::mail {

/// Free calls one C function to let go of a handle.
template <auto function>
struct Free {
  template <class T>
  void operator()(T* handle) const {
    function(handle);
  }
};

template <class T, auto function>
using Handle = std::unique_ptr<T, Free<function>>;

using CurlEasy = Handle<CURL, curl_easy_cleanup>;
using CurlList = Handle<curl_slist, curl_slist_free_all>;
using CurlUrl = Handle<CURLU, curl_url_cleanup>;
using CurlText = Handle<char, curl_free>;

}  // namespace inkan::mail
