#pragma once

// libcurl as this room uses it. Private to it.

#include <curl/curl.h>

#include "base/handle.hpp"

namespace inkan::mail {

using CurlEasy = Handle<CURL, curl_easy_cleanup>;
using CurlList = Handle<curl_slist, curl_slist_free_all>;
using CurlUrl = Handle<CURLU, curl_url_cleanup>;
using CurlText = Handle<char, curl_free>;

}  // namespace inkan::mail
