#pragma once

#include <string>

#include "base/clock.hpp"
#include "net/http.hpp"

namespace inkan::net {

/// Answering is what the writer has to know besides the Response.
struct Answering {
  bool head = false;        ///< the request was HEAD: announce the body, do not send it
  bool keep_alive = false;  ///< whether the connection goes on
};

/// DateField is the Date field's value (RFC 9110 5.6.7), made once a second. Not shared between threads.
class DateField {
 public:
  const std::string& at(Instant now);

 private:
  Instant made_{};
  std::string text_;
};

/// is_writable tells whether a response can be sent as it is: a final status, field names that are tokens, values without control
/// characters. Anything else would let a value write fields or a second answer (response splitting).
bool is_writable(const Response& response);

/// sends_body tells whether the body follows the fields (not for HEAD, 204 and 304).
bool sends_body(const Response& response, Answering answering);

/// write_head appends status line and fields to `out`, the empty line included.
void write_head(std::string& out, const Response& response, Answering answering, std::string_view date);

}  // namespace inkan::net
