#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "net/http.hpp"

namespace inkan::net {

/// ResponseReader turns a server's bytes into one Response. Private to this room.
class ResponseReader {
 public:
  /// `head_only` is for answers to HEAD, which announce a body and send none.
  ResponseReader(std::size_t limit, bool head_only);
  ~ResponseReader();
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;

  /// feed takes bytes from the front of `bytes` and tells how many; what it left must come again. Errors: `net.malformed`,
  /// `net.too_large`.
  Result<std::size_t> feed(std::string_view bytes);
  /// end tells the reader that the server closed its side. Error: `net.malformed` when that cut the answer off.
  Result<void> end();

  bool done() const;
  bool keep_alive() const;
  Response& response() { return response_; }

 private:
  class Parser;
  std::size_t limit_;
  bool head_only_;
  Response response_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace inkan::net
