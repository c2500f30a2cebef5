#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace inkan::net {

/// RequestReader turns a connection's bytes into Requests, strictly: what two servers could read in two ways is refused (RFC 9112
/// 11.2). It knows no sockets. Private to this room.
class RequestReader {
 public:
  enum class State {
    head,     ///< wants bytes up to the end of the fields
    body,     ///< the fields are read and good, wants the body
    done,     ///< request() is whole
    refused,  ///< status() and reason() say why; the connection cannot go on
  };

  RequestReader(std::size_t header_bytes, std::size_t body_bytes);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// start forgets the last request and waits for the next.
  void start();

  /// feed takes bytes from the front of `bytes` and tells how many. What it left must come again, with more behind it.
  std::size_t feed(std::string_view bytes);

  State state() const;
  /// request is filled but for its peer once the state is `done`.
  Request& request();
  /// keep_alive tells whether the client wants to go on after this request (RFC 9112 9.3).
  bool keep_alive() const;
  /// expects_continue tells whether the client waits for 100 before it sends the body (RFC 9110 10.1.1).
  bool expects_continue() const;

  int status() const;
  const std::string& reason() const;

 private:
  class Parser;
  void refuse(int status, std::string reason);

  std::size_t header_bytes_;
  std::size_t body_bytes_;
  State state_ = State::head;
  std::size_t searched_ = 0;  // how much of the head was already searched for its end
  Request request_;
  int status_ = 0;
  std::string reason_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace inkan::net
